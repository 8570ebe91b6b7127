//! A provider's access tokens in exchange for ours (RFC 8693).

use proto::identity::v1 as wire;
use runtime::config::Ceiling;
use serde_json::{Value, json};

use super::{
    in_both,
    issuer::{Issuer, Script},
    linked,
};
use crate::{
    journal::said,
    oauth::http::{Http, form, http},
    town::Town,
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(crate) async fn exchanged(town: &Town, token: &str) -> Http {
    exchanged_at(&town.process.http_uri(), token).await
}

/// The same at any process.
pub(super) async fn exchanged_at(uri: &str, token: &str) -> Http {
    let fields = [
        ("grant_type", GRANT),
        ("client_id", "sekisho-cli"),
        ("subject_token", token),
        ("subject_token_type", TYPE),
    ];
    http(uri, "POST", "/oauth2/token", "", &form(&fields)).await
}

pub(crate) fn token(town: &Town, issuer: &Issuer, over: Value) -> String {
    let mut claims = json!({ "acr": "two", "auth_time": town.now().as_second() });
    for (name, value) in over.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    issuer.token("at+jwt", town.now(), claims)
}

#[tokio::test]
async fn a_provider_s_token_becomes_one_of_ours_with_a_short_session_of_its_own() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        linked(town, "S1", "u1").await;
        issuer.does(Script {
            redirect_keys: Some(issuer.uri.clone()),
            ..Script::default()
        });
        let down = exchanged(town, &token(town, issuer, json!({}))).await;
        assert_eq!(
            (down.status, &down.body["error"]),
            (503, &json!("temporarily_unavailable"))
        );
        issuer.does(Script::default());
        town.later(61);
        let answer = exchanged(town, &token(town, issuer, json!({}))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["issued_token_type"], TYPE);
        assert_eq!(answer.body["token_type"], "Bearer");
        // No longer than the provider's, which ends in two minutes.
        assert_eq!(answer.body["expires_in"], 120);
        assert_eq!(answer.body["refresh_token"], Value::Null);
        let ours = answer.body["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        let session = town.session(&ours).await.expect("a session");
        assert_eq!(
            (session.person_id.as_str(), session.acr.as_str()),
            ("S1", "urn:sekisho:aal2")
        );
        let active = town.active(&ours).await;
        assert_eq!(active["client_id"], "sekisho-cli");

        let stop = wire::DisableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "left".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts.disable_account(stop).await.expect("stopped");
        assert_eq!(town.active(&ours).await, json!({ "active": false }));
        let again = exchanged(town, &token(town, issuer, json!({}))).await;
        assert_eq!(
            (again.status, &again.body["error"]),
            (400, &json!("invalid_request"))
        );
        let metadata = town
            .http("GET", "/.well-known/oauth-authorization-server", "", "")
            .await;
        let grants = metadata.body["grant_types_supported"]
            .as_array()
            .expect("grants");
        assert!(grants.contains(&json!(GRANT)));
    })
    .await;
}

#[tokio::test]
async fn tokens_that_are_not_for_us_not_fresh_or_not_a_provider_s_are_not_exchanged() {
    in_both(Ceiling::Aal2, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let now = town.now();
        let with = |over: Value| token(town, issuer, over);
        let good = json!({
            "iss": issuer.uri, "aud": "sekisho", "sub": "u1", "iat": now.as_second(),
            "exp": now.as_second() + 120, "acr": "two", "auth_time": now.as_second(),
        });
        let cases = [
            ("an ID token", issuer.token("JWT", now, good.clone())),
            (
                "a logout token",
                issuer.token("logout+jwt", now, good.clone()),
            ),
            (
                "another key",
                super::issuer::forged(json!({ "typ": "at+jwt" }), good),
            ),
            ("another audience", with(json!({ "aud": "payroll" }))),
            (
                "another issuer",
                with(json!({ "iss": "https://other.example" })),
            ),
            ("ended", with(json!({ "exp": now.as_second() }))),
            (
                "signed in long ago",
                with(json!({ "auth_time": now.as_second() - 400 })),
            ),
            ("nobody knows when", with(json!({ "auth_time": null }))),
            ("bare mfa", with(json!({ "acr": null, "amr": ["mfa"] }))),
            ("nobody", with(json!({ "sub": null }))),
            ("not linked", with(json!({ "sub": "u2" }))),
            ("no JWT", "x".to_owned()),
            ("nothing", String::new()),
        ];
        for (what, token) in cases {
            let answer = exchanged(town, &token).await;
            let error = answer.body["error"].as_str();
            assert_eq!(
                (answer.status, error),
                (400, Some("invalid_request")),
                "{what}"
            );
        }
        let started: Vec<wire::SessionStarted> = said(town).await;
        assert_eq!(started, []);

        let good = with(json!({}));
        for (name, target) in [
            ("audience", "https://elsewhere.example"),
            ("resource", "https://elsewhere.example"),
        ] {
            let fields = [
                ("grant_type", GRANT),
                ("client_id", "sekisho-cli"),
                ("subject_token", good.as_str()),
                ("subject_token_type", TYPE),
                (name, target),
            ];
            let answer = town.post_form("/oauth2/token", &fields).await;
            assert_eq!(answer.body["error"], "invalid_target", "{name}");
        }
        for (what, form) in [
            (
                "no client",
                vec![
                    ("subject_token", good.as_str()),
                    ("subject_token_type", TYPE),
                ],
            ),
            (
                "no token",
                vec![("client_id", "sekisho-cli"), ("subject_token_type", TYPE)],
            ),
            (
                "no type",
                vec![
                    ("client_id", "sekisho-cli"),
                    ("subject_token", good.as_str()),
                ],
            ),
            (
                "an actor",
                vec![
                    ("client_id", "sekisho-cli"),
                    ("subject_token", good.as_str()),
                    ("subject_token_type", TYPE),
                    ("actor_token", "x"),
                ],
            ),
        ] {
            let form: Vec<_> = [("grant_type", GRANT)].into_iter().chain(form).collect();
            let answer = town.post_form("/oauth2/token", &form).await;
            assert_eq!(answer.body["error"], "invalid_request", "{what}");
        }
    })
    .await;
}
