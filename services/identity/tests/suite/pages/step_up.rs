//! From an enforcement point's challenge to the page and back (RFC 9470), where a factor must resist
//! phishing: for administering (7-2-(8)-3).

use std::sync::Arc;

use auth::{Issuer, Revocations, SigningKey, Verifier};
use pep::{Access, AccessAction, Checkpoint, Stopped};
use proto::identity::v1 as wire;
use testkit::{Authenticator, eventually};

use super::{
    APPLICATION,
    browser::{Browser, encoded},
    in_both,
};
use crate::{
    grants::{granted, permit},
    passkeys,
    town::{PASSWORD, Town},
};

/// The enforcement point of the office, as its own process would be.
pub(crate) fn checkpoint(town: &Town) -> Checkpoint {
    let config = &town.process.runtime().config;
    let key = SigningKey::load_or_create(&config.identity.signing_key_path(&config.data_dir));
    let keys = key.expect("identity's key").key_set();
    let issuer = Issuer::people(config.identity.issuer.as_str(), keys);
    let clock = Arc::new(town.process.clock.clone());
    let verifier = Verifier::new(clock, vec![issuer], Revocations::default());
    Checkpoint::new(verifier, town.process.workload("office"))
}

/// A browser that is signed in with a password and a one-time code.
async fn with_code(town: &Town, person: &str, secret: &str) -> Browser {
    let mut browser = Browser::new(town);
    browser.get("/sign-in").await;
    let answer = browser.sign_in(person, PASSWORD).await;
    browser.follow(answer).await;
    let code = town.totp(secret);
    let fields = [("factor", "totp"), ("code", &code)];
    let answer = browser.send("/step-up", &fields).await;
    assert_eq!(answer.location(), "/account");
    browser
}

/// Where an application sends a browser for what a challenge asks.
fn way(challenge: &str) -> String {
    let asked = |name: &str| {
        let (_, rest) = challenge.split_once(&format!("{name}=\"")).expect(name);
        encoded(rest.split('"').next().expect("a value"))
    };
    let (values, age) = (asked("acr_values"), asked("max_age"));
    let back = encoded(APPLICATION);
    format!("/step-up?acr_values={values}&max_age={age}&return_to={back}")
}

#[tokio::test]
async fn administering_takes_a_passkey_and_the_page_that_its_challenge_leads_to_takes_it() {
    in_both(async |town| {
        town.office().await;
        town.system("SYS-1").await;
        let two = town.with_two_factors("S1").await;
        let mut passkey = Authenticator::new(1);
        passkey.synced = true;
        let enrolled = passkeys::enrol(town, &two.grant, &mut passkey).await;
        enrolled.expect("enrolled");
        granted(town, permit(town, "p1", "entitlement", None)).await;
        granted(town, permit(town, "p2", "privileged_grant", Some(2))).await;
        town.later(30);
        let mut browser = with_code(town, "S1", &two.totp.expect("a generator")).await;
        let checkpoint = checkpoint(town);
        let system = "SYS-1".parse().expect("an id");
        let administer = Access::of(system, AccessAction::Administer);
        let token = async |browser: &Browser| {
            let refreshed = town.refresh(&browser.session()).await;
            refreshed.expect("a token").access_token
        };

        let before = token(&browser).await;
        let challenge = eventually("a step-up", async || {
            match checkpoint.pass(&before, &administer).await {
                Err(stopped @ Stopped::StepUp(_)) => stopped.challenge(),
                _ => None,
            }
        })
        .await;
        let values = "acr_values=\"urn:sekisho:phr urn:sekisho:aal3\"";
        assert!(challenge.contains(values), "{challenge}");

        let answer = browser.get(&way(&challenge)).await;
        let page = browser.follow(answer).await;
        for weak in ["value=\"password\"", "value=\"totp\""] {
            assert!(!page.body.contains(weak), "{weak}: {}", page.body);
        }
        let errand = page.between("href=\"/step-up/passkey?", "\"");
        let page = browser.get(&format!("/step-up/passkey?{errand}")).await;
        let options = page.between("data-options=\"", "\"");
        let challenge_id = page.between("name=\"challenge\" value=\"", "\"");
        let ceremony = wire::PasskeyCeremony {
            challenge_id: challenge_id.clone(),
            options_json: options.replace("&#34;", "\""),
        };
        let signed = passkey.get(&ceremony);
        let fields = [
            ("challenge", challenge_id.as_str()),
            ("credential", signed.as_str()),
        ];
        let answer = browser.send("/step-up/passkey", &fields).await;
        let page = browser.follow(answer).await;
        let link = format!("href=\"{APPLICATION}\"");
        assert!(page.body.contains(&link), "{}", page.body);

        let after = token(&browser).await;
        eventually("in", async || {
            checkpoint.pass(&after, &administer).await.ok()
        })
        .await;
        let session = town.session(&after).await.expect("a session");
        assert_eq!(session.acr, "urn:sekisho:aal2", "a token says the level");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_nothing_that_resists_phishing_is_told_and_not_sent_in_circles() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        town.later(30);
        let mut browser = with_code(town, "S1", &two.totp.expect("a generator")).await;
        for values in ["urn:sekisho:phr", "urn:sekisho:phr urn:sekisho:aal3"] {
            let path = format!("/step-up?acr_values={}", encoded(values));
            let answer = browser.get(&path).await;
            let page = browser.follow(answer).await;
            assert!(page.body.contains("認証要素を追加する"), "{}", page.body);
            assert!(!page.body.contains("name=\"factor\""), "{}", page.body);
        }
        // Any one of several is enough.
        let any = encoded("urn:sekisho:phr urn:sekisho:aal2");
        let answer = browser.get(&format!("/step-up?acr_values={any}")).await;
        let page = browser.follow(answer).await;
        assert!(page.body.contains("2（要素二つ）"), "{}", page.body);
    })
    .await;
}
