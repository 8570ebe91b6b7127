//! Forms of the pages: wrong in themselves, and right but for what stands in their fields.

use proptest::{
    collection::vec, prelude::*, sample::select, strategy::ValueTree as _, test_runner::TestRunner,
};
use testkit::Engine;

use crate::{
    pages::browser::Browser,
    town::{PASSWORD, Town},
};

/// Where forms are sent to by anybody.
const OPEN: [&str; 5] = [
    "/sign-in",
    "/sign-in/passkey",
    "/enrol",
    "/enrol/factor",
    "/recover",
];
/// Where they are sent to in a session, which goes on after it.
const INSIDE: [&str; 14] = [
    "/step-up",
    "/step-up/passkey",
    "/device",
    "/account/federation",
    "/account/recovery-codes",
    "/account/password",
    "/account/totp",
    "/account/totp/new",
    "/account/passkey",
    "/account/remove",
    "/account/lost",
    "/account/end-session",
    "/enrol/factor",
    "/sign-in",
];
const FIELDS: [&str; 17] = [
    "person_id",
    "password",
    "again",
    "code",
    "factor",
    "credential_id",
    "credential",
    "challenge",
    "name",
    "session_id",
    "user_code",
    "answer",
    "provider_id",
    "enrolment",
    "kind",
    "recovery",
    "errand",
];

fn form() -> impl Strategy<Value = &'static str> {
    select([&OPEN[..], &INSIDE, &["/sign-out", "/sign-out-everywhere"]].concat())
}

#[tokio::test]
async fn no_body_breaks_a_page() {
    let words = [
        "token",
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
        "errand",
        "/",
    ];
    let town = Town::start(Engine::Sqlite).await;
    let mut runner = TestRunner::deterministic();
    let body = vec((select(words.to_vec()), any::<char>()), 0..12);
    let cookie = select(vec!["session", "form", "language"]);
    let cookie = (
        cookie,
        prop_oneof![Just(String::new()), "[ -~]{0,40}".boxed()],
    );
    let drawn = (body, cookie, form());
    for _ in 0..300 {
        let drawn = drawn.new_tree(&mut runner).expect("drawn");
        let (parts, (name, value), form) = drawn.current();
        let parts = parts.iter().map(|(word, sign)| format!("{word}{sign}"));
        let body: String = parts.collect();
        let head = format!("cookie: __Host-sekisho-{name}={value}\r\n");
        let answer = town.http("POST", form, &head, &body).await;
        let fine = (200..500).contains(&answer.status);
        assert!(fine, "{form} {body:?}: {}", answer.head);
    }
    town.process.stop().await;
}

#[tokio::test]
async fn no_field_breaks_a_page_whose_token_is_right() {
    let town = Town::start(Engine::Sqlite).await;
    town.with_password("S1").await;
    let mut anybody = Browser::new(&town);
    anybody.get("/sign-in").await;
    let mut somebody = Browser::new(&town);
    somebody.get("/sign-in").await;
    let signed_in = somebody.sign_in("S1", PASSWORD).await;
    somebody.follow(signed_in).await;
    assert_ne!(somebody.session(), "");

    let value = prop_oneof![
        2 => select(vec!["", "S1", "M1", "totp", "password", "passkey", "yes", "123456", "AAAA", "null"])
            .prop_map(str::to_owned),
        1 => "\\PC{0,40}",
        1 => any::<char>().prop_map(|one| one.to_string()),
        1 => Just("x".repeat(2_000)),
    ];
    let fields = vec((select(FIELDS.to_vec()), value), 0..6);
    let drawn = (fields, select(OPEN.to_vec()), select(INSIDE.to_vec()));
    let mut runner = TestRunner::deterministic();
    for _ in 0..120 {
        let (fields, open, inside) = drawn.new_tree(&mut runner).expect("drawn").current();
        // Some wait after what failed before.
        town.later(60);
        for (browser, form) in [(&mut anybody, open), (&mut somebody, inside)] {
            let token = browser.token.clone();
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            let all: Vec<_> = [("token", token.as_str())]
                .into_iter()
                .chain(fields)
                .collect();
            let page = browser.send_only(form, &all).await;
            let read = !page.body.contains("古くなっています");
            assert!(read, "{form} {all:?}: the token is right");
            let fine = (200..500).contains(&page.status);
            assert!(fine, "{form} {all:?}: {} {}", page.status, page.body);
        }
    }
    let page = somebody.get("/account").await;
    assert_eq!(page.status, 200, "still inside: {}", page.body);
    town.process.stop().await;
}
