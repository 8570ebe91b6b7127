//! Two processes of identity on one database and one broker (guarantee G6).

use proto::identity::v1::{
    self as wire, AccessOutcome, access_decision_client::AccessDecisionClient,
    accounts_client::AccountsClient, sign_in_client::SignInClient,
};
use rpc::client::Channel;
use standard::ServiceName;
use testkit::{Engine, Replica, eventually, refused};

use super::rig::{system, using};
use crate::{
    movers::entitled,
    town::{Town, start},
};

const ENTITLEMENTS: &str = "\
職員番号,システム番号,終了日
S1,SYS-1,
";

/// S1 may use SYS-1 from the office.
async fn town() -> Town {
    let town = Town::start(Engine::Postgres).await;
    let neighbours = &town.process.neighbours;
    let event = system(|_| ());
    neighbours
        .say(ServiceName::Ledger, "system", "SYS-1", &event, &[])
        .await;
    entitled(&town, ENTITLEMENTS).await;
    town.office().await;
    town
}

async fn answer(office: Channel, token: &str) -> wire::AccessAnswer {
    let request = wire::EvaluateRequest {
        subject_token: token.to_owned(),
        question: Some(using("SYS-1")),
    };
    let answer = AccessDecisionClient::new(office).evaluate(request).await;
    let answer = answer.expect("an answer").into_inner().answer;
    answer.expect("an answer")
}

async fn is_let_in(office: Channel, token: &str) {
    eventually("let in", async || {
        let answer = answer(office.clone(), token).await;
        (answer.outcome() == AccessOutcome::Allow).then_some(())
    })
    .await;
}

async fn is_refused(office: Channel, token: &str) {
    let refused = eventually("refused", async || {
        let answer = answer(office.clone(), token).await;
        (answer.outcome() == AccessOutcome::Deny).then_some(answer)
    })
    .await;
    for reason in refused.reasons {
        let code = reason.code.as_str();
        let known = [
            "token_revoked",
            "token_revoked_by_loss",
            "session_not_live",
            "epoch_outdated",
        ];
        assert!(known.contains(&code), "{code}");
    }
}

async fn revoke(platform: Channel, person: &str) {
    let request = wire::RevokeSessionsRequest {
        person_id: person.to_owned(),
        reason: "端末の紛失".to_owned(),
        ..wire::RevokeSessionsRequest::default()
    };
    AccountsClient::new(platform)
        .revoke_sessions(request)
        .await
        .expect("revoked");
}

/// Kills S1's sessions at one replica.
async fn killed_here_is_refused_there(here: Channel, there: Channel, voice: Channel, token: &str) {
    is_let_in(here.clone(), token).await;
    is_let_in(there.clone(), token).await;
    revoke(voice, "S1").await;
    // Where it was killed nothing is waited for.
    assert_eq!(answer(here, token).await.outcome(), AccessOutcome::Deny);
    is_refused(there, token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_killed_at_one_replica_is_refused_by_the_other() {
    let town = town().await;
    let replica = Replica::of(&town.process, &[start]).await;
    let (here, there) = (
        || town.process.workload("office"),
        || replica.workload("office"),
    );
    let first = town.with_two_factors("S1").await;
    let token = first.grant.access_token;
    killed_here_is_refused_there(here(), there(), town.platform(), &token).await;
    eventually("the token is dead for every RPC of the other", async || {
        let mut client = SignInClient::new(replica.bearer(token.clone()));
        let asked = client.get_session(wire::GetSessionRequest {}).await;
        let status = asked.err()?;
        (refused(&status).code == "token_revoked").then_some(())
    })
    .await;
    // And the other way round.
    let token = again(&town, first.totp.as_deref().expect("a generator")).await;
    let voice = replica.service(ServiceName::Audit);
    killed_here_is_refused_there(there(), here(), voice, &token).await;
    replica.stop().await;
    town.process.stop().await;
}

// The report and the step-up meet in one row of the database, whichever replica each came to: with
// either one first, nothing of the lost factor's session is left, at either replica.
#[tokio::test(flavor = "multi_thread")]
async fn attack_21_a_loss_report_wins_over_a_step_up_that_races_it_at_the_other_replica() {
    let town = town().await;
    let replica = Replica::of(&town.process, &[start]).await;
    let (here, there) = (
        || town.process.workload("office"),
        || replica.workload("office"),
    );
    let first = town.with_two_factors("S1").await;
    is_let_in(there(), &first.grant.access_token).await;
    let secret = first.totp.expect("a generator");
    town.later(30);
    let one_factor = town.sign_in("S1", crate::town::PASSWORD).await;
    let one_factor = one_factor.expect("signed in");
    is_let_in(there(), &first.grant.access_token).await;

    let report = wire::ReportCredentialLostRequest {
        person_id: "S1".to_owned(),
        credential_id: town.credential("S1", "totp").await,
        circumstances: "the telephone is gone".to_owned(),
    };
    let mut reporter = AccountsClient::new(town.platform());
    let mut thief = SignInClient::new(replica.bearer(one_factor.access_token.clone()));
    let code = town.totp(&secret);
    let (reported, stepped_up) = tokio::join!(
        reporter.report_credential_lost(report),
        thief.verify_totp(wire::VerifyTotpRequest { code }),
    );
    reported.expect("a report is never turned away");
    let raised = stepped_up.ok().and_then(|answer| answer.into_inner().grant);
    let raised = raised.map(|grant| grant.access_token);
    let tokens = [
        Some(first.grant.access_token),
        Some(one_factor.access_token),
        raised,
    ];
    for token in tokens.into_iter().flatten() {
        let answered = answer(here(), &token).await;
        assert_ne!(answered.outcome(), AccessOutcome::Allow, "{answered:?}");
        is_refused(there(), &token).await;
    }
    let late = town.sign_in("S1", crate::town::PASSWORD).await;
    let late = late.expect("with what is not lost");
    town.later(30);
    let code = town.totp(&secret);
    let again = town.verify_totp(&late, code).await.expect_err("dead");
    assert_eq!(refused(&again).code, "sign_in_refused");
    replica.stop().await;
    town.process.stop().await;
}

/// Signs in once more, when the next one-time password is due.
async fn again(town: &Town, secret: &str) -> String {
    town.later(30);
    let grant = town.sign_in("S1", crate::town::PASSWORD).await;
    let code = town.totp(secret);
    let grant = town.verify_totp(&grant.expect("signed in"), code).await;
    grant.expect("two factors").access_token
}
