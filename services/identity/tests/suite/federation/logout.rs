//! Notices of a provider that somebody has signed out there.

use jiff::SignedDuration;
use proto::identity::v1 as wire;
use runtime::config::Ceiling;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    in_both,
    issuer::{Issuer, forged},
    linked, through,
};
use crate::{journal::said, oauth::http::form, pages::browser::Browser, town::Town};

const PATH: &str = "/federation/idp/backchannel-logout";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub(super) fn events() -> Value {
    json!({ EVENT: {} })
}

pub(super) async fn told(town: &Town, token: &str) -> u16 {
    let answer = town.post_form(PATH, &[("logout_token", token)]).await;
    assert!(
        answer.head.contains("cache-control: no-store"),
        "{}",
        answer.head
    );
    answer.status
}

/// Somebody in a browser, with that session at the provider.
pub(super) async fn inside(town: &Town, issuer: &Issuer, subject: &str, sid: Value) -> Browser {
    issuer.says(json!({ "sid": sid }));
    let mut browser = Browser::new(town);
    let page = through(town, issuer, &mut browser, subject).await;
    assert_eq!(page.location(), "/account", "{}", page.body);
    browser
}

pub(super) async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == 200
}

#[tokio::test]
async fn whoever_signs_out_at_the_provider_is_out_here_at_once() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        linked(town, "S3", "u3").await;
        let mut one = inside(town, issuer, "u1", json!("a")).await;
        let mut two = inside(town, issuer, "u1", json!("b")).await;
        let mut nameless = inside(town, issuer, "u1", Value::Null).await;
        let mut other = inside(town, issuer, "u3", json!("c")).await;
        let by = |over: Value| {
            let mut claims = json!({ "sub": null, "events": events() });
            for (name, value) in over.as_object().expect("claims") {
                claims[name] = value.clone();
            }
            issuer.token("logout+jwt", town.now(), claims)
        };
        assert_eq!(told(town, &by(json!({ "sid": "a" }))).await, 200);
        assert_eq!(
            (is_in(&mut one).await, is_in(&mut two).await),
            (false, true)
        );
        // Another's session under this person's name ends nothing but what the name allows.
        assert_eq!(
            told(town, &by(json!({ "sid": "c", "sub": "u1" }))).await,
            200
        );
        assert!(is_in(&mut other).await);
        assert_eq!(
            (is_in(&mut two).await, is_in(&mut nameless).await),
            (false, false)
        );
        assert_eq!(
            told(town, &by(json!({ "sub": "nobody" }))).await,
            200,
            "nothing to end"
        );
        let revoked: Vec<wire::SessionsRevoked> = said(town).await;
        assert_eq!(revoked.len(), 2);
        assert!(revoked.iter().all(|one| one.person_id == "S1"));
    })
    .await;
}

#[tokio::test]
async fn attack_16_forged_logout_tokens_end_nothing() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let mut browser = inside(town, issuer, "u1", json!("a")).await;
        let now = town.now();
        let logout = |over: Value| {
            let mut claims = json!({ "sid": "a", "events": events() });
            for (name, value) in over.as_object().expect("claims") {
                claims[name] = value.clone();
            }
            issuer.token("logout+jwt", now, claims)
        };
        let seconds = now.as_second();
        let long_ago = (now - SignedDuration::from_mins(7)).as_second();
        let good = json!({
            "iss": issuer.uri, "aud": "sekisho", "sub": "u1", "sid": "a", "iat": seconds,
            "exp": seconds + 120, "jti": "x", "events": events(),
        });
        let whole = |typ: &str, over: Value| issuer.token(typ, now, over);
        let changed = {
            let token = logout(json!({ "sid": "another" }));
            let (rest, signature) = token.rsplit_once('.').expect("a signature");
            let (header, _) = rest.split_once('.').expect("a header");
            let other = logout(json!({}));
            let payload = other.split('.').nth(1).expect("a payload").to_owned();
            format!("{header}.{payload}.{signature}")
        };
        let unsigned = issuer.sign(json!({ "alg": "none" }), good.clone());
        let unsigned = format!("{}.", unsigned.rsplit_once('.').expect("a signature").0);
        let cases = [
            (
                "another key",
                forged(json!({ "typ": "logout+jwt" }), good.clone()),
            ),
            ("its payload was changed", changed),
            ("no signature", unsigned),
            (
                "a shared secret",
                issuer.sign(json!({ "alg": "HS256" }), good.clone()),
            ),
            (
                "an unknown key",
                issuer.sign(json!({ "kid": "k9" }), good.clone()),
            ),
            (
                "its own key",
                issuer.sign(json!({ "kid": null, "jwk": {}, "crit": ["jwk"] }), good),
            ),
            (
                "an access token",
                whole("at+jwt", json!({ "events": events() })),
            ),
            (
                "an ID token",
                whole("JWT", json!({ "nonce": "n", "auth_time": seconds })),
            ),
            ("a nonce", logout(json!({ "nonce": "n" }))),
            ("no events", logout(json!({ "events": null }))),
            ("another event", logout(json!({ "events": { "x": {} } }))),
            (
                "no event object",
                logout(json!({ "events": { EVENT: true } })),
            ),
            ("nobody", logout(json!({ "sub": null, "sid": null }))),
            (
                "another issuer",
                logout(json!({ "iss": "https://other.example" })),
            ),
            ("no issuer", logout(json!({ "iss": null }))),
            ("another audience", logout(json!({ "aud": "another" }))),
            ("no audience", logout(json!({ "aud": null }))),
            ("no jti", logout(json!({ "jti": null }))),
            ("no iat", logout(json!({ "iat": null }))),
            ("ended", logout(json!({ "exp": seconds }))),
            ("no end", logout(json!({ "exp": null }))),
            ("text for a time", logout(json!({ "exp": "9999999999" }))),
            (
                "too old",
                logout(json!({ "iat": long_ago, "exp": seconds + 600 })),
            ),
            (
                "of tomorrow",
                logout(json!({ "iat": seconds + 600, "exp": seconds + 900 })),
            ),
            ("no JWT", "x.y".to_owned()),
            ("nothing", String::new()),
        ];
        for (what, token) in cases {
            assert_eq!(told(town, &token).await, 400, "{what}");
        }
        let answer = town.post_form(PATH, &[]).await;
        assert_eq!(answer.status, 400);
        let answer = town
            .post_form(PATH, &[("logout_token", &"x".repeat(20 << 10))])
            .await;
        assert_eq!(answer.status, 400);
        assert!(is_in(&mut browser).await);

        // Once: what was seen on its way does not end a later session.
        let once = logout(json!({}));
        assert_eq!(told(town, &once).await, 200);
        assert!(!is_in(&mut browser).await);
        town.later(1);
        let mut again = inside(town, issuer, "u1", json!("a")).await;
        assert_eq!(told(town, &once).await, 400);
        assert!(is_in(&mut again).await);
    })
    .await;
}

/// What is answered to a notice on a connection that the provider keeps; none where it has ended.
async fn answered(kept: &mut TcpStream, token: &str) -> Option<String> {
    let form = form(&[("logout_token", token)]);
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: sekisho\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        form.len()
    );
    kept.write_all((head + &form).as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"{}") {
        let read = kept.read_buf(&mut answer).await;
        read.ok().filter(|bytes| *bytes > 0)?;
    }
    Some(String::from_utf8(answer).expect("text"))
}

/// A provider sends a notice once, and into a connection that it keeps: one that ended here later, for
/// being idle, would swallow it.
#[tokio::test]
async fn the_answer_to_a_notice_ends_its_connection_so_that_the_next_notice_arrives() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let mut one = inside(town, issuer, "u1", json!("a")).await;
        let mut two = inside(town, issuer, "u1", json!("b")).await;
        let [first, second] = ["a", "b"].map(|sid| {
            let claims = json!({ "sub": null, "sid": sid, "events": events() });
            issuer.token("logout+jwt", town.now(), claims)
        });
        let address = town.process.http_uri().replace("http://", "");
        let mut kept = TcpStream::connect(address).await.expect("connected");
        let answer = answered(&mut kept, &first).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        assert_eq!(answered(&mut kept, &second).await, None, "it has ended");
        assert_eq!(
            (is_in(&mut one).await, is_in(&mut two).await),
            (false, true)
        );
        assert_eq!(told(town, &second).await, 200, "on a connection of its own");
        assert!(!is_in(&mut two).await);
    })
    .await;
}
