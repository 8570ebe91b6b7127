//! The relying party of WebAuthn: what browsers are asked, and whether what they answer is right.
//!
//! User verification is required and the origin is one exactly. No attestation is asked for: whose
//! device it is, is not the platform's business, and so whether a passkey can be copied is only what
//! its authenticator says of itself.

use identity_domain::account::{Passkey, Signed};
use kernel::PersonId;
use sha2::{Digest as _, Sha256};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        Credential, CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey as Key,
        PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid,
        WebauthnError,
    },
};
use webauthn_rs_proto::ResidentKeyRequirement;

/// The name browsers show.
const NAME: &str = "Sekisho";

/// See the module.
pub(crate) struct RelyingParty(Webauthn);

/// What a browser is asked, and what must be known when it answers.
pub(crate) struct Asked {
    /// For the browser, JSON.
    pub(crate) options: String,
    /// To be kept on this side, JSON.
    pub(crate) state: String,
}

/// What a browser answered, as far as it can be read without knowing whose it is.
pub(crate) struct Assertion {
    answer: PublicKeyCredential,
    user: Uuid,
    /// Id of the passkey, in base64url.
    pub(crate) handle: String,
}

/// Why an answer is not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Mismatch {
    /// It cannot be read.
    #[error("not what a browser writes: {0}")]
    Form(#[from] serde_json::Error),
    /// It does not verify.
    #[error(transparent)]
    Wrong(#[from] WebauthnError),
}

impl RelyingParty {
    /// For the pages at that origin; passkeys belong to its host.
    ///
    /// # Errors
    /// An origin that browsers give no passkeys to.
    pub(crate) fn new(origin: &str) -> Result<Self, String> {
        let url = Url::parse(origin).map_err(|error| error.to_string())?;
        let host = url.host_str().ok_or("it names no host")?;
        let builder = WebauthnBuilder::new(host, &url).map_err(|error| error.to_string())?;
        let built = builder.rp_name(NAME).build();
        built.map(Self).map_err(|error| error.to_string())
    }

    /// Asks for a new passkey that names its owner by itself, other than those known.
    pub(crate) fn offer<'a>(
        &self,
        person: &PersonId,
        name: &str,
        known: impl Iterator<Item = &'a Passkey>,
    ) -> Result<Asked, Mismatch> {
        let known = known.map(|known| Ok(key(known)?.cred_id().clone()));
        let known: Vec<CredentialID> = known.collect::<Result<_, Mismatch>>()?;
        let (mut options, state) = self.0.start_passkey_registration(
            user_handle(person),
            person.as_str(),
            name,
            Some(known),
        )?;
        if let Some(chosen) = &mut options.public_key.authenticator_selection {
            chosen.resident_key = Some(ResidentKeyRequirement::Required);
            chosen.require_resident_key = true;
        }
        Ok(Asked {
            options: serde_json::to_string(&options)?,
            state: serde_json::to_string(&state)?,
        })
    }

    /// The passkey a browser made.
    pub(crate) fn made(&self, answer: &str, state: &str, name: &str) -> Result<Passkey, Mismatch> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        let state: PasskeyRegistration = serde_json::from_str(state)?;
        let mut made: Credential = self.0.finish_passkey_registration(&answer, &state)?.into();
        let counter = std::mem::take(&mut made.counter);
        let (backup_eligible, backed_up) = (made.backup_eligible, made.backup_state);
        let key = Key::from(made);
        Ok(Passkey {
            handle: handle(key.cred_id()),
            key: serde_json::to_string(&key)?,
            name: name.to_owned(),
            // The count is judged by the account, which knows the latest (and only there can two
            // answers at once meet); the library's own copy stays at 0.
            counter,
            backup_eligible,
            backed_up,
        })
    }

    /// Asks for any passkey of this relying party.
    pub(crate) fn ask(&self) -> Result<Asked, Mismatch> {
        let (mut options, state) = self.0.start_discoverable_authentication()?;
        // Whether it is asked at a button or while somebody types is the page's choice.
        options.mediation = None;
        Ok(Asked {
            options: serde_json::to_string(&options)?,
            state: serde_json::to_string(&state)?,
        })
    }

    pub(crate) fn read(&self, answer: &str) -> Result<Assertion, Mismatch> {
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let (user, id) = self.0.identify_discoverable_authentication(&answer)?;
        Ok(Assertion {
            handle: handle(id),
            user,
            answer,
        })
    }

    /// What was signed, if that passkey of that person has signed what it was asked.
    pub(crate) fn verify(
        &self,
        assertion: &Assertion,
        state: &str,
        person: &PersonId,
        passkey: &Passkey,
    ) -> Result<Signed, Mismatch> {
        if assertion.user != user_handle(person) {
            return Err(WebauthnError::InvalidUserUniqueId.into());
        }
        let state: DiscoverableAuthentication = serde_json::from_str(state)?;
        let key = DiscoverableKey::from(&key(passkey)?);
        let answer = &assertion.answer;
        let result = self
            .0
            .finish_discoverable_authentication_v2(answer, state, key)?;
        if !result.user_verified() {
            return Err(WebauthnError::UserNotVerified.into());
        }
        Ok(Signed {
            counter: result.counter(),
            backed_up: result.backup_state(),
        })
    }
}

fn key(passkey: &Passkey) -> Result<Key, serde_json::Error> {
    serde_json::from_str(&passkey.key)
}

fn handle(id: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(id)
}

/// The person as authenticators keep it: always the same, and not the staff number (WebAuthn L3,
/// 14.6.1).
fn user_handle(person: &PersonId) -> Uuid {
    let hash = Sha256::digest(format!("sekisho passkey user {person}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_relying_party_is_a_host_that_browsers_give_passkeys_to() {
        for origin in ["https://id.example.jp", "http://localhost:7080"] {
            assert!(RelyingParty::new(origin).is_ok(), "{origin}");
        }
        for origin in ["https://192.0.2.1", "urn:x", "", "https://"] {
            assert!(RelyingParty::new(origin).is_err(), "{origin}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_of_a_browser_makes_it_panic(bytes: Vec<u8>, text in ".{0,200}") {
            let party = RelyingParty::new("http://localhost:7080").expect("an origin");
            let person = PersonId::try_new("S1").expect("an id");
            let asked = party.offer(&person, "name", std::iter::empty()).expect("asked");
            let bytes = handle(&bytes);
            let made = format!(
                r#"{{"id":"{bytes}","rawId":"{bytes}","type":"public-key","response":
                {{"attestationObject":"{bytes}","clientDataJSON":"{bytes}"}}}}"#
            );
            for answer in [made.as_str(), bytes.as_str(), text.as_str()] {
                prop_assert!(party.made(answer, &asked.state, "name").is_err());
                prop_assert!(party.read(answer).is_err());
            }
        }
    }
}
