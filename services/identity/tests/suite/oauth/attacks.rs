//! The attacks on tokens and sessions, each a test by its number.

use proto::identity::v1 as wire;
use testkit::refused;

use super::{error, tokens};
use crate::{
    journal::said,
    town::{PASSWORD, Person, in_both},
};

#[tokio::test]
async fn attack_1_a_token_after_logout_after_an_epoch_bump_and_for_another_audience() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let other = town.sign_in("S1", PASSWORD).await.expect("in");
        let mut sign_ins = town.sign_ins(town.as_person(&person.grant));
        let out = sign_ins.sign_out(wire::SignOutRequest {}).await;
        out.expect("out");
        let nothing = serde_json::json!({ "active": false });
        assert_eq!(town.active(&person.grant.access_token).await, nothing);
        assert_eq!(town.active(&other.access_token).await["active"], true);

        let credential = town.credential("S1", "password").await;
        let lost = wire::ReportCredentialLostRequest {
            person_id: "S1".to_owned(),
            credential_id: credential,
            circumstances: "seen typing it".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts.report_credential_lost(lost).await.expect("lost");
        assert_eq!(town.active(&other.access_token).await, nothing);

        // Issued by us, for another.
        let path = town.process.runtime().config.data_dir.clone();
        let path = town
            .process
            .runtime()
            .config
            .identity
            .signing_key_path(&path);
        let key = auth::SigningKey::load(&path).expect("the key");
        let now = town.now().as_second();
        let claims = serde_json::json!({
            "iss": "urn:sekisho:identity", "sub": "M1", "aud": "payroll", "exp": now + 300,
            "iat": now, "auth_time": now, "acr": "urn:sekisho:aal2", "amr": ["pwd"], "sid": "s",
            "epoch": 9, "client_id": "sekisho", "jti": "1",
        });
        let foreign = key.sign(auth::ACCESS_TOKEN_TYPE, &claims);
        assert_eq!(town.active(&foreign).await, nothing);
        let status = town.session(&foreign).await.expect_err("not for us");
        assert_eq!(refused(&status).code, "token_audience_wrong");
    })
    .await;
}

#[tokio::test]
async fn attack_6_a_code_or_token_known_beforehand_is_worth_nothing_afterwards() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let device = town.device().await;
        // Whoever saw the device's code before it was let in has it still; the device was first.
        let approved = town.approve(&person, &device.user_code).await;
        approved.expect("let in");
        let client = tokens(&town.poll(&device.code).await);
        let thief = town.poll(&device.code).await;
        assert_eq!(error(&thief), (400, "invalid_grant"));
        let ended = town.follow(&client.refresh).await;
        assert_eq!(
            error(&ended),
            (400, "invalid_grant"),
            "nobody knows who is who"
        );
        // A handle of one's own session opens no client's way, nor the reverse.
        let handle = town.follow(&person.grant.session_handle).await;
        assert_eq!(error(&handle), (400, "invalid_grant"));
        let token = town.refresh(&client.refresh).await.expect_err("no handle");
        assert_eq!(refused(&token).code, "session_handle_over");
    })
    .await;
}

#[tokio::test]
async fn attack_13_refreshing_is_no_way_around_a_stop() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let client = town.let_in(&person).await;
        for _ in 0..5 {
            town.sign_in("S1", "wrong").await.expect_err("wrong");
        }
        let client = tokens(&town.follow(&client.refresh).await);
        let waits = town.sign_in("S1", PASSWORD).await.expect_err("waits");
        assert_eq!(
            refused(&waits).code,
            "sign_in_refused",
            "a refresh clears no failure"
        );
        let disable = wire::DisableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "left".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts.disable_account(disable).await.expect("disabled");
        assert_eq!(
            error(&town.follow(&client.refresh).await),
            (400, "invalid_grant")
        );
        town.refresh(&person.grant.session_handle)
            .await
            .expect_err("stopped");
    })
    .await;
}

#[tokio::test]
async fn attack_14_a_clock_set_back_makes_no_session_fresh_and_no_token_good() {
    in_both(async |town| {
        town.later(600);
        let person = town.with_password("S1").await;
        let device = town.device().await;
        // Two minutes: another replica's clock is a minute ahead at most.
        town.later(-120);
        let early = town.session(&person.grant.access_token).await;
        let early = refused(&early.expect_err("from the future"));
        assert_eq!(early.code, "token_not_yet_valid");
        town.later(-280);
        let token = town.refresh(&person.grant.session_handle).await;
        let token = token.expect("the session itself goes on");
        let set_back = Person {
            grant: wire::SessionGrant {
                access_token: token.access_token,
                ..person.grant.clone()
            },
            totp: None,
        };
        let refusal = town.approve(&set_back, &device.user_code).await;
        let code = refused(&refusal.expect_err("verified in the future")).code;
        assert_eq!(code, "insufficient_user_authentication");
        town.later(400);
        let approved = town.approve(&person, &device.user_code).await;
        approved.expect("its time again");
        let client = tokens(&town.poll(&device.code).await);
        town.later(12 * 3600);
        assert_eq!(
            error(&town.follow(&client.refresh).await),
            (400, "invalid_grant")
        );
    })
    .await;
}

#[tokio::test]
async fn attack_19_reuse_of_a_refresh_token_ends_its_family() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let stolen = town.let_in(&person).await;
        let owner = tokens(&town.follow(&stolen.refresh).await);
        assert_eq!(
            error(&town.follow(&stolen.refresh).await),
            (400, "invalid_grant")
        );
        assert_eq!(
            error(&town.follow(&owner.refresh).await),
            (400, "invalid_grant"),
            "the newest neither"
        );
        let dead = town.session(&owner.access).await.expect_err("revoked");
        assert_eq!(refused(&dead).code, "token_revoked");
        let told = said::<wire::SessionsRevoked>(town).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].reason, "a refresh token was used twice");
        town.refresh(&person.grant.session_handle)
            .await
            .expect("another session is none the worse");
    })
    .await;
}

#[tokio::test]
async fn attack_19_of_two_who_refresh_at_once_one_gets_a_token_and_nobody_keeps_it() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let client = town.let_in(&person).await;
        let (a, b) = tokio::join!(town.follow(&client.refresh), town.follow(&client.refresh));
        let mut status = [a.status, b.status];
        status.sort_unstable();
        assert_eq!(status, [200, 400]);
        for answer in [a, b] {
            if let Some(next) = answer.body["refresh_token"].as_str() {
                assert_eq!(error(&town.follow(next).await), (400, "invalid_grant"));
            }
        }
    })
    .await;
}
