//! Forms and JSON at the ports of identity, and what somebody types in place of a secret.

use identity::decoders::{authzen, oauth, secret};
use serde_json::json;

use crate::{Target, jws::encoded};

const WORDS: &[&str] = &[
    "grant_type",
    "token",
    "client_id",
    "&",
    "=",
    "%ff",
    "%00",
    "+",
    "\"evaluations\":[]",
    "\"properties\":",
    "\"options\":",
    "\"evaluations_semantic\":",
    "null",
    "/",
    "-",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "oauth_form",
        seeds: || {
            let forms = [
                "grant_type=refresh_token&client_id=sekisho-cli&refresh_token=sekisho_r_AAAA",
                "client_id=sekisho-cli&token=x.y.z&token_type_hint=access_token",
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=A",
            ];
            forms.map(|form| form.as_bytes().to_vec()).to_vec()
        },
        words: WORDS,
        read: oauth::form,
    },
    Target {
        name: "secret",
        seeds: || vec![encoded(&[b"S1/session-1/".as_slice(), &[7; 32]].concat()).into_bytes()],
        words: WORDS,
        read: |input| secret(&String::from_utf8_lossy(input)),
    },
    Target {
        name: "authzen",
        seeds: || {
            let one = json!({
                "subject": {"type": "person", "id": "S1", "properties": {"access_token": "x.y.z"}},
                "action": {"name": "use"},
                "resource": {"type": "system", "id": "SYS-1", "properties": {"information_class": "I"}},
                "context": {"device_id": "D-1", "automated": true},
            });
            let mut several = one.clone();
            several["evaluations"] = json!([one, {"action": {"name": "export"}}]);
            several["options"] = json!({"evaluations_semantic": "deny_on_first_deny"});
            [one, several]
                .map(|body| body.to_string().into_bytes())
                .to_vec()
        },
        words: WORDS,
        read: authzen,
    },
];
