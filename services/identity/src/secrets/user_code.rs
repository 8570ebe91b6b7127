//! The code that a device shows and a person types (RFC 8628, 6.1): eight consonants, so that it
//! spells no word, on every keyboard.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// A code such as `WDJB-MJHT`.
pub(crate) struct UserCode(String);

impl UserCode {
    /// A new one: one in 25,600,000,000.
    pub(crate) fn draw() -> Self {
        let mut code = String::with_capacity(LENGTH);
        while code.len() < LENGTH {
            let [byte] = runtime::random_bytes::<1>();
            // 240 is the largest multiple of 20 there is: each letter is as likely.
            if byte < 240 {
                code.push(char::from(LETTERS[usize::from(byte % 20)]));
            }
        }
        Self(code)
    }

    /// What somebody typed: case, hyphens and spaces do not matter.
    pub(crate) fn typed(text: &str) -> Self {
        let letters = text.chars().filter(char::is_ascii_alphabetic);
        Self(letters.map(|c| c.to_ascii_uppercase()).collect())
    }

    pub(crate) fn text(&self) -> String {
        let (first, second) = self.0.split_at(LENGTH / 2);
        format!("{first}-{second}")
    }

    /// Under what it is kept.
    pub(crate) fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_however_it_is_typed() {
        let drawn = UserCode::draw();
        let text = drawn.text();
        assert_eq!(text.len(), LENGTH + 1, "{text}");
        for typed in [
            text.to_lowercase(),
            text.replace('-', " "),
            format!(" {text} "),
        ] {
            assert_eq!(UserCode::typed(&typed).hash(), drawn.hash(), "{typed}");
        }
        assert_ne!(UserCode::draw().hash(), drawn.hash());
    }
}
