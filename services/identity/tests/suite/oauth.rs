//! Identity as an OAuth server, over real HTTP: devices, refresh tokens, looking up and giving back.

#[path = "oauth/attacks.rs"]
mod attacks;
#[path = "oauth/forms.rs"]
mod forms;
#[path = "oauth/http.rs"]
pub(crate) mod http;

use proto::identity::v1 as wire;
use runtime::config::ClientSection;
use serde_json::{Value, json};
use testkit::{Engine, eventually, refused};
use tonic::Code;
use wire::device_sign_in_client::DeviceSignInClient;

use crate::{
    journal::said,
    town::{PASSWORD, Person, Town, in_both},
};
use http::Http;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A device that asked to be let in.
pub(super) struct Device {
    pub(super) code: String,
    pub(super) user_code: String,
}

/// What a client that was let in holds.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
}

impl Town {
    pub(super) async fn device(&self) -> Device {
        let form = [("client_id", "sekisho-cli")];
        let answer = self.post_form("/oauth2/device_authorization", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let text = |name: &str| answer.body[name].as_str().expect("text").to_owned();
        Device {
            code: text("device_code"),
            user_code: text("user_code"),
        }
    }

    pub(super) async fn poll(&self, code: &str) -> Http {
        let form = [
            ("grant_type", DEVICE_CODE),
            ("client_id", "sekisho-cli"),
            ("device_code", code),
        ];
        self.post_form("/oauth2/token", &form).await
    }

    pub(super) async fn follow(&self, token: &str) -> Http {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "sekisho-cli"),
            ("refresh_token", token),
        ];
        self.post_form("/oauth2/token", &form).await
    }

    pub(super) async fn approve(
        &self,
        person: &Person,
        code: &str,
    ) -> Result<String, tonic::Status> {
        let mut devices = DeviceSignInClient::new(self.as_person(&person.grant));
        let request = wire::ApproveDeviceSignInRequest {
            user_code: code.to_owned(),
        };
        let answer = devices.approve_device_sign_in(request).await?;
        Ok(answer.into_inner().session_id)
    }

    /// A client that this person has let in just now.
    pub(super) async fn let_in(&self, person: &Person) -> Tokens {
        let device = self.device().await;
        let approved = self.approve(person, &device.user_code).await;
        approved.expect("let in");
        tokens(&self.poll(&device.code).await)
    }

    pub(super) async fn active(&self, token: &str) -> Value {
        let workload = self.process.workload_token("gateway");
        let answer = self.introspect(&workload, token).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    pub(super) async fn introspect(&self, bearer: &str, token: &str) -> Http {
        let head = format!("authorization: Bearer {bearer}\r\n");
        self.http(
            "POST",
            "/oauth2/introspect",
            &head,
            &http::form(&[("token", token)]),
        )
        .await
    }
}

pub(super) fn tokens(answer: &Http) -> Tokens {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 300);
    assert!(
        answer.head.contains("cache-control: no-store"),
        "{}",
        answer.head
    );
    let text = |name: &str| answer.body[name].as_str().expect("text").to_owned();
    Tokens {
        access: text("access_token"),
        refresh: text("refresh_token"),
    }
}

pub(super) fn error(answer: &Http) -> (u16, &str) {
    (answer.status, answer.body["error"].as_str().unwrap_or(""))
}

#[tokio::test]
async fn a_device_is_let_in_from_a_session_and_goes_on_by_itself() {
    in_both(async |town| {
        let person = town.with_two_factors("S1").await;
        let device = town.device().await;
        assert_eq!(
            error(&town.poll(&device.code).await),
            (400, "authorization_pending")
        );

        let mut devices = DeviceSignInClient::new(town.as_person(&person.grant));
        let typed = device.user_code.to_lowercase().replace('-', " ");
        let request = wire::GetDeviceSignInRequest { user_code: typed };
        let waiting = devices.get_device_sign_in(request).await.expect("waits");
        let waiting = waiting.into_inner();
        assert_eq!(waiting.client_id, "sekisho-cli");
        assert_eq!(waiting.client_name_en, "Sekisho command line");

        let id = town
            .approve(&person, &device.user_code)
            .await
            .expect("let in");
        let first = tokens(&town.poll(&device.code).await);
        let session = town.session(&first.access).await.expect("live");
        assert_eq!(
            (session.session_id, session.client_id.as_str()),
            (id.clone(), "sekisho-cli")
        );
        assert_eq!(session.acr, "urn:sekisho:aal2", "as it was verified");

        let mut last = first;
        for _ in 0..3 {
            town.later(300);
            last = tokens(&town.follow(&last.refresh).await);
            town.session(&last.access).await.expect("a fresh token");
        }
        let account = town.account("S1").await;
        let clients: Vec<_> = account
            .sessions
            .iter()
            .map(|one| one.client_id.as_str())
            .collect();
        assert_eq!(
            clients
                .iter()
                .filter(|client| **client == "sekisho-cli")
                .count(),
            1
        );

        let approved = said::<wire::DeviceSignInApproved>(town).await;
        assert_eq!(approved[0].session_id, id);
        let started = said::<wire::SessionStarted>(town).await;
        let started = started.iter().find(|event| event.session_id == id);
        let started = started.expect("on record");
        assert_eq!(started.factors, ["password", "totp"]);
        assert_eq!(started.verified_at.len(), 2, "when each was verified");
    })
    .await;
}

#[tokio::test]
async fn a_device_that_nobody_lets_in_gets_nothing() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let denied = town.device().await;
        let mut devices = DeviceSignInClient::new(town.as_person(&person.grant));
        let deny = wire::DenyDeviceSignInRequest {
            user_code: denied.user_code.clone(),
        };
        devices.deny_device_sign_in(deny).await.expect("denied");
        assert_eq!(
            error(&town.poll(&denied.code).await),
            (400, "access_denied")
        );
        let late = town.approve(&person, &denied.user_code).await;
        assert_eq!(
            refused(&late.expect_err("answered")).code,
            "device_code_unknown"
        );

        let forgotten = town.device().await;
        town.later(600);
        assert_eq!(
            error(&town.poll(&forgotten.code).await),
            (400, "expired_token")
        );
        let again = town.sign_in("S1", PASSWORD).await.expect("in");
        let again = Person {
            grant: again,
            totp: None,
        };
        let late = town.approve(&again, &forgotten.user_code).await;
        assert_eq!(
            refused(&late.expect_err("over")).code,
            "device_code_unknown"
        );
        assert_eq!(
            town.account("S1").await.sessions.len(),
            2,
            "none was started"
        );
    })
    .await;
}

#[tokio::test]
async fn only_a_fresh_session_of_ones_own_lets_a_device_in() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let client = town.let_in(&person).await;
        let device = town.device().await;
        let by_client = Person {
            grant: wire::SessionGrant {
                access_token: client.access,
                ..wire::SessionGrant::default()
            },
            totp: None,
        };
        let refusal = town.approve(&by_client, &device.user_code).await;
        let refusal = refused(&refusal.expect_err("a client's session"));
        assert_eq!(
            (refusal.status, refusal.code.as_str()),
            (Code::PermissionDenied, "session_of_client")
        );
        town.later(301);
        let token = town
            .refresh(&person.grant.session_handle)
            .await
            .expect("goes on");
        let stale = Person {
            grant: wire::SessionGrant {
                access_token: token.access_token,
                ..person.grant.clone()
            },
            totp: None,
        };
        let refusal = town.approve(&stale, &device.user_code).await;
        let code = refused(&refusal.expect_err("too long ago")).code;
        assert_eq!(code, "insufficient_user_authentication");
    })
    .await;
}

#[tokio::test]
async fn whoever_types_or_polls_too_much_waits() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let device = town.device().await;
        let mut codes = Vec::new();
        for _ in 0..11 {
            let wrong = town.approve(&person, "BBBB-BBBB").await;
            codes.push(refused(&wrong.expect_err("wrong")).code);
        }
        assert_eq!(codes[9], "device_code_unknown");
        assert_eq!(codes[10], "device_codes_too_many");
        let mut polled = Vec::new();
        for _ in 0..3 {
            polled.push(town.poll(&device.code).await.body["error"].clone());
        }
        assert_eq!(
            polled,
            [
                "authorization_pending",
                "authorization_pending",
                "slow_down"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn machines_look_tokens_up_and_nobody_else_does() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let answer = town.active(&person.grant.access_token).await;
        assert_eq!(
            (&answer["active"], &answer["sub"]),
            (&json!(true), &json!("S1"))
        );
        assert_eq!(answer["client_id"], "sekisho");
        let nothing = json!({ "active": false });
        for other in ["", "nonsense", person.grant.session_handle.as_str()] {
            assert_eq!(town.active(other).await, nothing, "{other}");
        }
        let by_person = town.introspect(&person.grant.access_token, "x").await;
        assert_eq!(error(&by_person), (403, "insufficient_scope"));
        let by_nobody = town.introspect("x", &person.grant.access_token).await;
        assert_eq!(error(&by_nobody), (401, "invalid_token"));
        assert!(
            by_nobody.head.contains("www-authenticate: Bearer"),
            "{}",
            by_nobody.head
        );
    })
    .await;
}

/// RFC 7009, 2.1: whoever is not the client that was let in is refused, and nothing ends.
#[tokio::test]
async fn what_another_application_holds_is_not_its_to_give_back() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let town = Town::configured(engine, |config| {
            config.identity.clients.push(ClientSection {
                client_id: "portal".to_owned(),
                name_ja: "ポータル".to_owned(),
                name_en: "Portal".to_owned(),
            });
        })
        .await;
        let person = town.with_password("S1").await;
        let held = town.let_in(&person).await;
        for token in [&held.refresh, &held.access] {
            let form = [("token", token.as_str()), ("client_id", "portal")];
            assert_eq!(
                error(&town.post_form("/oauth2/revoke", &form).await),
                (400, "invalid_grant")
            );
        }
        // What is nobody's is as good as revoked (2.2).
        let form = [("token", "nonsense"), ("client_id", "portal")];
        assert_eq!(town.post_form("/oauth2/revoke", &form).await.status, 200);
        town.session(&held.access).await.expect("untouched");
        town.process.stop().await;
    }
}

#[tokio::test]
async fn a_client_gives_its_session_back_with_either_of_its_tokens() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        for by_access_token in [false, true] {
            let client = town.let_in(&person).await;
            let token = if by_access_token {
                &client.access
            } else {
                &client.refresh
            };
            let other = [("token", token.as_str()), ("client_id", "other")];
            assert_eq!(
                error(&town.post_form("/oauth2/revoke", &other).await),
                (401, "invalid_client")
            );
            town.session(&client.access).await.expect("untouched");
            let form = [("token", token.as_str()), ("client_id", "sekisho-cli")];
            for _ in 0..2 {
                assert_eq!(town.post_form("/oauth2/revoke", &form).await.status, 200);
            }
            let ended = town.session(&client.access).await.expect_err("ended");
            assert_eq!(refused(&ended).code, "token_revoked");
            assert_eq!(
                error(&town.follow(&client.refresh).await),
                (400, "invalid_grant")
            );
        }
        // What is no client's is not a client's to end.
        let own = &person.grant.access_token;
        let form = [("token", own.as_str()), ("client_id", "sekisho-cli")];
        assert_eq!(
            error(&town.post_form("/oauth2/revoke", &form).await),
            (400, "invalid_grant")
        );
        town.session(own).await.expect("untouched");

        // A token to show is one of the session's too.
        let client = town.let_in(&person).await;
        let show = [
            ("grant_type", "refresh_token"),
            ("client_id", "sekisho-cli"),
            ("refresh_token", client.refresh.as_str()),
            ("resource", auth::ENFORCEMENT_POINTS),
        ];
        let shown = town.post_form("/oauth2/token", &show).await.body;
        let shown = shown["access_token"].as_str().expect("a token");
        assert_eq!(town.active(shown).await["active"], true);
        let form = [("token", shown), ("client_id", "sekisho-cli")];
        assert_eq!(town.post_form("/oauth2/revoke", &form).await.status, 200);
        assert_eq!(town.active(shown).await, json!({ "active": false }));
    })
    .await;
}

#[tokio::test]
async fn a_manager_sees_the_sessions_of_their_people_and_ends_one() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let client = town.let_in(&person).await;
        let manager = town.with_password("M1").await;
        let mut accounts = town.accounts(town.as_person(&manager.grant));
        let request = wire::GetAccountRequest {
            person_id: "S1".to_owned(),
        };
        let seen = accounts
            .get_account(request)
            .await
            .expect("seen")
            .into_inner();
        let sessions = seen.account.expect("an account").sessions;
        let of_client = sessions.iter().find(|one| one.client_id == "sekisho-cli");
        let request = wire::RevokeSessionsRequest {
            person_id: "S1".to_owned(),
            session_id: of_client.expect("listed").session_id.clone(),
            reason: "unknown device".to_owned(),
        };
        accounts.revoke_sessions(request).await.expect("ended");
        assert_eq!(
            error(&town.follow(&client.refresh).await),
            (400, "invalid_grant")
        );
        town.refresh(&person.grant.session_handle)
            .await
            .expect("the other goes on");
    })
    .await;
}

#[tokio::test]
async fn the_server_says_what_it_offers() {
    in_both(async |town| {
        let answer = town
            .http("GET", "/.well-known/oauth-authorization-server", "", "")
            .await;
        assert_eq!(answer.status, 200);
        let said = answer.body;
        assert_eq!(said["issuer"], "urn:sekisho:identity");
        assert_eq!(
            said["grant_types_supported"],
            json!(["refresh_token", DEVICE_CODE])
        );
        for (name, path) in [
            ("token_endpoint", "/oauth2/token"),
            (
                "device_authorization_endpoint",
                "/oauth2/device_authorization",
            ),
            ("introspection_endpoint", "/oauth2/introspect"),
            ("revocation_endpoint", "/oauth2/revoke"),
            ("jwks_uri", "/.well-known/jwks.json"),
        ] {
            let uri = said[name].as_str().expect("an address");
            assert_eq!(uri, format!("http://localhost:7080{path}"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_signing_key_is_taken_over_without_a_restart() {
    in_both(async |town| {
        let before = town.with_password("S1").await.grant;
        let config = std::sync::Arc::clone(&town.process.runtime().config);
        let path = config.identity.signing_key_path(&config.data_dir);
        auth::rotate(&path, town.now(), auth::Rotation::Planned).expect("rotated");
        eventually("the new key is announced", async || {
            let keys = town.http("GET", "/.well-known/jwks.json", "", "").await;
            (keys.body["keys"].as_array()?.len() == 2).then_some(())
        })
        .await;
        town.later(600);
        let after = town.refresh(&before.session_handle).await.expect("goes on");
        assert_ne!(kid(&after.access_token), kid(&before.access_token));
        town.session(&after.access_token).await.expect("verified");
    })
    .await;
}

fn kid(token: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let head = token.split('.').next().expect("a JWT");
    let head: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).expect("base64")).expect("JSON");
    head["kid"].clone()
}
