//! Whatever a provider says, whoever comes from it is told in words, and it serves again when it says
//! what it should.

use std::sync::Arc;

use proptest::test_runner::TestRunner;
use proptest::{collection::vec, prelude::*, sample::select, strategy::ValueTree as _};
use runtime::config::Ceiling;
use serde_json::json;
use testkit::Engine;

use super::{
    ON_THE_WAY,
    issuer::{Issuer, KEYS, METADATA, Script, TOKEN},
    linked,
    logout::events,
    through,
};
use crate::{
    pages::browser::{Browser, Page},
    town::Town,
};

const WORDS: [&str; 14] = [
    "", "null", "\"", "{", "[", "}", "]", ":", ",", "-1", "1e400", "http://", "\u{0}", "職",
];

/// Something put in the place of a few bytes: where, how many, what.
type Spoilt = (usize, usize, &'static str);

fn spoilt(text: &str, spoils: &[Spoilt]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, length, word) in spoils {
        let from = at % (bytes.len() + 1);
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, word.bytes());
    }
    bytes
}

/// Told in words: sent on, or refused, or that the provider cannot be asked.
fn told(page: &Page) {
    let fine = matches!(page.status, 200..500 | 503);
    assert!(fine, "{}: {}", page.status, page.body);
}

#[tokio::test]
async fn nothing_a_provider_says_breaks_identity() {
    let issuer = Issuer::start().await;
    let section = issuer.section(Ceiling::Aal1);
    let town = Town::configured(Engine::Sqlite, |config| {
        config.identity.federation = vec![section];
    })
    .await;
    linked(&town, "S1", "u1").await;
    let mut runner = TestRunner::deterministic();
    let spoil = (any::<usize>(), 0..40_usize, select(WORDS.to_vec()));
    let drawn = (select(vec![METADATA, KEYS, TOKEN]), vec(spoil, 1..4));
    let mut reached = 0;
    for _ in 0..90 {
        let drawn = drawn.new_tree(&mut runner).expect("drawn");
        let (document, spoils) = drawn.current();
        // What is known of a provider counts for an hour.
        town.later(3601);
        let spoiling = spoils.clone();
        issuer.does(Script {
            spoils: Some((document, Arc::new(move |text| spoilt(text, &spoiling)))),
            ..Script::default()
        });
        let mut browser = Browser::new(&town);
        let sent = browser.get(ON_THE_WAY).await;
        told(&sent);
        if sent.status == 303 && document != METADATA {
            reached += 1;
            let back = issuer.signs_in(sent.location(), "u1", town.now());
            told(&browser.get(&back).await);
        }
        let notice = issuer.token("logout+jwt", town.now(), json!({ "events": events() }));
        let shown = issuer.token("at+jwt", town.now(), json!({ "acr": "one" }));
        let [notice, shown] = [notice, shown]
            .map(|text| String::from_utf8_lossy(&spoilt(&text, &spoils)).into_owned());
        let path = "/federation/idp/backchannel-logout";
        let answer = town.post_form(path, &[("logout_token", &notice)]).await;
        assert!(matches!(answer.status, 200 | 400 | 503), "{}", answer.head);
        let exchange = [
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ),
            ("client_id", "sekisho-cli"),
            ("subject_token", &shown),
            (
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
            ),
        ];
        let answer = town.post_form("/oauth2/token", &exchange).await;
        assert!(matches!(answer.status, 200..500 | 503), "{}", answer.head);
    }
    assert!(reached > 20, "most answers are read: {reached}");
    town.later(3601);
    issuer.does(Script::default());
    let mut browser = Browser::new(&town);
    let page = through(&town, &issuer, &mut browser, "u1").await;
    assert_eq!(page.location(), "/account", "{}", page.body);
    town.process.stop().await;
}
