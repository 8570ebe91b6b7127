//! Keycloak as infra/keycloak sets it up: levels up to a passkey, pushed requests, token exchange,
//! logout by the back channel.

#[path = "shared/browser.rs"]
mod browser;
#[path = "keycloak/server.rs"]
mod server;
#[path = "keycloak/staff.rs"]
mod staff;
#[path = "shared/town.rs"]
mod town;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use standard::FactorKind::{Passkey, Password, Totp};
use testkit::eventually;

use browser::{Browser, Page};
use server::{Keycloak, SECRET, USER, posted};
use staff::Staff;
use town::{Site, Town};

/// An application of the city, as the realm knows it.
const APPLICATION: &str = "field-tablet";

/// Four stories with one Keycloak: it takes its time to start.
#[tokio::test]
async fn keycloak_as_it_is_set_up_here_is_a_provider_to_the_full() {
    let site = Site::new(SECRET);
    let directory = tempfile::tempdir().expect("a directory");
    let keycloak = Keycloak::start(&site, directory.path());
    let mut staff = Staff::of(&keycloak);
    somebody_signs_in_steps_up_and_out_there(&site, &keycloak, &mut staff).await;
    let town = a_passkey_there_is_two_factors_here(&site, &keycloak, &mut staff).await;
    an_application_s_token_is_exchanged_for_ours(&town, &keycloak, &mut staff).await;
    whoever_is_signed_out_everywhere_there_is_out_everywhere_here(&town, &keycloak, &mut staff)
        .await;
    town.process.stop().await;
}

/// Whoever is in asks for more, and is at Keycloak.
async fn steps_up(town: &Town, browser: &mut Browser) -> Page {
    let asked = "/step-up?acr_values=urn:sekisho:aal2&return_to=/account";
    let page = browser.open(&format!("{}{asked}", town.origin)).await;
    let way = page.between("href=\"/step-up/federation/", "\"");
    town.keep_time();
    let way = format!("{}/step-up/federation/{way}", town.origin);
    browser.open(&way).await
}

async fn somebody_signs_in_steps_up_and_out_there(
    site: &Site,
    keycloak: &Keycloak,
    staff: &mut Staff,
) {
    let levels = [
        ("password", &[Password][..]),
        ("two-factors", &[Password, Totp][..]),
    ];
    let section = site.section("keycloak", &keycloak.issuer(), &levels);
    let town = Town::start(site, section).await;
    keycloak.is_up().await;
    town.keep_time();
    let mut browser = Browser::new();
    let at = |path: &str| format!("{}{path}", town.origin);

    // Nobody here has that account yet, whatever its mail address is.
    let page = browser.open(&at("/sign-in/federation/keycloak")).await;
    let (asked, page) = staff.answers(&town, &mut browser, page).await;
    // A passkey is enrolled on the way, as its account there demands.
    assert_eq!(asked, [staff::SIGN_IN, staff::NEW_PASSKEY]);
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
    let page = steps_up(&town, &mut browser).await;
    let (asked, page) = staff.answers(&town, &mut browser, page).await;
    assert_eq!(asked.last(), Some(&staff::CODE));
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

async fn a_passkey_there_is_two_factors_here(
    site: &Site,
    keycloak: &Keycloak,
    staff: &mut Staff,
) -> Town {
    let levels = [("password", &[Password][..]), ("passkey", &[Passkey][..])];
    let section = site.section("keycloak", &keycloak.issuer(), &levels);
    let town = Town::start(site, section).await;
    town.link("keycloak", USER).await;
    let mut browser = Browser::new();
    let address = format!("{}/sign-in/federation/keycloak", town.origin);
    let page = browser.open(&address).await;
    let (asked, page) = staff.answers(&town, &mut browser, page).await;
    assert_eq!(asked, [staff::SIGN_IN]);
    assert!(page.body.contains("1（要素一つ）"), "{page:?}");

    let page = steps_up(&town, &mut browser).await;
    let (asked, page) = staff.answers(&town, &mut browser, page).await;
    assert_eq!(asked.last(), Some(&staff::PASSKEY));
    assert_eq!(page.url.path(), "/account", "{page:?}");
    assert!(page.body.contains("2（要素二つ）"), "{page:?}");
    town
}

async fn an_application_s_token_is_exchanged_for_ours(
    town: &Town,
    keycloak: &Keycloak,
    staff: &mut Staff,
) {
    let mut browser = Browser::new();
    let address = format!("{}/sign-in/federation/keycloak", town.origin);
    let page = browser.open(&address).await;
    staff.answers(town, &mut browser, page).await;

    // The application has the person's browser fetch a code, and gets a token that names us.
    // Nothing is there that takes the code from the application; the browser shows where it is.
    let callback = town.origin.replace("localhost", "127.0.0.1") + "/callback";
    let callback = callback.as_str();
    let verifier = "of the application alone, 43 signs or more";
    let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let address = Url::parse_with_params(
        &format!("{}/protocol/openid-connect/auth", keycloak.issuer()),
        [
            ("client_id", APPLICATION),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", callback),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ],
    );
    let back = browser.open(address.expect("an address").as_str()).await;
    let code = back.url.query_pairs().find(|(name, _)| name == "code");
    let (_, code) = code.unwrap_or_else(|| panic!("no code: {back:?}"));
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", APPLICATION),
        ("redirect_uri", callback),
        ("code", &*code),
        ("code_verifier", verifier.as_str()),
    ];
    let (status, tokens) = keycloak.token("city", &form).await;
    assert_eq!(status, 200, "{tokens}");
    let theirs = tokens["access_token"].as_str().expect("a token");

    town.keep_time();
    let (status, ours) = exchanged(town, theirs).await;
    assert_eq!(status, 200, "{ours}");
    assert!(ours["access_token"].is_string(), "{ours}");
    assert_eq!(town.sessions().await, 3, "two browsers and the application");
    let id = tokens["id_token"].as_str().expect("an ID token");
    let (status, refused) = exchanged(town, id).await;
    assert_eq!(status, 400, "an ID token is none: {refused}");
}

async fn whoever_is_signed_out_everywhere_there_is_out_everywhere_here(
    town: &Town,
    keycloak: &Keycloak,
    staff: &mut Staff,
) {
    // Where logouts name the session, Keycloak tells of the first and takes the platform as told of the
    // others: the reason why the realm has them name the person only. When this does not hold any more,
    // the realm and docs/federation.md may say otherwise.
    assert_eq!(keycloak.sessions().await.len(), 2);
    keycloak.names_sessions(true).await;
    town.keep_time();
    keycloak.signs_out().await;
    let left = town.sessions().await;
    assert!(
        (1..=2).contains(&left),
        "of three: {left}; {}",
        keycloak.complaints()
    );

    // It does tell of one session that is ended by itself, and no other ends here.
    let address = format!("{}/sign-in/federation/keycloak", town.origin);
    let mut somebody_signs_in = async || {
        let mut browser = Browser::new();
        let page = browser.open(&address).await;
        let (_, page) = staff.answers(town, &mut browser, page).await;
        assert_eq!(page.url.path(), "/account", "{page:?}");
    };
    somebody_signs_in().await;
    somebody_signs_in().await;
    let sessions = keycloak.sessions().await;
    assert_eq!((sessions.len(), town.sessions().await), (2, left + 2));
    town.keep_time();
    keycloak.ends(&sessions[0]).await;
    assert_eq!(town.sessions().await, left + 1);

    // Nobody is told that an account was disabled, nor that all sessions of the realm were ended at once.
    keycloak.enables(false).await;
    assert_eq!(town.sessions().await, left + 1);
    keycloak.enables(true).await;
    keycloak.ends_all().await;
    assert_eq!(keycloak.sessions().await.len(), 0);
    assert_eq!(town.sessions().await, left + 1);
    somebody_signs_in().await;

    // As the realm is set up a logout names the person, and nothing of theirs is left.
    keycloak.names_sessions(false).await;
    town.keep_time();
    keycloak.signs_out().await;
    assert_eq!(town.sessions().await, 0);
}

async fn exchanged(town: &Town, token: &str) -> (u16, Value) {
    let form = [
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("client_id", "sekisho-cli"),
        ("subject_token", token),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
    ];
    posted(&format!("{}/oauth2/token", town.origin), &form).await
}
