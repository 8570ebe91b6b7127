//! The member of staff at Keycloak's pages: types, shows codes, and has a passkey in software that
//! does what a browser's authenticator does.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::identity::v1::PasskeyCeremony;
use serde_json::{Value, json};
use testkit::{Authenticator, one_time_code};

use crate::{
    browser::{Browser, Page},
    server::{GENERATOR, Keycloak, PASSWORD},
    town::Town,
};

/// The forms, by what is in their tag.
pub(crate) const SIGN_IN: &str = "id=\"kc-form-login\"";
pub(crate) const CODE: &str = "id=\"kc-otp-login-form\"";
pub(crate) const NEW_PASSKEY: &str = "id=\"register\"";
pub(crate) const PASSKEY: &str = "id=\"webauth\"";

/// See the module.
pub(crate) struct Staff {
    passkey: Authenticator,
    /// Codes shown: none is good twice.
    codes: i64,
}

impl Staff {
    pub(crate) fn of(keycloak: &Keycloak) -> Self {
        let mut passkey = Authenticator::new(1);
        passkey.origin.clone_from(&keycloak.uri);
        Self { passkey, codes: 0 }
    }

    /// Answers whatever Keycloak asks, until it asks no more; what it asked, and where they are then.
    pub(crate) async fn answers(
        &mut self,
        town: &Town,
        browser: &mut Browser,
        mut page: Page,
    ) -> (Vec<&'static str>, Page) {
        let mut asked = Vec::new();
        for _ in 0..6 {
            let forms = [SIGN_IN, CODE, NEW_PASSKEY, PASSKEY];
            let Some(form) = forms.into_iter().find(|form| page.body.contains(form)) else {
                return (asked, page);
            };
            let fields = self.filled_in(town, form, &page);
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            town.keep_time();
            page = browser.send(&page, form, &fields).await;
            asked.push(form);
        }
        panic!("Keycloak asks without end: {asked:?}, {page:?}");
    }

    fn filled_in(&mut self, town: &Town, form: &str, page: &Page) -> Vec<(&'static str, String)> {
        match form {
            SIGN_IN => vec![
                ("username", "aoba".to_owned()),
                ("password", PASSWORD.to_owned()),
            ],
            CODE => vec![("otp", self.code(town))],
            NEW_PASSKEY => {
                let asked = json!({
                    "challenge": script(page, "challenge"),
                    "rp": { "id": script(page, "rpId") },
                    "user": { "id": script(page, "userid") },
                });
                let made = read(&self.passkey.create(&ceremony(asked)));
                vec![
                    ("clientDataJSON", text(&made, "/response/clientDataJSON")),
                    (
                        "attestationObject",
                        text(&made, "/response/attestationObject"),
                    ),
                    ("publicKeyCredentialId", text(&made, "/rawId")),
                    ("authenticatorLabel", "机の鍵".to_owned()),
                    ("transports", "internal".to_owned()),
                ]
            }
            _ => {
                let asked = json!({
                    "challenge": script(page, "challenge"),
                    "rpId": script(page, "rpId"),
                    "userVerification": script(page, "userVerification"),
                });
                let signed = read(&self.passkey.get(&ceremony(asked)));
                vec![
                    ("clientDataJSON", text(&signed, "/response/clientDataJSON")),
                    (
                        "authenticatorData",
                        text(&signed, "/response/authenticatorData"),
                    ),
                    ("signature", text(&signed, "/response/signature")),
                    ("credentialId", text(&signed, "/id")),
                    ("userHandle", text(&signed, "/response/userHandle")),
                ]
            }
        }
    }

    /// The next code that was not shown yet; Keycloak takes the one that is due next, too.
    fn code(&mut self, town: &Town) -> String {
        let [_, secret] = GENERATOR;
        town.keep_time();
        let shown = SignedDuration::from_secs(30 * self.codes);
        self.codes += 1;
        one_time_code(secret, town.process.clock.now() + shown)
    }
}

/// A value that the page's script is given.
fn script(page: &Page, name: &str) -> String {
    page.between(&format!("{name} : '"), "'")
}

fn ceremony(options: Value) -> PasskeyCeremony {
    PasskeyCeremony {
        challenge_id: String::new(),
        options_json: json!({ "publicKey": options }).to_string(),
    }
}

fn read(json: &str) -> Value {
    serde_json::from_str(json).expect("JSON")
}

fn text(value: &Value, at: &str) -> String {
    let found = value.pointer(at).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no {at} in {value}"))
        .to_owned()
}
