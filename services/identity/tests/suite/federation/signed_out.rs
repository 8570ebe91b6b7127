//! What a provider said counts no more once somebody has signed out there.

use proto::identity::v1 as wire;
use runtime::config::Ceiling;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use testkit::{Engine, Replica, refused};

use super::{
    exchange::{exchanged, exchanged_at, token},
    in_both,
    issuer::Issuer,
    linked,
    links::link_own,
    logout::{events, inside, is_in, told},
};
use crate::{
    journal::{open, said},
    town::{Town, start},
};

fn logout(town: &Town, issuer: &Issuer, over: Value) -> String {
    let mut claims = json!({ "sub": null, "events": events() });
    for (name, value) in over.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    issuer.token("logout+jwt", town.now(), claims)
}

async fn notices(town: &Town) -> i64 {
    let database = open(town).await;
    let sql = "SELECT COUNT(*) AS n FROM upstream_notice";
    let statement = Statement::from_string(database.backend().sea(), sql);
    let row = database.read().query_one_raw(statement).await;
    let row = row.expect("a count").expect("a row");
    let n = row.try_get("", "n").expect("a number");
    database.close().await.expect("closed");
    n
}

#[tokio::test]
async fn a_session_ends_with_each_of_the_provider_s_sessions_that_it_stands_on() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        linked(town, "S3", "u3").await;
        for ended in ["a", "b"] {
            let mut browser = inside(town, issuer, "u3", json!("a")).await;
            let asked = "/step-up?acr_values=urn:sekisho:aal2&return_to=/account";
            let page = browser.get(asked).await;
            let page = browser.follow(page).await;
            let way = page.between("href=\"/step-up/federation/", "\"");
            let sent = browser.get(&format!("/step-up/federation/{way}")).await;
            issuer.says(json!({ "acr": "two", "sid": "b" }));
            let back = issuer.signs_in(sent.location(), "u3", town.now());
            assert_eq!(browser.get(&back).await.location(), "/account");
            assert!(is_in(&mut browser).await);
            let token = logout(town, issuer, json!({ "sid": ended }));
            assert_eq!(told(town, &token).await, 200);
            assert!(!is_in(&mut browser).await, "{ended}");
            town.later(1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_from_before_a_logout_is_neither_exchanged_nor_linked() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        let person = town.with_two_factors("S2").await;
        linked(town, "S1", "u1").await;
        linked(town, "S3", "u3").await;
        let ends = town.now().as_second() + 3600;
        let of = |claims: Value| token(town, issuer, claims);
        let long = of(json!({ "sid": "a", "exp": ends }));
        let (nameless, other) = (of(json!({})), of(json!({ "sid": "b" })));
        let anothers = of(json!({ "sub": "u3", "sid": "a" }));
        let first = exchanged(town, &long).await;
        assert_eq!(first.status, 200, "{}", first.body);

        let one = logout(town, issuer, json!({ "sub": "u1", "sid": "a" }));
        assert_eq!(told(town, &one).await, 200);
        let ours = first.body["access_token"].as_str().expect("a token");
        assert_eq!(town.active(ours).await, json!({ "active": false }));
        for (what, token, status) in [
            ("of the session that ended", &long, 400),
            ("of nobody knows which session", &nameless, 400),
            ("of another session", &other, 200),
            ("of another account", &anothers, 200),
        ] {
            let answer = exchanged(town, token).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.body);
        }
        let all = logout(town, issuer, json!({ "sub": "u1" }));
        assert_eq!(told(town, &all).await, 200);
        assert_eq!(exchanged(town, &other).await.status, 400, "all that it had");
        // Nobody has this account, and nobody takes it with what is from before.
        let stale = of(json!({ "sub": "u2" }));
        let out = logout(town, issuer, json!({ "sub": "u2" }));
        assert_eq!(told(town, &out).await, 200);
        let status = link_own(town, &person, stale).await;
        let code = refused(&status.expect_err("from before")).code;
        assert_eq!(code, "federation_refused");
        town.later(1);
        let now = token(town, issuer, json!({ "sub": "u2" }));
        link_own(town, &person, now).await.expect("linked");
        let fresh = token(town, issuer, json!({ "sid": "c" }));
        assert_eq!(exchanged(town, &fresh).await.status, 200);

        // As long as it would count otherwise; then what was remembered is forgotten.
        town.later(355);
        assert_eq!(exchanged(town, &long).await.status, 400);
        let refused: Vec<wire::SignInRefused> = said(town).await;
        let codes = refused
            .iter()
            .map(|one| (one.person_id.as_str(), one.code.as_str()));
        let codes: Vec<_> = codes.collect();
        assert_eq!(codes, [("S1", "upstream_signed_out"); 4]);
        assert_eq!(notices(town).await, 3);
        town.later(65);
        let last = logout(town, issuer, json!({ "sub": "nobody" }));
        assert_eq!(told(town, &last).await, 200);
        assert_eq!(notices(town).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_that_one_replica_heard_of_counts_at_the_other() {
    let issuer = Issuer::start().await;
    let section = issuer.section(Ceiling::Aal2);
    let town = Town::configured(Engine::Postgres, |config| {
        config.identity.federation = vec![section];
    })
    .await;
    let replica = Replica::of(&town.process, &[start]).await;
    linked(&town, "S1", "u1").await;
    let before = token(&town, &issuer, json!({ "sid": "a" }));
    let there = exchanged_at(&replica.http_uri(), &before).await;
    assert_eq!(there.status, 200, "{}", there.body);
    let notice = logout(&town, &issuer, json!({ "sid": "a" }));
    assert_eq!(told(&town, &notice).await, 200);
    let there = exchanged_at(&replica.http_uri(), &before).await;
    assert_eq!(there.status, 400, "{}", there.body);
    replica.stop().await;
    town.process.stop().await;
}
