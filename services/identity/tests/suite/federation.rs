//! Signing in with a provider, over real HTTP, with a provider of the test's own making.

#[path = "federation/attacks.rs"]
mod attacks;
#[path = "federation/exchange.rs"]
pub(crate) mod exchange;
#[path = "federation/issuer.rs"]
pub(crate) mod issuer;
#[path = "federation/links.rs"]
mod links;
#[path = "federation/logout.rs"]
mod logout;
#[path = "federation/signed_out.rs"]
mod signed_out;
#[path = "federation/spoilt.rs"]
mod spoilt;

use jiff::SignedDuration;
use proto::identity::v1 as wire;
use runtime::config::Ceiling;
use testkit::{Engine, measured};
use wire::federation_client::FederationClient;

use crate::{
    pages::browser::{Browser, Page},
    town::{PASSWORD, Town},
};
use issuer::{Issuer, Script};

const ON_THE_WAY: &str = "/sign-in/federation/idp";

/// A town with a provider that is trusted up to that level.
pub(crate) async fn in_both(ceiling: Ceiling, test: impl AsyncFn(&Town, &Issuer)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let issuer = Issuer::start().await;
        let section = issuer.section(ceiling);
        let town = Town::configured(engine, |config| {
            config.identity.federation = vec![section];
        })
        .await;
        test(&town, &issuer).await;
        town.process.stop().await;
    }
}

/// Links `subject` to somebody by who manages accounts.
pub(crate) async fn linked(town: &Town, person: &str, subject: &str) -> String {
    let request = wire::LinkAccountRequest {
        person_id: person.to_owned(),
        provider_id: "idp".to_owned(),
        subject: subject.to_owned(),
    };
    let mut federation = FederationClient::new(town.platform());
    let linked = federation.link_account(request).await.expect("linked");
    linked.into_inner().credential_id
}

/// Where the browser is after somebody has signed in at the provider.
pub(crate) async fn through(
    town: &Town,
    issuer: &Issuer,
    browser: &mut Browser,
    subject: &str,
) -> Page {
    let sent = browser.get(ON_THE_WAY).await;
    let back = issuer.signs_in(sent.location(), subject, town.now());
    browser.get(&back).await
}

fn refused(page: &Page, browser: &Browser) {
    assert_eq!(page.status, 403, "{}", page.body);
    assert_eq!(browser.session(), "");
}

#[tokio::test]
async fn somebody_links_an_account_signs_in_with_it_and_verifies_here_what_is_missing() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        let two = town.with_two_factors("S1").await;
        let secret = two.totp.expect("a generator");
        let mut browser = Browser::new(town);
        let offered = browser.get("/sign-in").await;
        assert!(
            offered.body.contains("市の認証基盤でサインイン"),
            "{}",
            offered.body
        );
        let offered = browser.get("/sign-in?lang=en").await;
        assert!(offered.body.contains("Sign in with City sign-on"));

        // The link, in a session with two factors.
        let page = browser.sign_in("S1", PASSWORD).await;
        let page = browser.follow(page).await;
        if page.body.contains("name=\"code\"") {
            town.later(30);
            let code = town.totp(&secret);
            browser
                .send("/step-up", &[("factor", "totp"), ("code", &code)])
                .await;
        }
        let account = browser.get("/account").await;
        assert!(
            account.body.contains("Link City sign-on"),
            "{}",
            account.body
        );
        let onwards = browser
            .send("/account/federation", &[("provider_id", "idp")])
            .await;
        assert_eq!(onwards.status, 200, "{}", onwards.body);
        let address = onwards
            .between("class=\"button\" href=\"", "\"")
            .replace("&#38;", "&");
        let asked = issuer.asked(&address);
        assert_eq!(asked["max_age"], "0", "whoever links shows who they are");
        let back = issuer.signs_in(&address, "u1", town.now());
        let done = browser.get(&back).await;
        let account = browser.follow(done).await;
        assert!(
            account.body.contains("The account is linked."),
            "{}",
            account.body
        );
        assert!(
            account.body.contains("City sign-on · u1"),
            "{}",
            account.body
        );
        browser.send("/sign-out", &[]).await;

        // In with what the provider verified: one category.
        let sent = browser.get(ON_THE_WAY).await;
        let asked = issuer.asked(sent.location());
        let claims: serde_json::Value = serde_json::from_str(&asked["claims"]).expect("JSON");
        let essential = &claims["id_token"];
        assert_eq!(
            essential["acr"],
            serde_json::json!({ "essential": true, "value": "one" })
        );
        assert_eq!(essential["auth_time"]["essential"], true);
        assert_eq!(
            (asked["max_age"].as_str(), asked["ui_locales"].as_str()),
            ("300", "en")
        );
        let back = issuer.signs_in(sent.location(), "u1", town.now());
        let page = browser.get(&back).await;
        let page = browser.follow(page).await;
        assert!(
            page.body.contains("name=\"code\""),
            "the second is verified here: {}",
            page.body
        );
        town.later(30);
        let code = town.totp(&secret);
        let page = browser
            .send("/step-up", &[("factor", "totp"), ("code", &code)])
            .await;
        let account = browser.follow(page).await;
        assert!(account.body.contains("2 (two factors)"), "{}", account.body);
    })
    .await;
}

#[tokio::test]
async fn a_person_without_factors_here_signs_in_by_link_and_steps_up_at_the_provider() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        linked(town, "S3", "u3").await;
        let mut browser = Browser::new(town);
        let page = through(town, issuer, &mut browser, "u3").await;
        assert_eq!(page.location(), "/account");
        let taken = ["provider=", "outcome=\"taken\""];
        assert!(measured("sekisho_identity_federation_total", &taken) > 0.0);
        let account = browser.get("/account").await;
        assert!(account.body.contains("1（要素一つ）"), "{}", account.body);

        let asked = "/step-up?acr_values=urn:sekisho:aal2&max_age=60&return_to=/account";
        let page = browser.get(asked).await;
        let page = browser.follow(page).await;
        let way = page.between("href=\"/step-up/federation/", "\"");
        assert!(!way.is_empty(), "{}", page.body);
        let sent = browser.get(&format!("/step-up/federation/{way}")).await;
        assert!(issuer.asked(sent.location())["claims"].contains("\"two\""));
        issuer.says(serde_json::json!({ "acr": "two" }));
        let back = issuer.signs_in(sent.location(), "u3", town.now());
        let page = browser.get(&back).await;
        assert_eq!(page.location(), "/account", "met");
        let account = browser.get("/account").await;
        assert!(account.body.contains("2（要素二つ）"), "{}", account.body);
    })
    .await;
}

#[tokio::test]
async fn a_request_goes_beforehand_where_the_provider_takes_it_and_answers_name_the_issuer() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        issuer.does(Script {
            pushes: true,
            names_itself: true,
            ..Script::default()
        });
        linked(town, "S1", "u1").await;
        let mut browser = Browser::new(town);
        let sent = browser.get(ON_THE_WAY).await;
        assert!(!sent.location().contains("state"), "{}", sent.location());
        let back = issuer.signs_in(sent.location(), "u1", town.now());
        let page = browser.get(&back).await;
        assert_eq!(page.location(), "/account");
    })
    .await;
}

#[tokio::test]
async fn what_the_provider_verified_is_as_old_as_it_says() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let then = town.now() - SignedDuration::from_mins(4);
        issuer.says(serde_json::json!({ "auth_time": then.as_second(), "acr": "two" }));
        let mut browser = Browser::new(town);
        through(town, issuer, &mut browser, "u1").await;
        let started: Vec<wire::SessionStarted> = crate::journal::said(town).await;
        let [started] = &started[..] else {
            panic!("{started:?}");
        };
        assert_eq!(started.factors, ["password", "totp"]);
        for at in &started.verified_at {
            assert_eq!(at.seconds, then.as_second());
        }
        // A change of factors wants it fresher.
        town.later(70);
        browser.get("/account").await;
        let page = browser.send("/account/totp/new", &[]).await;
        assert!(
            page.location().starts_with("/step-up?"),
            "{}",
            page.location()
        );
    })
    .await;
}
