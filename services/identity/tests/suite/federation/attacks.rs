//! The attacks on signing in with a provider, by their numbers in the threat list.

use jiff::SignedDuration;
use proto::identity::v1 as wire;
use runtime::config::Ceiling;
use serde_json::{Value, json};

use super::{
    ON_THE_WAY, in_both,
    issuer::{Issuer, Script},
    linked, refused, through,
};
use crate::{
    journal::said,
    pages::browser::Browser,
    town::{PASSWORD, Town},
};

#[tokio::test]
async fn attack_2_a_flood_of_unknown_keys_is_one_fetch_in_a_minute() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        issuer.does(Script {
            header: json!({ "kid": "k9" }),
            ..Script::default()
        });
        let mut browser = Browser::new(town);
        refused(&through(town, issuer, &mut browser, "u1").await, &browser);
        assert_eq!(issuer.fetches(), 1, "too soon after the first");
        town.later(61);
        for n in 0..5 {
            let answer = through(town, issuer, &mut browser, "u1").await;
            assert_eq!(answer.status, 403, "{n}");
        }
        assert_eq!(issuer.fetches(), 2);
        // A key that is new there is found.
        issuer.does(Script::default());
        let page = through(town, issuer, &mut browser, "u1").await;
        assert_eq!(page.location(), "/account");
    })
    .await;
}

#[tokio::test]
async fn attack_3_a_level_above_the_ceiling_bare_mfa_and_a_stale_or_absent_auth_time() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let now = town.now();
        let ago = |minutes: i64| (now - SignedDuration::from_mins(minutes)).as_second();
        for claims in [
            json!({ "acr": null, "amr": ["mfa"] }),
            json!({ "acr": "urn:sekisho:aal3" }),
            json!({ "acr": null }),
            json!({ "auth_time": null }),
            json!({ "auth_time": ago(7) }),
            json!({ "auth_time": ago(-3) }),
            json!({ "auth_time": now.as_second().to_string() }),
        ] {
            issuer.says(claims.clone());
            let mut browser = Browser::new(town);
            let page = through(town, issuer, &mut browser, "u1").await;
            assert_eq!(page.status, 403, "{claims}");
            assert_eq!(browser.session(), "", "{claims}");
        }
        // More than it is trusted for: what is within the ceiling counts, the rest is cut.
        issuer.says(json!({ "acr": "two", "amr": ["otp", "mfa"] }));
        let mut browser = Browser::new(town);
        through(town, issuer, &mut browser, "u1").await;
        let account = browser.get("/account").await;
        assert!(account.body.contains("1（要素一つ）"), "{}", account.body);
        let page = browser.get("/step-up?acr_values=urn:sekisho:aal2").await;
        let page = browser.follow(page).await;
        assert!(
            page.body.contains("登録済みの要素では足りません"),
            "{}",
            page.body
        );
        let started: Vec<wire::SessionStarted> = said(town).await;
        let factors: Vec<_> = started.iter().map(|one| one.factors.clone()).collect();
        assert_eq!(factors, [["password"]]);
    })
    .await;
}

#[tokio::test]
async fn attack_9_metadata_and_keys_lead_nowhere_else() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let stranger = Issuer::start().await;
        let theirs =
            |path: &str| format!("{}{path}", stranger.uri.replace("127.0.0.1", "localhost"));
        let over = |name: &str, place: &str| Script {
            metadata: json!({ name: place }),
            ..Script::default()
        };
        let inside = "http://169.254.169.254/latest/meta-data";
        let scripts = [
            Script {
                redirect_metadata: Some(theirs("/.well-known/openid-configuration")),
                ..Script::default()
            },
            Script {
                redirect_keys: Some(theirs("/keys")),
                ..Script::default()
            },
            Script {
                redirect_keys: Some(inside.to_owned()),
                ..Script::default()
            },
            over("issuer", &stranger.uri),
            over("jwks_uri", &theirs("/keys")),
            over("jwks_uri", inside),
            over("token_endpoint", &theirs("/token")),
            over("authorization_endpoint", &theirs("/authorize")),
            over("pushed_authorization_request_endpoint", inside),
            Script {
                padding: 256 << 10,
                ..Script::default()
            },
        ];
        for (n, script) in scripts.into_iter().enumerate() {
            issuer.does(script);
            let mut browser = Browser::new(town);
            let page = browser.get(ON_THE_WAY).await;
            assert_eq!(page.status, 403, "{n}: {}", page.body);
            assert!(
                page.body.contains("連携先が応答しません"),
                "{n}: {}",
                page.body
            );
            town.later(61);
        }
        assert_eq!(stranger.fetches(), 0, "nobody was asked who should not be");
        issuer.does(Script::default());
        let page = through(town, issuer, &mut Browser::new(town), "u1").await;
        assert_eq!(page.location(), "/account");
    })
    .await;
}

#[tokio::test]
async fn attack_10_the_same_mail_address_or_the_same_name_opens_no_account() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        // The account `u2` there has S1's mail address, verified, and S1's staff number for a name.
        issuer.says(json!({
            "email": "s1@city.example", "email_verified": true, "preferred_username": "S1",
        }));
        for subject in ["u2", "S1", "U1", "u1 ", "s1@city.example"] {
            let mut browser = Browser::new(town);
            let page = through(town, issuer, &mut browser, subject).await;
            assert!(
                page.body.contains("連携されていません"),
                "{subject}: {}",
                page.body
            );
            refused(&page, &browser);
        }
        let refusals: Vec<wire::SignInRefused> = said(town).await;
        assert_eq!(refusals.len(), 5, "on record");
        assert!(
            refusals.iter().all(|one| one.person_id.is_empty()),
            "{refusals:?}"
        );
        // Whoever wants another's account there finds it taken.
        let taken = wire::LinkAccountRequest {
            person_id: "S3".to_owned(),
            provider_id: "idp".to_owned(),
            subject: "u1".to_owned(),
        };
        let mut federation = wire::federation_client::FederationClient::new(town.platform());
        let status = federation.link_account(taken).await.expect_err("taken");
        assert_eq!(testkit::refused(&status).code, "federation_account_taken");
    })
    .await;
}

#[tokio::test]
async fn attack_11_an_answer_counts_once_for_the_browser_that_asked() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let mut browser = Browser::new(town);
        let sent = browser.get(ON_THE_WAY).await;
        let (code, state) = issuer.code(sent.location(), "u1", town.now());
        let path = |query: &str| format!("/federation/idp/callback?{query}");
        // Without the state, with one that nobody gave, or in another's browser.
        for query in [
            format!("code={code}"),
            format!("code={code}&state="),
            format!("code={code}&state={}", "A".repeat(43)),
            format!("code={code}&state={state}&state={state}"),
        ] {
            let page = browser.get(&path(&query)).await;
            assert!([400, 403].contains(&page.status), "{query}: {}", page.body);
            assert_eq!(browser.session(), "", "{query}");
        }
        let right = path(&format!("code={code}&state={state}"));
        let mut victim = Browser::new(town);
        victim.get("/sign-in").await;
        refused(&victim.get(&right).await, &victim);
        // It was looked at in the wrong browser: it is good nowhere any more.
        refused(&browser.get(&right).await, &browser);

        // Good once.
        let back = {
            let sent = browser.get(ON_THE_WAY).await;
            issuer.signs_in(sent.location(), "u1", town.now())
        };
        assert_eq!(browser.get(&back).await.location(), "/account");
        let mut thief = Browser::new(town);
        thief.cookies.clone_from(&browser.cookies);
        assert_eq!(thief.get(&back).await.status, 403);

        // And not for long.
        let mut slow = Browser::new(town);
        let sent = slow.get(ON_THE_WAY).await;
        town.later(601);
        let late = issuer.signs_in(sent.location(), "u1", town.now());
        refused(&slow.get(&late).await, &slow);
    })
    .await;
}

#[tokio::test]
async fn attack_11_a_code_of_another_s_making_has_neither_the_nonce_nor_the_verifier() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        // The attacker's own code, put into the victim's answer: PKCE binds it to who asked.
        let (mut attacker, mut victim) = (Browser::new(town), Browser::new(town));
        let sent = attacker.get(ON_THE_WAY).await;
        let (code, _) = issuer.code(sent.location(), "u1", town.now());
        let sent = victim.get(ON_THE_WAY).await;
        assert_eq!(
            issuer.asked(sent.location())["code_challenge_method"],
            "S256"
        );
        let (_, state) = issuer.code(sent.location(), "u1", town.now());
        let mixed = format!("/federation/idp/callback?code={code}&state={state}");
        refused(&victim.get(&mixed).await, &victim);

        let other = "https://other.example";
        for claims in [
            json!({ "nonce": null }),
            json!({ "nonce": "another" }),
            json!({ "iss": other }),
            json!({ "aud": "another" }),
            json!({ "aud": ["sekisho", "another"] }),
            json!({ "azp": "another" }),
            json!({ "exp": town.now().as_second() }),
            json!({ "exp": "9999999999" }),
            json!({ "iat": town.now().as_second() - 3600 }),
            json!({ "sub": null }),
        ] {
            issuer.says(claims.clone());
            let mut browser = Browser::new(town);
            let page = through(town, issuer, &mut browser, "u1").await;
            assert_eq!(
                (page.status, browser.session()),
                (403, String::new()),
                "{claims}"
            );
        }
        let header = |header: Value| Script {
            header,
            ..Script::default()
        };
        for script in [
            Script {
                other_key: true,
                ..Script::default()
            },
            header(json!({ "alg": "none" })),
            header(json!({ "alg": "HS256" })),
            header(json!({ "crit": ["b64"] })),
        ] {
            issuer.does(script);
            let mut browser = Browser::new(town);
            refused(&through(town, issuer, &mut browser, "u1").await, &browser);
        }
        // The provider names itself, and the answer comes from another (RFC 9207).
        issuer.does(Script {
            names_itself: true,
            ..Script::default()
        });
        town.later(3601);
        for iss in ["", "&iss=https%3A%2F%2Fother.example"] {
            let mut browser = Browser::new(town);
            let sent = browser.get(ON_THE_WAY).await;
            let (code, state) = issuer.code(sent.location(), "u1", town.now());
            let back = format!("/federation/idp/callback?code={code}&state={state}{iss}");
            refused(&browser.get(&back).await, &browser);
        }
    })
    .await;
}

#[tokio::test]
async fn attack_11_nobody_is_made_to_link_another_s_account() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        let mut victim = signed_in(town, "S1").await;
        let mut attacker = signed_in(town, "S3").await;
        // The attacker's own way to a link, finished in the victim's browser.
        let address = way_to_link(&mut attacker).await;
        let back = issuer.signs_in(&address, "attacker", town.now());
        let page = victim.get(&back).await;
        assert_eq!(page.status, 403, "{}", page.body);
        // A form that the victim's browser was made to send, and an address it was led to.
        let forged = [("token", "forged"), ("provider_id", "idp")];
        assert_eq!(
            victim
                .send_only("/account/federation", &forged)
                .await
                .status,
            403
        );
        assert_eq!(
            victim
                .get("/account/federation?provider_id=idp")
                .await
                .status,
            405
        );
        // A sign-in that the victim began stays one: it links nothing.
        let mut other = Browser::new(town);
        let page = through(town, issuer, &mut other, "attacker").await;
        refused(&page, &other);
        for person in ["S1", "S3"] {
            let factors = town.account(person).await.factors;
            assert!(
                factors.iter().all(|one| one.kind != "federated"),
                "{person}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn attack_13_a_stopped_account_and_one_that_waits_are_not_opened_from_elsewhere() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        town.with_password("S1").await;
        linked(town, "S1", "u1").await;
        for _ in 0..5 {
            town.sign_in("S1", "not this one, surely")
                .await
                .expect_err("wrong");
        }
        let mut browser = Browser::new(town);
        refused(&through(town, issuer, &mut browser, "u1").await, &browser);
        town.later(31);
        let page = through(town, issuer, &mut browser, "u1").await;
        assert_eq!(page.location(), "/account", "the wait is over");

        let stop = wire::DisableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "left".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts.disable_account(stop).await.expect("stopped");
        let mut browser = Browser::new(town);
        refused(&through(town, issuer, &mut browser, "u1").await, &browser);
        let codes: Vec<wire::SignInRefused> = said(town).await;
        let last: Vec<_> = codes
            .iter()
            .rev()
            .take(1)
            .map(|one| one.code.as_str())
            .collect();
        assert_eq!(last, ["account_disabled"]);
    })
    .await;
}

/// With one category verified at the provider one comes to no new factor and loses none: the way to the
/// first one here is a second category there, or a manager's code.
#[tokio::test]
async fn attack_12_a_provider_s_password_alone_adds_and_removes_no_factor() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        linked(town, "S2", "u2").await;
        let two = town.with_two_factors("S1").await;
        linked(town, "S1", "u1").await;
        for subject in ["u1", "u2"] {
            let mut browser = Browser::new(town);
            let page = through(town, issuer, &mut browser, subject).await;
            assert!(!browser.session().is_empty(), "{}", page.body);
            browser.get("/account").await;
            let page = browser.send("/account/totp/new", &[]).await;
            assert!(page.location().starts_with("/step-up?"), "{}", page.body);
            let page = browser.get("/account/passkey").await;
            assert!(page.location().starts_with("/step-up?"), "{}", page.body);
        }
        let mut browser = Browser::new(town);
        through(town, issuer, &mut browser, "u1").await;
        let account = browser.get("/account").await;
        let factor = account.between("name=\"credential_id\" value=\"", "\"");
        let page = browser
            .send("/account/remove", &[("credential_id", &factor)])
            .await;
        assert!(page.location().starts_with("/step-up?"), "{}", page.body);
        let removed: Vec<wire::FactorRemoved> = said(town).await;
        assert_eq!(removed, []);

        // The generator of here beside it is the second category.
        town.later(30);
        let code = town.totp(&two.totp.expect("a generator"));
        let fields = [("factor", "totp"), ("code", code.as_str())];
        browser.get(page.location()).await;
        browser.send("/step-up", &fields).await;
        browser.get("/account").await;
        let page = browser.send("/account/totp/new", &[]).await;
        assert_eq!(page.location(), "/account/totp", "{}", page.body);
    })
    .await;
}

/// Signed in with two factors just now.
async fn signed_in(town: &Town, person: &str) -> Browser {
    let two = town.with_two_factors(person).await;
    let mut browser = Browser::new(town);
    browser.get("/sign-in").await;
    let page = browser.sign_in(person, PASSWORD).await;
    browser.follow(page).await;
    town.later(30);
    let code = town.totp(&two.totp.expect("a generator"));
    let fields = [("factor", "totp"), ("code", code.as_str())];
    let page = browser.send("/step-up", &fields).await;
    browser.follow(page).await;
    browser
}

async fn way_to_link(browser: &mut Browser) -> String {
    browser.get("/account").await;
    let onwards = browser
        .send("/account/federation", &[("provider_id", "idp")])
        .await;
    assert_eq!(onwards.status, 200, "{}", onwards.body);
    onwards
        .between("class=\"button\" href=\"", "\"")
        .replace("&#38;", "&")
}
