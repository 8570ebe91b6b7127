//! One-time codes that people read from paper and type.

use identity_domain::Digest;

use super::digest;

/// 32 signs that are not mistaken for each other: no I, L, O, U.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Five bits each: 125 in all, too many to guess.
const LENGTH: usize = 25;

/// A code such as `7KQ2M-...`, in five groups of five.
pub(crate) struct OneTimeCode(String);

impl OneTimeCode {
    /// A new one.
    pub(crate) fn draw() -> Self {
        let drawn = runtime::random_bytes::<LENGTH>();
        let signs = drawn
            .iter()
            .map(|byte| char::from(SIGNS[usize::from(byte % 32)]));
        Self(signs.collect())
    }

    /// What somebody typed: case, hyphens and spaces do not matter, nor do the signs left out
    /// because they look like others.
    pub(crate) fn typed(text: &str) -> Self {
        let signs = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        Self(
            signs
                .map(|c| match c.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    c => c,
                })
                .collect(),
        )
    }

    pub(crate) fn text(&self) -> String {
        let groups: Vec<_> = self
            .0
            .as_bytes()
            .chunks(5)
            .map(String::from_utf8_lossy)
            .collect();
        groups.join("-")
    }

    pub(crate) fn digest(&self) -> Digest {
        digest(self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_however_it_is_typed() {
        let drawn = OneTimeCode::draw();
        let text = drawn.text();
        assert_eq!(text.len(), 29, "{text}");
        let variants = [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', " "),
            text.replace('0', "o").replace('1', "l"),
        ];
        for typed in variants {
            assert_eq!(
                OneTimeCode::typed(&typed).digest(),
                drawn.digest(),
                "{typed}"
            );
        }
        assert_ne!(OneTimeCode::draw().digest(), drawn.digest());
    }
}
