//! What browsers answer to a challenge (WebAuthn), as JSON and piece by piece.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::decoders::Passkeys;
use proto::identity::v1::PasskeyCeremony;
use serde_json::Value;
use testkit::Authenticator;

use crate::{Target, jws::encoded};

const JSON: &[&str] = &[
    "\"response\":{",
    "\"userHandle\":null",
    "\"clientDataJSON\":\"\"",
    "\"extensions\":{\"appid\":true}",
    "\"type\":\"\"",
    "\"transports\":[\"usb\"]",
    "=",
    "AAAA",
    "\"crossOrigin\":true",
    "null",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "passkey_made",
        seeds: || vec![CEREMONY.made.clone().into_bytes()],
        words: JSON,
        read: |input| made(&String::from_utf8_lossy(input)),
    },
    Target {
        name: "passkey_signed",
        seeds: || vec![CEREMONY.signed.clone().into_bytes()],
        words: JSON,
        read: |input| signed(&String::from_utf8_lossy(input)),
    },
    Target {
        name: "passkey_attestation",
        seeds: || vec![piece(&CEREMONY.made, "attestationObject")],
        words: &["\u{1}", "fmt", "attStmt", "authData", "packed"],
        read: |input| made(&with(&CEREMONY.made, "attestationObject", input)),
    },
    Target {
        name: "passkey_authenticator_data",
        seeds: || vec![piece(&CEREMONY.signed, "authenticatorData")],
        words: &[],
        read: |input| signed(&with(&CEREMONY.signed, "authenticatorData", input)),
    },
    Target {
        name: "passkey_client_data",
        seeds: || vec![piece(&CEREMONY.signed, "clientDataJSON")],
        words: JSON,
        read: |input| signed(&with(&CEREMONY.signed, "clientDataJSON", input)),
    },
    Target {
        name: "passkey_signature",
        seeds: || vec![piece(&CEREMONY.signed, "signature")],
        words: &[],
        read: |input| signed(&with(&CEREMONY.signed, "signature", input)),
    },
];

static CEREMONY: LazyLock<Ceremony> = LazyLock::new(Ceremony::held);

/// Two challenges, the passkey that was made for the one, and good answers to both.
struct Ceremony {
    passkeys: Passkeys,
    made: String,
    signed: String,
}

impl Ceremony {
    fn held() -> Self {
        let mut authenticator = Authenticator::new(1);
        let passkeys = Passkeys::new(&authenticator.origin);
        let mut passkeys = passkeys.expect("an origin");
        let [offered, asked] = passkeys.options().map(|options| PasskeyCeremony {
            challenge_id: String::new(),
            options_json: options.to_owned(),
        });
        let made = authenticator.create(&offered);
        assert!(passkeys.enrol(&made), "a passkey");
        Self {
            passkeys,
            signed: authenticator.get(&asked),
            made,
        }
    }
}

fn made(answer: &str) -> bool {
    CEREMONY.passkeys.made(answer)
}

fn signed(answer: &str) -> bool {
    CEREMONY.passkeys.signed(answer)
}

/// A piece of an answer, as bytes.
fn piece(answer: &str, name: &str) -> Vec<u8> {
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    let text = answer["response"][name].as_str().expect("text");
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// An answer with other bytes for a piece.
fn with(answer: &str, name: &str, bytes: &[u8]) -> String {
    let mut answer: Value = serde_json::from_str(answer).expect("JSON");
    answer["response"][name] = encoded(bytes).into();
    answer.to_string()
}
