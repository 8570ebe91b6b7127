//! What a provider of sign-ins sends.

use std::sync::LazyLock;

use identity::decoders::federation::{Known, keys};
use runtime::config::{AcrSection, Ceiling, FederationSection};
use serde_json::{Value, json};
use standard::FactorKind;

use crate::{
    Target,
    jws::{key_set, now, parts, sign},
};

const ISSUER: &str = "http://127.0.0.1:1";
const ORIGIN: &str = "http://localhost:7080";
const NONCE: &str = "n1";
const WORDS: &[&str] = &[
    "\"nonce\":",
    "\"events\":{}",
    "\"auth_time\":",
    "\"azp\":",
    "\"amr\":[\"otp\"]",
    "\"nbf\":",
    "\"typ\":\"at+jwt\"",
    "\"crit\":[]",
    "\"alg\":\"none\"",
    "\"alg\":\"RS256\"",
    "http://",
    "https://[::1]/",
    "\"kty\":\"RSA\"",
    "\"kty\":\"OKP\"",
    "\"use\":\"enc\"",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "provider_metadata",
        seeds: || vec![metadata().to_string().into_bytes()],
        words: WORDS,
        read: |input| known(input, key_set().to_string().as_bytes()).is_some(),
    },
    Target {
        name: "provider_keys",
        seeds: || vec![key_set().to_string().into_bytes()],
        words: WORDS,
        read: |input| {
            let provider = known(metadata().to_string().as_bytes(), input);
            provider.is_some_and(|provider| provider.token(&sign(&shown())))
        },
    },
    Target {
        name: "provider_back",
        seeds: || {
            let back = [
                "state=AAAA&code=c1&iss=http%3A%2F%2F127.0.0.1%3A1&session_state=there",
                "state=AAAA&code=c1",
            ];
            back.map(|query| query.as_bytes().to_vec()).to_vec()
        },
        words: &[
            "&",
            "=",
            "+",
            "%ff",
            "%00",
            "iss=",
            "error=access_denied",
            "#",
        ],
        read: |input| KNOWN.back(&String::from_utf8_lossy(input)),
    },
    Target {
        name: "provider_answer",
        seeds: || vec![answer(&sign(&signed_in()))],
        words: WORDS,
        read: |input| KNOWN.answer(input, NONCE),
    },
    Target {
        name: "provider_id_token",
        seeds: || vec![signed_in()],
        words: WORDS,
        read: |input| KNOWN.answer(&answer(&sign(input)), NONCE),
    },
    Target {
        name: "provider_token",
        seeds: || {
            vec![
                sign(&shown()).into_bytes(),
                sign(&signed_out()).into_bytes(),
            ]
        },
        words: WORDS,
        read: |input| std::str::from_utf8(input).is_ok_and(|text| KNOWN.token(text)),
    },
    Target {
        name: "provider_logout",
        seeds: || vec![format!("logout_token={}", sign(&signed_out())).into_bytes()],
        words: &["&", "=", "%2e", ".", "logout_token=", "e30"],
        read: |input| KNOWN.logout(input),
    },
    Target {
        name: "provider_token_claims",
        seeds: || vec![shown(), signed_out()],
        words: WORDS,
        read: |input| KNOWN.token(&sign(input)),
    },
];

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let known = known(
        metadata().to_string().as_bytes(),
        key_set().to_string().as_bytes(),
    );
    known.expect("a provider")
});

static SECTION: LazyLock<FederationSection> = LazyLock::new(|| {
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "secret\n").expect("a secret");
    let (_, client_secret_file) = secret.keep().expect("a file that stays");
    FederationSection {
        id: "idp".to_owned(),
        name_ja: "市の認証基盤".to_owned(),
        name_en: "City sign-on".to_owned(),
        issuer: ISSUER.to_owned(),
        client_id: "sekisho".to_owned(),
        client_secret_file,
        scopes: Vec::new(),
        acr: vec![AcrSection {
            value: "two".to_owned(),
            proves: vec![FactorKind::Password, FactorKind::Totp],
        }],
        amr: [("otp".to_owned(), FactorKind::Totp)].into(),
        ceiling: Ceiling::Aal2,
        max_age_seconds: 300,
        allowed_hosts: Vec::new(),
        private_addresses: false,
        loopback: true,
        ca_file: None,
        exchange: true,
    }
});

fn known(metadata: &[u8], set: &[u8]) -> Option<Known> {
    Known::read(&SECTION, ORIGIN, metadata, keys(set)?, now())
}

fn metadata() -> Value {
    let at = |path: &str| format!("{ISSUER}{path}");
    json!({
        "issuer": ISSUER, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
        "pushed_authorization_request_endpoint": at("/par"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    })
}

fn answer(id_token: &str) -> Vec<u8> {
    let answer = json!({ "access_token": "there", "token_type": "Bearer", "id_token": id_token });
    answer.to_string().into_bytes()
}

fn claims(more: Value) -> Value {
    let now = now().as_second();
    let mut claims = json!({
        "iss": ISSUER, "aud": "sekisho", "sub": "u1", "iat": now, "exp": now + 120, "jti": "j1",
        "sid": "there",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

fn signed_in() -> Vec<u8> {
    let at = now().as_second();
    let more = json!({ "nonce": NONCE, "auth_time": at, "acr": "two", "amr": ["pwd", "otp"] });
    parts("JWT", &claims(more))
}

fn shown() -> Vec<u8> {
    let more = json!({ "auth_time": now().as_second(), "acr": "two" });
    parts("at+jwt", &claims(more))
}

fn signed_out() -> Vec<u8> {
    let event = "http://schemas.openid.net/event/backchannel-logout";
    parts("logout+jwt", &claims(json!({ "events": { event: {} } })))
}
