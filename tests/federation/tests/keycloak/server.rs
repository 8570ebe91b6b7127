//! Keycloak as infra/keycloak sets it up, with one member of staff.

use std::path::Path;

use reqwest::{Client, Url};
use serde_json::{Value, json};
use testkit::{Program, eventually};

use crate::town::Site;

/// The platform's secret there, and the administrator's.
pub(crate) const SECRET: &str = "a secret of the tests";
/// What the member of staff knows.
pub(crate) const PASSWORD: &str = "kettle orbit walnut";
/// Their generator's secret, and the same in base32.
pub(crate) const GENERATOR: [&str; 2] =
    ["12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"];
/// Their account's id (`sub`).
pub(crate) const USER: &str = "5f0b9f4e-6a1b-4f0e-8f0a-3d1f6c1b2a3d";

const HOME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/keycloak/home");
const REALM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../infra/keycloak/realm-city.json"
);

/// See the module.
pub(crate) struct Keycloak {
    pub(crate) uri: String,
    program: Program,
}

impl Keycloak {
    pub(crate) fn start(site: &Site, directory: &Path) -> Self {
        let text = std::fs::read_to_string(REALM).expect("the realm");
        let mut realm: Value = serde_json::from_str(&text).expect("JSON");
        let [generator, _] = GENERATOR;
        realm["users"] = json!([{
            "id": USER, "username": "aoba", "enabled": true, "emailVerified": true,
            "email": "aoba@city.example", "firstName": "花子", "lastName": "青葉",
            "requiredActions": ["webauthn-register"],
            "credentials": [
                { "type": "password", "value": PASSWORD, "temporary": false },
                {
                    "type": "otp",
                    "secretData": json!({ "value": generator }).to_string(),
                    "credentialData": json!({
                        "subType": "totp", "digits": 6, "period": 30, "counter": 0,
                        "algorithm": "HmacSHA1",
                    }).to_string(),
                },
            ],
        }]);
        let import = Path::new(HOME).join("data/import");
        std::fs::create_dir_all(&import).expect("is `scripts/keycloak` done?");
        std::fs::write(import.join("realm-city.json"), realm.to_string()).expect("written");
        let (port, management) = (testkit::free_port(), testkit::free_port());
        let arguments = [
            format!("SEKISHO_ORIGIN={}", site.origin),
            format!("SEKISHO_CLIENT_SECRET={SECRET}"),
            "KC_BOOTSTRAP_ADMIN_USERNAME=admin".to_owned(),
            format!("KC_BOOTSTRAP_ADMIN_PASSWORD={SECRET}"),
            "JAVA_OPTS_KC_HEAP=-Xmx512m".to_owned(),
            format!("{HOME}/bin/kc.sh"),
            "start-dev".to_owned(),
            "--import-realm".to_owned(),
            "--db=dev-mem".to_owned(),
            "--http-host=127.0.0.1".to_owned(),
            format!("--http-port={port}"),
            format!("--http-management-port={management}"),
        ];
        let log = directory.join("log");
        let mut program = Program::new(Path::new("/usr/bin/env"), arguments, &log);
        program.start();
        Self {
            // Passkeys belong to a name, and not to an address.
            uri: format!("http://localhost:{port}"),
            program,
        }
    }

    pub(crate) fn issuer(&self) -> String {
        format!("{}/realms/city", self.uri)
    }

    pub(crate) async fn is_up(&self) {
        eventually("Keycloak has its realm", async || {
            assert!(self.program.is_running(), "{}", self.program.log());
            let answer = reqwest::get(self.issuer()).await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }

    /// An administrator signs the person out.
    pub(crate) async fn signs_out(&self) {
        let form = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", "admin"),
            ("password", SECRET),
        ];
        let (status, token) = self.token("master", &form).await;
        assert_eq!(status, 200, "{token}");
        let token = token["access_token"].as_str().expect("a token");
        let logout = format!("{}/admin/realms/city/users/{USER}/logout", self.uri);
        let done = Client::new().post(logout).bearer_auth(token).send().await;
        assert!(done.expect("answered").status().is_success());
    }

    /// What a realm's token endpoint gives for a form.
    pub(crate) async fn token(&self, realm: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let endpoint = format!("{}/realms/{realm}/protocol/openid-connect/token", self.uri);
        posted(&endpoint, form).await
    }
}

/// The JSON that is answered to a form.
pub(crate) async fn posted(address: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let body = Url::parse_with_params("form:", form).expect("a form");
    let request = Client::new()
        .post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.query().unwrap_or("").to_owned());
    let answer = request.send().await.expect("answered");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}
