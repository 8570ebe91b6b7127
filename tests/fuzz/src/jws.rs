//! Tokens of one key, whatever stands in them.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_slice(&[7; 32]).expect("a key"));

/// When everything happens.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().expect("an instant")
}

/// The public key, as a JWK set.
pub(crate) fn key_set() -> Value {
    let point = KEY.verifying_key().to_encoded_point(false);
    let part = |bytes: Option<&_>| encoded(bytes.map_or(&[][..], |bytes: &p256::FieldBytes| bytes));
    json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1",
        "x": part(point.x()), "y": part(point.y()),
    }]})
}

/// A header and claims, a line each, as a token.
pub(crate) fn sign(parts: &[u8]) -> String {
    let line = parts.iter().position(|byte| *byte == b'\n');
    let (header, rest) = parts.split_at(line.unwrap_or(parts.len()));
    let claims = rest.get(1..).unwrap_or_default();
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature: Signature = KEY.sign(message.as_bytes());
    format!("{message}.{}", encoded(&signature.to_bytes()))
}

/// The parts that [`sign`] signs.
pub(crate) fn parts(typ: &str, claims: &Value) -> Vec<u8> {
    let header = json!({ "alg": "ES256", "typ": typ, "kid": "k1" });
    format!("{header}\n{claims}").into_bytes()
}

/// Base64url, as in a token.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
