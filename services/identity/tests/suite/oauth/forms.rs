//! Forms that are wrong, and what is no form at all.

use proptest::{
    prelude::{Strategy as _, any},
    strategy::ValueTree as _,
    test_runner::TestRunner,
};
use testkit::Engine;

use super::{DEVICE_CODE, error};
use crate::town::{Town, in_both};

/// A name and its value.
type Field = (&'static str, &'static str);

#[tokio::test]
async fn a_wrong_form_is_told_in_the_words_of_oauth() {
    in_both(async |town| {
        let cli = ("client_id", "sekisho-cli");
        let cases: [(&[Field], (u16, &str)); 11] = [
            (&[], (400, "invalid_request")),
            (&[cli], (400, "invalid_request")),
            (&[("grant_type", "refresh_token")], (400, "invalid_request")),
            (
                &[("grant_type", "refresh_token"), cli],
                (400, "invalid_request"),
            ),
            (
                &[("grant_type", "refresh_token"), cli, cli],
                (400, "invalid_request"),
            ),
            (
                &[("grant_type", "refresh_token"), cli, ("refresh_token", "x")],
                (400, "invalid_grant"),
            ),
            (
                &[("grant_type", "refresh_token"), ("client_id", "x")],
                (401, "invalid_client"),
            ),
            (
                &[("grant_type", DEVICE_CODE), cli],
                (400, "invalid_request"),
            ),
            (
                &[("grant_type", DEVICE_CODE), cli, ("device_code", "x")],
                (400, "invalid_grant"),
            ),
            // There is no grant by password.
            (
                &[
                    ("grant_type", "password"),
                    cli,
                    ("username", "S1"),
                    ("password", "x"),
                ],
                (400, "unsupported_grant_type"),
            ),
            (
                &[("grant_type", "client_credentials")],
                (400, "unsupported_grant_type"),
            ),
        ];
        for (fields, expected) in cases {
            let answer = town.post_form("/oauth2/token", fields).await;
            assert_eq!(error(&answer), expected, "{fields:?}");
        }
        let large = "x".repeat(20_000);
        let answer = town
            .post_form("/oauth2/token", &[("grant_type", &large)])
            .await;
        assert_eq!(error(&answer), (413, "invalid_request"));
        let path = "/oauth2/token?grant_type=refresh_token&client_id=sekisho-cli";
        assert_eq!(
            town.http("GET", path, "", "").await.status,
            405,
            "no token in an address"
        );
    })
    .await;
}

/// Whatever is sent, an answer comes and it is nobody's fault here.
#[tokio::test]
async fn no_body_breaks_an_endpoint() {
    let town = Town::start(Engine::Sqlite).await;
    let mut runner = TestRunner::deterministic();
    let words = [
        "grant_type",
        "=",
        "&",
        "refresh_token",
        "client_id",
        "sekisho-cli",
        "%",
        "%ff",
        "token",
        "device_code",
        "\u{0}",
        "職",
        "=&=",
        "x",
        DEVICE_CODE,
    ];
    let body = proptest::collection::vec((0..words.len(), any::<char>()), 0..12);
    for _ in 0..200 {
        let drawn = body.new_tree(&mut runner).expect("drawn").current();
        let body: String = drawn
            .iter()
            .flat_map(|(at, sign)| [words[*at].to_owned(), sign.to_string()])
            .collect();
        let workload = town.process.workload_token("gateway");
        let workload = format!("authorization: Bearer {workload}\r\n");
        for (path, head) in [
            ("/oauth2/token", ""),
            ("/oauth2/device_authorization", ""),
            ("/oauth2/revoke", ""),
            ("/oauth2/introspect", workload.as_str()),
        ] {
            let answer = town.http("POST", path, head, &body).await;
            assert!(
                (200..500).contains(&answer.status),
                "{path} {body:?}: {}",
                answer.head
            );
        }
    }
    town.process.stop().await;
}
