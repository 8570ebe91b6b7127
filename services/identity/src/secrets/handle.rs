//! The handle of a session: what its owner fetches access tokens with.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity_domain::Digest;
use kernel::{PersonId, SessionId};

use super::digest;

/// Longest handle looked at, in characters.
const LONGEST: usize = 1024;

/// Names its session and carries the secret that proves it. Opaque to its owner.
pub(crate) struct Handle {
    pub(crate) person: PersonId,
    pub(crate) session: SessionId,
    secret: Vec<u8>,
}

impl Handle {
    /// A new secret for a session.
    pub(crate) fn draw(person: PersonId, session: SessionId) -> Self {
        Self {
            person,
            session,
            secret: runtime::random_bytes::<32>().to_vec(),
        }
    }

    /// Reads what [`Handle::text`] wrote. The ids have no slash, the secret may have any byte.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut parts = bytes.splitn(3, |byte| *byte == b'/');
        let mut id = || std::str::from_utf8(parts.next()?).ok();
        let (person, session) = (id()?.parse().ok()?, id()?.parse().ok()?);
        Some(Self {
            person,
            session,
            secret: parts.next()?.to_vec(),
        })
    }

    pub(crate) fn text(&self) -> String {
        let mut bytes = format!("{}/{}/", self.person, self.session).into_bytes();
        bytes.extend(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(crate) fn digest(&self) -> Digest {
        digest(&self.secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_reads_back_whatever_bytes_its_secret_has() {
        for _ in 0..200 {
            let person = PersonId::try_new("職員.1").expect("an id");
            let session = SessionId::from(runtime::new_id());
            let drawn = Handle::draw(person, session);
            let read = Handle::read(&drawn.text()).expect("its own text");
            assert_eq!(
                (&read.person, &read.session),
                (&drawn.person, &drawn.session)
            );
            assert_eq!(read.digest(), drawn.digest());
        }
    }

    #[test]
    fn what_is_no_handle_is_none() {
        let long = "A".repeat(LONGEST + 1);
        for text in ["", "!", "YQ", "YS9i", long.as_str()] {
            assert!(Handle::read(text).is_none(), "{text:.20}");
        }
    }
}
