//! Signing in, and the attacks on it.

use std::time::Duration;

use jiff::SignedDuration;
use proto::identity::v1::{self as wire, access_decision_client::AccessDecisionClient};
use sea_orm::ConnectionTrait as _;
use testkit::refused;
use tonic::Code;

use crate::{
    journal::{facts, learned, open, said},
    town::{PASSWORD, in_both},
};

#[tokio::test]
async fn a_person_enrols_signs_in_and_steps_up() {
    in_both(async |town| {
        let one = town.with_password("M1").await;
        let session = one.grant.session.as_ref().expect("a session");
        assert_eq!(session.acr, "urn:sekisho:aal1");
        let two = town.with_two_factors("S1").await;
        let session = town.session(&two.grant.access_token).await.expect("live");
        assert_eq!(session.acr, "urn:sekisho:aal2");
        let kinds: Vec<_> = session
            .factors
            .iter()
            .map(|factor| factor.kind.as_str())
            .collect();
        assert_eq!(kinds, ["password", "totp"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_names_the_roles_of_the_posts_held_and_the_section() {
    in_both(async |town| {
        let head = town.with_password("M1").await;
        let claims = claims(&head.grant.access_token);
        assert_eq!(claims["roles"], serde_json::json!(["information_manager"]));
        assert_eq!(claims["section"], "tax");
        assert_eq!(claims["acr"], "urn:sekisho:aal1");
        assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
        assert_eq!(claims["aud"], "sekisho");
        let lifetime = claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat");
        assert_eq!(lifetime, 300);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_refused_learns_nothing_but_that_and_the_reason_is_on_record() {
    in_both(async |town| {
        town.with_password("S1").await;
        town.with_password("S2").await;
        let disable = wire::DisableAccountRequest {
            person_id: "S2".to_owned(),
            reason: "left".to_owned(),
        };
        let disabled = town
            .accounts(town.platform())
            .disable_account(disable)
            .await;
        disabled.expect("disabled");
        let before = said::<wire::SignInRefused>(town).await.len();
        let tries = [
            ("nobody", PASSWORD, "person_unknown"),
            ("S3", PASSWORD, "no_factor"),
            ("S2", PASSWORD, "account_disabled"),
            ("S1", "not the password", "wrong_password"),
        ];
        for (person, password, _) in tries {
            let status = town.sign_in(person, password).await.expect_err("refused");
            let answer = refused(&status);
            assert_eq!(answer.status, Code::Unauthenticated, "{person}");
            assert_eq!(answer.code, "sign_in_refused", "{person}");
            assert_eq!(answer.clauses, ["3-4-(1)-1"], "{person}");
            assert_eq!(status.message(), "sign-in was refused", "{person}");
        }
        let reasons: Vec<_> = said::<wire::SignInRefused>(town)
            .await
            .into_iter()
            .skip(before)
            .map(|event| (event.person_id, event.code))
            .collect();
        let expected = tries.map(|(person, _, why)| {
            let person = if person == "nobody" { "" } else { person };
            (person.to_owned(), why.to_owned())
        });
        assert_eq!(reasons, expected);
    })
    .await;
}

#[tokio::test]
async fn after_five_wrong_passwords_the_right_one_waits_and_looks_no_different() {
    in_both(async |town| {
        town.with_password("S1").await;
        for _ in 0..5 {
            town.sign_in("S1", "wrong").await.expect_err("wrong");
        }
        let status = town.sign_in("S1", PASSWORD).await.expect_err("waits");
        assert_eq!(refused(&status).code, "sign_in_refused");
        town.later(30);
        town.sign_in("S1", PASSWORD)
            .await
            .expect("waited long enough");
    })
    .await;
}

#[tokio::test]
async fn a_one_time_password_counts_once_also_when_sent_twice_at_once() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let secret = two.totp.expect("a generator");
        let confirmed = town.totp(&secret);
        let replayed = town.verify_totp(&two.grant, confirmed).await;
        let replayed = refused(&replayed.expect_err("replayed"));
        assert_eq!(replayed.status, Code::Unauthenticated);
        assert_eq!(replayed.code, "totp_code_used");
        assert_eq!(replayed.clauses, ["3-4-(1)-1"]);
        let rest = 30 - town.now().as_second().rem_euclid(30);
        let wait = Duration::from_secs(rest.try_into().expect("a rest"));
        assert_eq!(replayed.retry_after, Some(wait));
        let wrong = town.verify_totp(&two.grant, "000000".to_owned()).await;
        let wrong = refused(&wrong.expect_err("wrong"));
        assert_eq!(
            (wrong.code.as_str(), wrong.retry_after),
            ("sign_in_refused", None)
        );
        let codes: Vec<_> = said::<wire::SignInRefused>(town).await;
        let codes: Vec<_> = codes.iter().map(|event| event.code.as_str()).collect();
        assert_eq!(codes, ["replayed_totp", "wrong_totp"]);
        town.later(rest);
        let (a, b) = (
            town.sign_in("S1", PASSWORD).await.expect("in"),
            town.sign_in("S1", PASSWORD).await.expect("in"),
        );
        let code = town.totp(&secret);
        let both = tokio::join!(
            town.verify_totp(&a, code.clone()),
            town.verify_totp(&b, code.clone())
        );
        let accepted = [both.0.is_ok(), both.1.is_ok()]
            .into_iter()
            .filter(|ok| *ok)
            .count();
        assert_eq!(accepted, 1, "one wins");
    })
    .await;
}

#[tokio::test]
async fn a_step_up_replaces_the_handle_and_the_old_one_opens_nothing() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        town.later(30);
        let first = town.sign_in("S1", PASSWORD).await.expect("in");
        town.refresh(&first.session_handle)
            .await
            .expect("its handle");
        let code = town.totp(&two.totp.expect("a generator"));
        let raised = town.verify_totp(&first, code).await.expect("raised");
        let old = town
            .refresh(&first.session_handle)
            .await
            .expect_err("replaced");
        assert_eq!(refused(&old).code, "session_handle_over");
        let fresh = town
            .refresh(&raised.session_handle)
            .await
            .expect("the new one");
        assert_eq!(claims(&fresh.access_token)["acr"], "urn:sekisho:aal2");
        for forged in ["", "x", "UzEvczEvc2VjcmV0"] {
            let status = town.refresh(forged).await.expect_err("forged");
            assert_eq!(status.code(), Code::Unauthenticated, "{forged:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn after_signing_out_neither_token_nor_handle_is_good() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let other = town
            .sign_in("S1", PASSWORD)
            .await
            .expect("a second session");
        let mut sign_ins = town.sign_ins(town.as_person(&one.grant));
        sign_ins
            .sign_out(wire::SignOutRequest {})
            .await
            .expect("out");
        let replayed = town
            .session(&one.grant.access_token)
            .await
            .expect_err("revoked");
        assert_eq!(refused(&replayed).code, "token_revoked");
        town.refresh(&one.grant.session_handle)
            .await
            .expect_err("over");
        town.session(&other.access_token)
            .await
            .expect("another session is none the worse");
    })
    .await;
}

#[tokio::test]
async fn tokens_end_after_five_minutes_and_sessions_at_their_hard_end() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        town.later(300);
        let late = town
            .session(&one.grant.access_token)
            .await
            .expect_err("expired");
        assert_eq!(refused(&late).code, "token_expired");
        let fresh = town
            .refresh(&one.grant.session_handle)
            .await
            .expect("still a session");
        town.session(&fresh.access_token)
            .await
            .expect("a fresh token");
        let hours = town.process.runtime().config.identity.session_hours;
        town.later(i64::from(hours) * 3600 - 300);
        let over = town
            .refresh(&one.grant.session_handle)
            .await
            .expect_err("over");
        assert_eq!(refused(&over).code, "session_handle_over");
    })
    .await;
}

#[tokio::test]
async fn a_password_of_more_than_1024_bytes_is_not_even_hashed() {
    in_both(async |town| {
        let status = town
            .sign_in("S1", &"x".repeat(1025))
            .await
            .expect_err("too long");
        assert_eq!(refused(&status).fields, ["password"]);
        let status = town.sign_in("S 1", "").await.expect_err("malformed");
        assert_eq!(refused(&status).fields, ["person_id", "password"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_withdrawn_reaches_every_replica_as_a_fact() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let session = one.grant.session.expect("a session").session_id;
        let revoke = wire::RevokeSessionsRequest {
            person_id: "S1".to_owned(),
            session_id: String::new(),
            reason: "unusual".to_owned(),
        };
        let revoked = town.accounts(town.platform()).revoke_sessions(revoke).await;
        revoked.expect("revoked");
        town.session(&one.grant.access_token)
            .await
            .expect_err("revoked here at once");
        learned(town, "revoked_session", &session).await;
        let epoch = learned(town, "epoch", "S1").await;
        let raised = directory::Epoch {
            epoch: 1,
            lost: false,
        };
        assert_eq!(epoch.read(), Some(raised));
    })
    .await;
}

// What is only ever added to would fill the database, and every start would read all of it.
#[tokio::test]
async fn revocations_are_forgotten_when_nothing_they_revoke_could_be_live() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let session = one.grant.session.as_ref().expect("a session");
        let mut sign_ins = town.sign_ins(town.as_person(&one.grant));
        let out = sign_ins.sign_out(wire::SignOutRequest {}).await;
        out.expect("out");
        learned(town, "revoked_session", &session.session_id).await;
        let mut others = facts(town).await;
        others.retain(|fact| fact.kind != "revoked_session");
        let database = open(town).await;
        let longest = SignedDuration::from_hours(24);
        for (later, forgotten) in [
            (SignedDuration::ZERO, 0),
            (longest + SignedDuration::from_mins(15), 0),
            (longest + SignedDuration::from_mins(61), 1),
            (longest + SignedDuration::from_mins(61), 0),
        ] {
            let now = town.now() + later;
            let count = shell::forget_revocations(&database, now).await;
            assert_eq!(count.expect("a database"), forgotten, "{later:#}");
        }
        database.close().await.expect("closed");
        assert_eq!(facts(town).await, others, "nothing else is forgotten");
        let dead = town.session(&one.grant.access_token).await;
        assert_eq!(refused(&dead.expect_err("ended")).code, "token_revoked");
    })
    .await;
}

// What it says may be about a session that is live: it goes on revoking, whenever it was said.
#[tokio::test]
async fn a_revocation_that_cannot_be_read_is_not_forgotten() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let session = one.grant.session.as_ref().expect("a session");
        let mut sign_ins = town.sign_ins(town.as_person(&one.grant));
        let out = sign_ins.sign_out(wire::SignOutRequest {}).await;
        out.expect("out");
        learned(town, "revoked_session", &session.session_id).await;
        let database = open(town).await;
        let spoil = "UPDATE fact SET body = 'spoilt' WHERE kind = 'revoked_session'";
        let spoilt = database.migrations().execute_unprepared(spoil).await;
        assert_eq!(spoilt.expect("a database").rows_affected(), 1);
        let later = town.now() + SignedDuration::from_hours(1_000);
        let count = shell::forget_revocations(&database, later).await;
        assert_eq!(count.expect("a database"), 0);
        database.close().await.expect("closed");
    })
    .await;
}

// Guarantee G6: the news needs no way round by the journal in the process that gave the answer.
#[tokio::test]
async fn what_this_process_has_revoked_its_next_decision_refuses() {
    in_both(async |town| {
        let reason = async |token: &str| {
            let mut decisions = AccessDecisionClient::new(town.process.workload("gateway"));
            let question = wire::AccessQuestion {
                system_id: "SYS-1".to_owned(),
                action: wire::AccessAction::Use.into(),
                ..wire::AccessQuestion::default()
            };
            let request = wire::EvaluateRequest {
                subject_token: token.to_owned(),
                question: Some(question),
            };
            let answer = decisions.evaluate(request).await.expect("an answer");
            let answer = answer.into_inner().answer.expect("an answer");
            assert_eq!(answer.outcome(), wire::AccessOutcome::Deny);
            answer.reasons[0].code.clone()
        };
        let one = town.with_password("S1").await;
        let other = town.sign_in("S1", PASSWORD).await.expect("in");
        assert_eq!(
            reason(&one.grant.access_token).await,
            "enforcement_point_unknown"
        );
        let mut sign_ins = town.sign_ins(town.as_person(&one.grant));
        let out = sign_ins.sign_out(wire::SignOutRequest {}).await;
        out.expect("out");
        assert_eq!(reason(&one.grant.access_token).await, "token_revoked");
        assert_eq!(
            reason(&other.access_token).await,
            "enforcement_point_unknown"
        );
        let disable = wire::DisableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "left".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        let disabled = accounts.disable_account(disable).await;
        disabled.expect("disabled");
        assert_eq!(reason(&other.access_token).await, "token_revoked");
    })
    .await;
}

// An answer may be lost on its way. Nothing of these is kept under an idempotency key.
#[tokio::test]
async fn what_is_asked_again_after_a_lost_answer_is_answered_sensibly() {
    const OTHER: &str = "another long password";
    in_both(async |town| {
        let code = town.code_for("S1").await;
        town.enrol("S1", &code, PASSWORD).await.expect("enrolled");
        let again = town.enrol("S1", &code, PASSWORD).await;
        assert_eq!(refused(&again.expect_err("spent")).code, "sign_in_refused");
        let grant = town.sign_in("S1", PASSWORD).await.expect("it took effect");

        let mut accounts = town.accounts(town.as_person(&grant));
        for _ in 0..2 {
            let change = wire::ChangePasswordRequest {
                password: OTHER.to_owned(),
            };
            let mut request = tonic::Request::new(change);
            let key = tonic::metadata::MetadataValue::from_static("k1");
            request.metadata_mut().insert("idempotency-key", key);
            accounts.change_password(request).await.expect("changed");
        }
        town.sign_in("S1", PASSWORD).await.expect_err("the old one");
        town.sign_in("S1", OTHER).await.expect("the new one");
        let live = town.session(&grant.access_token).await;
        live.expect("the session it was changed in goes on");

        let mut sign_ins = town.sign_ins(town.as_person(&grant));
        let out = sign_ins.sign_out(wire::SignOutRequest {}).await;
        out.expect("out");
        let again = sign_ins.sign_out(wire::SignOutRequest {}).await;
        assert_eq!(refused(&again.expect_err("over")).code, "token_revoked");
    })
    .await;
}

fn claims(token: &str) -> serde_json::Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let body = token.split('.').nth(1).expect("a JWT");
    let json = URL_SAFE_NO_PAD.decode(body).expect("base64");
    serde_json::from_slice(&json).expect("JSON")
}
