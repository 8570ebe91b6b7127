//! The decisions in a real process: ports, broker, journals of the neighbours.

use std::pin::Pin;

use jiff::SignedDuration;
use kernel::Context;
use proto::{
    Event, common::v1 as common, identity::v1 as wire, incidents::v1 as incidents, record::Outgoing,
};
use rpc::Endpoint;
use shell::{Platform, Shell, StartError};
use standard::ServiceName;
use testkit::{Engine, TestProcess, eventually, refused};
use tonic::{Code, service::Routes};
use wire::{
    AccessOutcome::{Allow, Deny},
    access_decision_client::AccessDecisionClient,
    access_decision_server::AccessDecisionServer,
};

use super::rig::{Migrator, entitlement, person, system, using};

/// Nothing of identity but the decisions; what the rest would have said is said at the start.
pub(super) fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + '_>> {
    Box::pin(async move {
        let shell = Shell::open::<Migrator>(platform, ServiceName::Identity).await?;
        let access = identity::decision::open(platform, &shell).await?;
        for source in [
            ServiceName::Identity,
            ServiceName::Ledger,
            ServiceName::Approvals,
            ServiceName::Incidents,
        ] {
            shell.consume(source, access.learning())?;
        }
        say(&shell, &person("S0001")).await?;
        say(&shell, &entitlement("S0001", "SYS-1", "")).await?;
        say(
            &shell,
            &wire::EnforcementPointRegistered {
                enforcement_point_id: "office".to_owned(),
                name: "庁内プロキシ".to_owned(),
                workload: "office".to_owned(),
                path: common::AccessPath::Office.into(),
            },
        )
        .await?;
        let end = platform.runtime.clock.now() + SignedDuration::from_hours(8);
        say(
            &shell,
            &wire::SessionStarted {
                session_id: "session-S0001".to_owned(),
                person_id: "S0001".to_owned(),
                factors: vec!["password".to_owned(), "totp".to_owned()],
                ends_at: Some(proto::timestamp(end)),
                credential_ids: vec!["p".to_owned(), "t".to_owned()],
                verified_at: vec![],
                client_id: String::new(),
            },
        )
        .await?;
        let routes = Routes::new(AccessDecisionServer::new(access.decisions));
        let endpoint = shell.endpoint(routes, identity::decision::ACCESS, Vec::new());
        Ok(endpoint.with_http(access.authzen.router()))
    })
}

async fn say(shell: &Shell, event: &impl Event) -> Result<(), StartError> {
    let context = Context::new(shell.actor(), shell.runtime.clock.now(), "start");
    let mut unit = shell.store.unit(context).await?;
    unit.record("test", "start", Outgoing::new(event, []));
    Ok(unit.commit().await?)
}

fn question(process: &TestProcess) -> wire::EvaluateRequest {
    wire::EvaluateRequest {
        subject_token: process.person_token("S0001", "tax", &[]),
        question: Some(using("SYS-1")),
    }
}

async fn outcome(process: &TestProcess) -> wire::AccessOutcome {
    let mut client = AccessDecisionClient::new(process.workload("office"));
    let answer = client.evaluate(question(process)).await;
    let answer = answer.expect("an answer").into_inner().answer;
    answer.expect("an answer").outcome()
}

async fn becomes(process: &TestProcess, wanted: wire::AccessOutcome) {
    eventually(&format!("{wanted:?}"), async || {
        (outcome(process).await == wanted).then_some(())
    })
    .await;
}

async fn follows_the_neighbours(engine: Engine) {
    let process = TestProcess::start(engine, &[(ServiceName::Identity, start)]).await;
    assert_eq!(outcome(&process).await, Deny, "the system is not known yet");
    process
        .neighbours
        .say(ServiceName::Ledger, "system", "SYS-1", &system(|_| ()), &[])
        .await;
    // Every source confirmed, two factors in the session: in.
    becomes(&process, Allow).await;

    let suspended = incidents::SystemSuspended {
        incident: Some(incidents::Incident {
            incident_id: "I-1".to_owned(),
            ..incidents::Incident::default()
        }),
        system_id: "SYS-1".to_owned(),
        reason: "侵入の疑い".to_owned(),
    };
    process
        .neighbours
        .say(
            ServiceName::Incidents,
            "incident",
            "I-1",
            &suspended,
            &["8-3-(3)-1a"],
        )
        .await;
    becomes(&process, Deny).await;
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_follow_the_neighbours_on_sqlite() {
    follows_the_neighbours(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_follow_the_neighbours_on_postgres() {
    follows_the_neighbours(Engine::Postgres).await;
}

// Guarantee G8: only enforcement points ask; only those who answer for the records look them up.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_ask_is_refused() {
    use standard::Role;
    let process = TestProcess::start(Engine::Sqlite, &[(ServiceName::Identity, start)]).await;
    for (channel, status, code) in [
        (process.anonymous(), Code::Unauthenticated, "token_missing"),
        (
            process.person("S0001", "tax", &[Role::Ciso]),
            Code::PermissionDenied,
            "enforcement_point_required",
        ),
        (
            process.service(ServiceName::Audit),
            Code::PermissionDenied,
            "enforcement_point_required",
        ),
    ] {
        let mut client = AccessDecisionClient::new(channel);
        let error = client.evaluate(question(&process)).await;
        let error = refused(&error.expect_err("a refusal"));
        assert_eq!((error.status, error.code.as_str()), (status, code));
    }
    for (channel, status) in [
        (process.person("S0001", "tax", &[]), Code::PermissionDenied),
        (process.workload("office"), Code::PermissionDenied),
        (
            process.person("S0009", "audit", &[Role::Auditor]),
            Code::NotFound,
        ),
    ] {
        let mut client = AccessDecisionClient::new(channel);
        let request = wire::GetDecisionRequest {
            decision_id: "nothing".to_owned(),
        };
        let error = client.get_decision(request).await;
        assert_eq!(error.expect_err("a refusal").code(), status);
    }
    process.stop().await;
}

// An enforcement point's own token is not a person's: nobody is let in on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_is_no_subject() {
    let process = TestProcess::start(Engine::Sqlite, &[(ServiceName::Identity, start)]).await;
    let key = auth::WorkloadKey::load_or_create(&process.runtime().config.workload_key_path());
    let actor = kernel::Actor::Workload("office".to_owned());
    let token = key
        .expect("the platform's key")
        .mint(&actor, process.runtime().clock.now());
    let mut client = AccessDecisionClient::new(process.workload("office"));
    let request = wire::EvaluateRequest {
        subject_token: token,
        ..question(&process)
    };
    let answer = client.evaluate(request).await.expect("an answer");
    let answer = answer.into_inner().answer.expect("an answer");
    assert_eq!(answer.outcome(), Deny);
    assert_eq!(answer.reasons[0].code, "token_type_wrong");
    process.stop().await;
}
