//! Bearer tokens and the keys they are verified with, at every port.

use std::sync::{Arc, LazyLock};

use auth::{Issuer, KeySet, Revocations, Verifier};
use futures::executor::block_on;
use kernel::ManualClock;
use serde_json::{Value, json};

use crate::{
    Target,
    jws::{key_set, now, parts, sign},
};

const IDENTITY: &str = "urn:sekisho:identity";
const WORDS: &[&str] = &[
    ".",
    "..",
    "eyJ",
    "\"crit\":[\"exp\"]",
    "\"alg\":\"none\"",
    "\"alg\":\"HS256\"",
    "\"jwk\":{}",
    "\"aud\":[\"sekisho\"]",
    "\"nbf\":",
    "\"roles\":[",
    "\"kty\":\"RSA\"",
    "\"n\":",
    "\"P-384\"",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "token",
        seeds: || vec![sign(&claimed()).into_bytes()],
        words: WORDS,
        read: |input| std::str::from_utf8(input).is_ok_and(|text| verified(&VERIFIER, text)),
    },
    Target {
        name: "token_claims",
        seeds: || vec![claimed()],
        words: WORDS,
        read: |input| verified(&VERIFIER, &sign(input)),
    },
    Target {
        name: "token_keys",
        seeds: || vec![key_set().to_string().into_bytes()],
        words: WORDS,
        read: |input| {
            let keys = std::str::from_utf8(input).ok();
            let keys = keys.and_then(|text| KeySet::parse(text).ok());
            keys.is_some_and(|keys| verified(&verifier(keys), &sign(&claimed())))
        },
    },
];

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let keys = KeySet::parse(&key_set().to_string());
    verifier(keys.expect("a key set"))
});

fn verifier(keys: KeySet) -> Verifier {
    let issuers = vec![Issuer::people(IDENTITY, keys)];
    let clock = Arc::new(ManualClock::new(now()));
    Verifier::new(clock, issuers, Revocations::default())
}

fn verified(verifier: &Verifier, token: &str) -> bool {
    block_on(verifier.verify(token)).is_ok()
}

fn claimed() -> Vec<u8> {
    let now = now().as_second();
    let claims: Value = json!({
        "iss": IDENTITY, "sub": "S0001", "aud": "sekisho", "exp": now + 300, "iat": now,
        "auth_time": now - 60, "acr": "urn:sekisho:aal2", "amr": ["pwd", "otp"],
        "sid": "session-1", "epoch": 4, "roles": ["ciso"], "section": "A01",
        "client_id": "cli", "jti": "1",
    });
    parts("at+jwt", &claims)
}
