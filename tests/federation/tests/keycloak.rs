//! Keycloak as infra/keycloak sets it up: levels, pushed requests, logout by the back channel.

#[path = "shared/browser.rs"]
mod browser;
#[path = "shared/town.rs"]
mod town;

use std::path::Path;

use kernel::Clock as _;
use reqwest::{Client, Url};
use serde_json::{Value, json};
use testkit::{Program, eventually};
use totp_rs::{Builder, Secret};

use browser::{Browser, Page};
use town::{Site, Town};

const SECRET: &str = "a secret of the tests";
const PASSWORD: &str = "kettle orbit walnut";
const USER: &str = "5f0b9f4e-6a1b-4f0e-8f0a-3d1f6c1b2a3d";
/// The generator's secret, and the same in base32.
const GENERATOR: (&str, &str) = ("12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
const HOME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/keycloak/home");
const REALM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../infra/keycloak/realm-city.json"
);

/// Keycloak with one member of staff.
struct Keycloak {
    uri: String,
    program: Program,
}

impl Keycloak {
    fn start(site: &Site, directory: &Path) -> Self {
        let text = std::fs::read_to_string(REALM).expect("the realm");
        let mut realm: Value = serde_json::from_str(&text).expect("JSON");
        let (generator, _) = GENERATOR;
        realm["users"] = json!([{
            "id": USER, "username": "aoba", "enabled": true, "emailVerified": true,
            "email": "aoba@city.example", "firstName": "花子", "lastName": "青葉",
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
            uri: format!("http://127.0.0.1:{port}"),
            program,
        }
    }

    fn issuer(&self) -> String {
        format!("{}/realms/city", self.uri)
    }

    async fn is_up(&self) {
        eventually("Keycloak has its realm", async || {
            assert!(self.program.is_running(), "{}", self.program.log());
            let answer = reqwest::get(self.issuer()).await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }

    /// An administrator signs the person out.
    async fn signs_out(&self) {
        let form = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", "admin"),
            ("password", SECRET),
        ];
        let body = Url::parse_with_params("form:", form).expect("a form");
        let client = Client::new();
        let token = client
            .post(format!(
                "{}/realms/master/protocol/openid-connect/token",
                self.uri
            ))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.query().unwrap_or("").to_owned());
        let token: Value = token
            .send()
            .await
            .expect("answered")
            .json()
            .await
            .expect("JSON");
        let token = token["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{token}"));
        let logout = format!("{}/admin/realms/city/users/{USER}/logout", self.uri);
        let done = client.post(logout).bearer_auth(token).send().await;
        assert!(done.expect("answered").status().is_success());
    }
}

/// The password is typed, where Keycloak does not still know it from just before; and the code, if it
/// is to be asked for.
async fn enters(town: &Town, browser: &mut Browser, page: Page, code: bool) -> Page {
    let typed = [("username", "aoba"), ("password", PASSWORD)];
    let page = match page.body.contains("kc-form-login") || !code {
        true => browser.send(&page, "kc-form-login", &typed).await,
        false => page,
    };
    if !code {
        town.keep_time();
        return page;
    }
    assert!(page.body.contains("kc-otp-login-form"), "{page:?}");
    let secret = Secret::try_from_base32(GENERATOR.1).expect("base32");
    let generator = Builder::new()
        .with_secret(secret)
        .build()
        .expect("a generator");
    town.keep_time();
    let now = town.process.clock.now().as_second();
    let code = generator
        .generate(u64::try_from(now).expect("after 1970"))
        .to_string();
    browser
        .send(&page, "kc-otp-login-form", &[("otp", &code)])
        .await
}

#[tokio::test]
async fn somebody_signs_in_with_keycloak_steps_up_and_out_there() {
    let site = Site::new(SECRET);
    let directory = tempfile::tempdir().expect("a directory");
    let keycloak = Keycloak::start(&site, directory.path());
    let section = site.section("keycloak", &keycloak.issuer(), ["password", "two-factors"]);
    let town = Town::start(site, section).await;
    keycloak.is_up().await;
    town.keep_time();
    let mut browser = Browser::new();
    let at = |path: &str| format!("{}{path}", town.origin);

    // Nobody here has that account yet, whatever its mail address is.
    let page = browser.open(&at("/sign-in/federation/keycloak")).await;
    let page = enters(&town, &mut browser, page, false).await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(page.body.contains("連携されていません"), "{page:?}");

    town.link("keycloak", USER).await;
    let page = browser.open(&at("/sign-in/federation/keycloak")).await;
    assert_eq!(
        page.url.path(),
        "/account",
        "signed in there already: {page:?}"
    );
    assert!(
        page.body.contains("1（要素一つ）"),
        "the password only: {page:?}"
    );

    // More is asked for: Keycloak asks for the code, and its word raises the level.
    let page = browser
        .open(&at(
            "/step-up?acr_values=urn:sekisho:aal2&return_to=/account",
        ))
        .await;
    let way = page.between("href=\"/step-up/federation/", "\"");
    town.keep_time();
    let page = browser
        .open(&at(&format!("/step-up/federation/{way}")))
        .await;
    let page = enters(&town, &mut browser, page, true).await;
    assert_eq!(page.url.path(), "/account", "{page:?}");
    assert!(page.body.contains("2（要素二つ）"), "{page:?}");
    assert_eq!(town.sessions().await, 1);

    // Out there is out here.
    town.keep_time();
    keycloak.signs_out().await;
    eventually("the session here has ended", async || {
        (town.sessions().await == 0).then_some(())
    })
    .await;
    let page = browser.open(&at("/account")).await;
    assert_eq!(page.url.path(), "/sign-in", "{page:?}");
    town.process.stop().await;
}
