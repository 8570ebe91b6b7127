//! A certified provider in JavaScript (npm `oidc-provider`), which takes requests beforehand only,
//! names itself in its answers, and tells of logouts.

#[path = "shared/browser.rs"]
mod browser;
#[path = "shared/town.rs"]
mod town;

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use proto::identity::v1::{self as wire, sign_in_client::SignInClient};
use reqwest::{Method, Url, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use standard::FactorKind;
use testkit::{Program, eventually};

use browser::{Browser, Page};
use town::{Site, Town};

const SECRET: &str = "a secret of the tests";
/// What the values of its `acr` prove.
const LEVELS: [(&str, &[FactorKind]); 2] = [
    ("one", &[FactorKind::Password]),
    ("two", &[FactorKind::Password, FactorKind::Totp]),
];
const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/oidc-provider/server.mjs");

/// The provider and who relies on it.
struct Stage {
    town: Town,
    issuer: String,
    _provider: Program,
    _directory: tempfile::TempDir,
}

impl Stage {
    async fn set() -> Self {
        let site = Site::new(SECRET);
        let port = testkit::free_port();
        let issuer = format!("http://127.0.0.1:{port}");
        let directory = tempfile::tempdir().expect("a directory");
        let back = format!("{}/federation/op", site.origin);
        let arguments = [
            "node".to_owned(),
            SERVER.to_owned(),
            port.to_string(),
            format!("{back}/callback"),
            format!("{back}/backchannel-logout"),
        ];
        let log = directory.path().join("log");
        let mut provider = Program::new(Path::new("/usr/bin/env"), arguments, &log);
        provider.start();
        eventually("the provider listens", async || {
            let log = provider.log();
            assert!(provider.is_running(), "is `npm ci` done? {log}");
            log.contains("ready").then_some(())
        })
        .await;
        let section = site.section("op", &issuer, &LEVELS);
        Self {
            town: Town::start(&site, section).await,
            issuer,
            _provider: provider,
            _directory: directory,
        }
    }

    /// Somebody types their name there, and how strongly they are verified.
    async fn enters(&self, browser: &mut Browser, page: &Page, acr: &str) -> Page {
        assert!(page.url.as_str().starts_with(&self.issuer), "{page:?}");
        self.town.keep_time();
        let typed = [("login", "u1"), ("acr", acr)];
        browser.send(page, "/interaction/", &typed).await
    }
}

#[tokio::test]
async fn somebody_signs_in_with_oidc_provider_steps_up_and_out_there() {
    let stage = Stage::set().await;
    let (town, mut browser) = (&stage.town, Browser::new());
    let at = |path: &str| format!("{}{path}", town.origin);

    // Nobody here has that account yet.
    let page = browser.open(&at("/sign-in/federation/op")).await;
    let page = stage.enters(&mut browser, &page, "one").await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(page.body.contains("連携されていません"), "{page:?}");

    town.link("op", "u1").await;
    let page = browser.open(&at("/sign-in/federation/op")).await;
    assert_eq!(
        page.url.path(),
        "/account",
        "signed in there already: {page:?}"
    );
    assert!(page.body.contains("1（要素一つ）"), "{page:?}");

    // More is asked for than was verified there: they verify more.
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
    let page = stage.enters(&mut browser, &page, "two").await;
    assert_eq!(page.url.path(), "/account", "{page:?}");
    assert!(page.body.contains("2（要素二つ）"), "{page:?}");
    assert_eq!(town.sessions().await, 1);

    // Out there is out here.
    town.keep_time();
    let page = browser.open(&format!("{}/session/end", stage.issuer)).await;
    browser
        .send(&page, "/session/end/confirm", &[("logout", "yes")])
        .await;
    eventually("the session here has ended", async || {
        (town.sessions().await == 0).then_some(())
    })
    .await;
    let page = browser.open(&at("/account")).await;
    assert_eq!(page.url.path(), "/sign-in", "{page:?}");
    stage.town.process.stop().await;
}

#[tokio::test]
async fn an_access_token_of_oidc_provider_becomes_one_of_ours() {
    let stage = Stage::set().await;
    let (town, mut browser) = (&stage.town, Browser::new());
    town.link("op", "u1").await;
    let token = theirs(&stage, &mut browser).await;
    town.keep_time();
    let form = [
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("client_id", "sekisho-cli"),
        ("subject_token", token.as_str()),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
    ];
    let answer = posted(&format!("{}/oauth2/token", town.origin), &form).await;
    let ours = answer["access_token"].as_str();
    let ours = ours.unwrap_or_else(|| panic!("{answer}"));
    let mut sign_ins = SignInClient::new(town.process.bearer(ours));
    let session = sign_ins.get_session(wire::GetSessionRequest {}).await;
    let session = session
        .expect("told")
        .into_inner()
        .session
        .expect("a session");
    assert_eq!(
        (session.person_id.as_str(), session.acr.as_str()),
        ("S1", "urn:sekisho:aal2")
    );
    stage.town.process.stop().await;
}

/// An access token for us that an application gets with its own sign-in.
async fn theirs(stage: &Stage, browser: &mut Browser) -> String {
    let redirect = "http://127.0.0.1:9/app";
    let verifier = "x".repeat(43);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let asked = [
        ("client_id", "app"),
        ("redirect_uri", redirect),
        ("response_type", "code"),
        ("scope", "openid"),
        ("max_age", "300"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let address = Url::parse_with_params(&format!("{}/auth", stage.issuer), asked);
    let page = browser.open(address.expect("an address").as_str()).await;
    let action = page.between("action=\"", "\"");
    let action = page.url.join(&action).expect("an address");
    let form = [("login", "u1"), ("acr", "two")];
    let code = until(browser, action, &form, redirect).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("redirect_uri", redirect),
        ("code", code.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    let answer = posted(&format!("{}/token", stage.issuer), &form).await;
    let token = answer["access_token"].as_str();
    token.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Sends a form and goes where it is sent, until it would leave for `end`: the code that it brings
/// there.
async fn until(browser: &mut Browser, action: Url, form: &[(&str, &str)], end: &str) -> String {
    let body = Url::parse_with_params("form:", form).expect("a form");
    let mut body = Some(body.query().unwrap_or("").to_owned());
    let (mut method, mut url) = (Method::POST, action);
    for _ in 0..20 {
        let response = browser.one(&method, &url, body.take()).await;
        let place = response.headers().get(header::LOCATION);
        let place = place.map(|place| place.to_str().expect("ASCII").to_owned());
        url = url.join(&place.expect("a redirect")).expect("an address");
        if url.as_str().starts_with(end) {
            let mut pairs = url.query_pairs();
            let code = pairs.find(|(name, _)| name == "code");
            return code
                .unwrap_or_else(|| panic!("no code: {url}"))
                .1
                .into_owned();
        }
        method = Method::GET;
    }
    panic!("it is sent round in circles at {url}");
}

async fn posted(address: &str, form: &[(&str, &str)]) -> Value {
    let body = Url::parse_with_params("form:", form).expect("a form");
    let request = reqwest::Client::new()
        .post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.query().unwrap_or("").to_owned());
    let answer = request.send().await.expect("answered");
    answer.json().await.unwrap_or(json!(null))
}
