//! Whatever is sent to the pages and to WebAuthn, an answer comes and the fault is not ours.

#[path = "decoders/forms.rs"]
mod forms;

use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};
use testkit::{Authenticator, Engine};
use tonic::Code;

use crate::{
    passkeys::{answer, challenge, enrol, sign_in},
    town::Town,
};

/// The places of an answer that hold something.
const PLACES: [&str; 8] = [
    "/id",
    "/rawId",
    "/type",
    "/response",
    "/response/authenticatorData",
    "/response/clientDataJSON",
    "/response/signature",
    "/response/userHandle",
];

/// An answer of which one thing is not as it was.
fn spoilt(good: &str, place: &str, how: u8, at: usize, sign: char) -> String {
    let mut answer: Value = serde_json::from_str(good).expect("JSON");
    let inner = answer.pointer_mut(place).expect("a place");
    *inner = match (how, inner.as_str()) {
        (0, _) => Value::Null,
        (1, _) => json!([sign.to_string()]),
        (2, Some(text)) => {
            let mut signs: Vec<char> = text.chars().collect();
            let at = at % signs.len().max(1);
            if at < signs.len() {
                signs[at] = sign;
            }
            json!(signs.into_iter().collect::<String>())
        }
        (3, Some(text)) => json!(text[..at % (text.len() + 1)]),
        _ => json!(sign.to_string()),
    };
    answer.to_string()
}

#[tokio::test]
async fn no_answer_of_an_authenticator_breaks_identity_and_only_the_right_one_signs_in() {
    let town = Town::start(Engine::Sqlite).await;
    let one = town.with_password("S1").await;
    let mut passkey = Authenticator::new(1);
    enrol(&town, &one.grant, &mut passkey)
        .await
        .expect("enrolled");
    let mut runner = TestRunner::deterministic();
    let spoils = (
        0..PLACES.len(),
        0..5_u8,
        any::<usize>(),
        prop_oneof![any::<char>(), prop::char::range('A', 'z')],
    );
    for _ in 0..80 {
        // Nobody has to wait for those before.
        town.later(3600);
        let (place, how, at, sign) = spoils.new_tree(&mut runner).expect("drawn").current();
        let asked = challenge(&town).await;
        let good = passkey.get(&asked);
        let sent = spoilt(&good, PLACES[place], how, at, sign);
        let answered = answer(&town, &asked.challenge_id, sent.clone()).await;
        let same = serde_json::from_str::<Value>(&good).ok() == serde_json::from_str(&sent).ok();
        match answered {
            // What the signature does not cover may be written otherwise.
            Ok(_) => assert!(
                same || ["/id", "/type"].contains(&PLACES[place]),
                "{}: {sent}",
                PLACES[place]
            ),
            Err(status) => assert!(
                matches!(status.code(), Code::Unauthenticated | Code::InvalidArgument),
                "{status:?}: {sent}"
            ),
        }
    }
    sign_in(&town, &mut passkey).await.expect("the right one");
    town.process.stop().await;
}
