//! Whatever is sent to the pages and to WebAuthn, an answer comes and the fault is not ours.

use proptest::{collection::vec, prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};
use testkit::Engine;
use tonic::Code;

use crate::{
    authenticator::Authenticator,
    passkeys::{answer, challenge, enrol, sign_in},
    town::Town,
};

const FORMS: [&str; 12] = [
    "/sign-in",
    "/enrol",
    "/recover",
    "/step-up",
    "/device",
    "/account/totp",
    "/account/totp/new",
    "/account/remove",
    "/account/lost",
    "/account/end-session",
    "/account/recovery-codes",
    "/sign-out",
];

#[tokio::test]
async fn no_form_breaks_a_page() {
    let words = [
        "form_token",
        "person_id",
        "password",
        "code",
        "credential_id",
        "=",
        "&",
        "%",
        "%ff",
        "%00",
        "S1",
        "職",
        "next",
        "/",
    ];
    let town = Town::start(Engine::Sqlite).await;
    let mut runner = TestRunner::deterministic();
    let body = vec((0..words.len(), any::<char>()), 0..12);
    let cookie = prop_oneof![Just(String::new()), "[ -~]{0,40}".boxed()];
    let drawn = (body, cookie, 0..FORMS.len());
    for _ in 0..300 {
        let drawn = drawn.new_tree(&mut runner).expect("drawn");
        let (parts, cookie, form) = drawn.current();
        let body: String = parts
            .iter()
            .flat_map(|(at, sign)| [words[*at].to_owned(), sign.to_string()])
            .collect();
        let head = match cookie.as_str() {
            "" => String::new(),
            cookie => format!("cookie: __Host-session={cookie}\r\n"),
        };
        let answer = town.http("POST", FORMS[form], &head, &body).await;
        assert!(
            (200..500).contains(&answer.status),
            "{} {body:?}: {}",
            FORMS[form],
            answer.head
        );
    }
    town.process.stop().await;
}

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
