//! Keycloak as infra/keycloak sets it up, with one member of staff.

use std::path::Path;

use reqwest::{Client, Method, Url};
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
            // How long it waits for whom it tells of a logout: the machine may be busy.
            "--spi-connections-http-client--default--socket-timeout-millis=60000".to_owned(),
            "--spi-connections-http-client--default--establish-connection-timeout-millis=60000"
                .to_owned(),
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

    /// What it has logged that did not go well.
    pub(crate) fn complaints(&self) -> String {
        let log = self.program.log();
        let lines = log.lines();
        let wrong = lines.filter(|line| line.contains("WARN") || line.contains("ERROR"));
        wrong.collect::<Vec<_>>().join("\n")
    }

    /// An administrator signs the person out everywhere.
    pub(crate) async fn signs_out(&self) {
        self.administered(Method::POST, &format!("users/{USER}/logout"), None)
            .await;
    }

    /// An administrator ends one session.
    pub(crate) async fn ends(&self, session: &str) {
        self.administered(Method::DELETE, &format!("sessions/{session}"), None)
            .await;
    }

    /// An administrator ends all sessions of everybody.
    pub(crate) async fn ends_all(&self) {
        self.administered(Method::POST, "logout-all", None).await;
    }

    /// An administrator disables the person's account, or enables it.
    pub(crate) async fn enables(&self, whether: bool) {
        let path = format!("users/{USER}");
        let user = self.administered(Method::GET, &path, None);
        let mut user = user.await;
        user["enabled"] = json!(whether);
        self.administered(Method::PUT, &path, Some(user)).await;
    }

    /// The person's sessions.
    pub(crate) async fn sessions(&self) -> Vec<String> {
        let path = format!("users/{USER}/sessions");
        let all = self.administered(Method::GET, &path, None).await;
        let all = all.as_array().expect("a list").iter();
        all.map(|one| one["id"].as_str().expect("an id").to_owned())
            .collect()
    }

    /// An administrator has what the platform is told of a logout name the session, or not.
    pub(crate) async fn names_sessions(&self, whether: bool) {
        let found = self.administered(Method::GET, "clients?clientId=sekisho", None);
        let mut client = found.await[0].take();
        client["attributes"]["backchannel.logout.session.required"] = json!(whether.to_string());
        let path = format!("clients/{}", client["id"].as_str().expect("an id"));
        self.administered(Method::PUT, &path, Some(client)).await;
    }

    /// What an administrator asks of the realm, and the answer. Whom it concerns was told by then.
    async fn administered(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let form = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", "admin"),
            ("password", SECRET),
        ];
        let (status, token) = self.token("master", &form).await;
        assert_eq!(status, 200, "{token}");
        let token = token["access_token"].as_str().expect("a token");
        let address = format!("{}/admin/realms/city/{path}", self.uri);
        let mut request = Client::new().request(method, address).bearer_auth(token);
        if let Some(body) = body {
            let kind = "application/json";
            request = request.header("content-type", kind).body(body.to_string());
        }
        let answer = request.send().await.expect("answered");
        assert!(answer.status().is_success(), "{path}: {answer:?}");
        let text = answer.text().await.expect("text");
        serde_json::from_str(&text).unwrap_or_default()
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
