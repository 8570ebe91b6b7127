//! The tokens of a registered client's chain: what it refreshes its session with, and what a device
//! without a browser waits with before it has one.
//!
//! Each carries the family's secret and one of its own, after the name of what it is for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity_domain::{
    Digest,
    account::{Chain, ClientId},
};
use kernel::{PersonId, SessionId};

use super::digest;

/// Bytes of each of the two secrets.
const SECRET: usize = 32;
/// Longest token looked at, in characters.
const LONGEST: usize = 1024;

/// The two secrets.
#[derive(Clone)]
pub(crate) struct Link {
    family: [u8; SECRET],
    own: [u8; SECRET],
}

impl Link {
    /// The first of a new family.
    pub(crate) fn draw() -> Self {
        Self {
            family: runtime::random_bytes(),
            own: runtime::random_bytes(),
        }
    }

    /// The one that follows.
    pub(crate) fn next(&self) -> Self {
        Self {
            own: runtime::random_bytes(),
            ..self.clone()
        }
    }

    /// The chain it is of, if that client presents it.
    pub(crate) fn chain(&self, client: &ClientId) -> Chain {
        Chain {
            client: client.clone(),
            family: digest(&self.family),
        }
    }

    pub(crate) fn digest(&self) -> Digest {
        digest(&self.own)
    }

    fn write(&self, name: &str) -> String {
        let mut bytes = name.as_bytes().to_vec();
        bytes.extend(self.family);
        bytes.extend(self.own);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The name and the secrets. The name may be nonsense, the secrets are of the right length.
    fn read(text: &str) -> Option<(String, Self)> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (rest, own) = bytes.split_last_chunk::<SECRET>()?;
        let (name, family) = rest.split_last_chunk::<SECRET>()?;
        let link = Self {
            family: *family,
            own: *own,
        };
        Some((String::from_utf8(name.to_vec()).ok()?, link))
    }
}

/// What a client refreshes a session with.
pub(crate) struct RefreshToken {
    pub(crate) person: PersonId,
    pub(crate) session: SessionId,
    pub(crate) link: Link,
}

impl RefreshToken {
    /// Reads what [`RefreshToken::text`] wrote. No id has a slash.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (name, link) = Link::read(text)?;
        let (person, session) = name.split_once('/')?;
        Some(Self {
            person: person.parse().ok()?,
            session: session.parse().ok()?,
            link,
        })
    }

    pub(crate) fn text(&self) -> String {
        self.link
            .write(&format!("{}/{}", self.person, self.session))
    }
}

/// What a device waits with.
pub(crate) struct DeviceCode {
    pub(crate) id: String,
    pub(crate) link: Link,
}

impl DeviceCode {
    /// Reads what [`DeviceCode::text`] wrote. A refresh token is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (id, link) = Link::read(text)?;
        (!id.is_empty() && !id.contains('/')).then_some(Self { id, link })
    }

    pub(crate) fn text(&self) -> String {
        self.link.write(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_read_back_and_neither_kind_is_the_other() {
        for _ in 0..100 {
            let refresh = RefreshToken {
                person: PersonId::try_new("職員.1").expect("an id"),
                session: SessionId::from(runtime::new_id()),
                link: Link::draw(),
            };
            let read = RefreshToken::read(&refresh.text()).expect("its own text");
            assert_eq!(
                (&read.person, &read.session),
                (&refresh.person, &refresh.session)
            );
            assert_eq!(read.link.digest(), refresh.link.digest());
            assert!(DeviceCode::read(&refresh.text()).is_none());
            let device = DeviceCode {
                id: runtime::new_id().to_string(),
                link: Link::draw(),
            };
            let read = DeviceCode::read(&device.text()).expect("its own text");
            assert_eq!(read.id, device.id);
            assert!(RefreshToken::read(&device.text()).is_none());
        }
    }

    #[test]
    fn the_next_token_is_of_the_same_family_and_not_the_same() {
        let client = ClientId::new("cli");
        let first = Link::draw();
        let next = first.next();
        assert_eq!(first.chain(&client), next.chain(&client));
        assert_ne!(first.digest(), next.digest());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reading(text in "\\PC{0,200}", bytes: Vec<u8>) {
            for text in [text, URL_SAFE_NO_PAD.encode(bytes)] {
                RefreshToken::read(&text);
                DeviceCode::read(&text);
            }
        }
    }
}
