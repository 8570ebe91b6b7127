//! A process that decides accesses, and a city of sixty-four people who may.

use std::{pin::Pin, sync::Arc};

use auth::WorkloadKey;
use jiff::SignedDuration;
use kernel::{Actor, Context};
use proto::{
    Event,
    common::v1 as common,
    identity::v1::{
        AccessAction, AccessOutcome, AccessQuestion, EnforcementPointRegistered,
        EntitlementGranted, EvaluateRequest, SessionStarted,
        access_decision_client::AccessDecisionClient, access_decision_server::AccessDecisionServer,
    },
    ledger::v1 as ledger,
    record::Outgoing,
};
use rpc::{
    Endpoint,
    client::{Credentials, channel},
};
use shell::{Platform, Shell, Start, StartError};
use standard::ServiceName;
use testkit::{Engine, TestProcess, eventually, registered};
use tonic::service::Routes;

use super::Asked;

const PEOPLE: usize = 64;
const SYSTEM: &str = "SYS-1";
const GATEWAY: &str = "office";

pub(super) type Starting<'a> =
    Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + 'a>>;

/// Nothing of identity but the decisions, each with its durable record.
pub(super) fn start(platform: &Platform) -> Starting<'_> {
    Box::pin(async move {
        let (shell, access) = open(platform).await?;
        let routes = Routes::new(AccessDecisionServer::new(access.decisions));
        Ok(shell.endpoint(routes, identity::decision::ACCESS, Vec::new()))
    })
}

/// The decisions as identity itself opens them, with what the rest of it would have said.
pub(super) async fn open(
    platform: &Platform,
) -> Result<(Shell, identity::decision::Access), StartError> {
    let shell = Shell::open::<identity::Migrator>(platform, ServiceName::Identity).await?;
    let access = identity::decision::open(platform, &shell).await?;
    for source in [
        ServiceName::Identity,
        ServiceName::Ledger,
        ServiceName::Approvals,
        ServiceName::Incidents,
    ] {
        shell.consume(source, access.learning())?;
    }
    let gateway = EnforcementPointRegistered {
        enforcement_point_id: GATEWAY.to_owned(),
        name: "庁内プロキシ".to_owned(),
        workload: GATEWAY.to_owned(),
        path: common::AccessPath::Office.into(),
    };
    say(&shell, &gateway).await?;
    let now = platform.runtime.clock.now();
    let end = now + SignedDuration::from_hours(8);
    for n in 0..PEOPLE {
        let person = registered(&person(n), "tax", now);
        say(&shell, &person).await?;
        let session = SessionStarted {
            session_id: format!("session-{}", person.person_id),
            person_id: person.person_id.clone(),
            factors: vec!["password".to_owned(), "totp".to_owned()],
            ends_at: Some(proto::timestamp(end)),
            credential_ids: vec![format!("p-{n}"), format!("t-{n}")],
            verified_at: vec![],
            client_id: String::new(),
        };
        say(&shell, &session).await?;
        let entitlement = EntitlementGranted {
            person_id: person.person_id,
            system_id: SYSTEM.to_owned(),
            ..EntitlementGranted::default()
        };
        say(&shell, &entitlement).await?;
    }
    Ok((shell, access))
}

async fn say(shell: &Shell, event: &impl Event) -> Result<(), StartError> {
    let context = Context::new(shell.actor(), shell.runtime.clock.now(), "start");
    let mut unit = shell.store.unit(context).await?;
    unit.record("start", "start", Outgoing::new(event, []));
    unit.commit().await?;
    Ok(())
}

fn person(n: usize) -> String {
    format!("S{n:04}")
}

/// The process at work.
pub(super) struct World {
    process: TestProcess,
}

impl World {
    /// Returns when everybody is let in.
    pub(super) async fn start(engine: Engine, start: Start) -> Self {
        let process = TestProcess::start(engine, &[(ServiceName::Identity, start)]).await;
        let system = ledger::SystemChanged {
            system: Some(ledger::System {
                system_id: SYSTEM.to_owned(),
                name: "税務".to_owned(),
                owner_section_id: "tax".to_owned(),
                network_class: common::NetworkClass::Lgwan.into(),
                cloud: true,
                highest_class: common::InformationClass::I.into(),
                ..ledger::System::default()
            }),
        };
        process
            .neighbours
            .say(ServiceName::Ledger, "system", SYSTEM, &system, &[])
            .await;
        let world = Self { process };
        let asked = world.asked();
        for request in asked.requests.iter() {
            eventually("everybody is let in", async || {
                let mut client = asked.client.clone();
                let answer = client.evaluate(request.clone()).await.ok()?;
                let outcome = answer.into_inner().answer?.outcome();
                (outcome == AccessOutcome::Allow).then_some(())
            })
            .await;
        }
        world
    }

    /// The gateway's own token: one for the whole measurement.
    pub(super) fn gateway_token(&self) -> String {
        let runtime = self.process.runtime();
        let key = WorkloadKey::load_or_create(&runtime.config.workload_key_path());
        let actor = Actor::Workload(GATEWAY.to_owned());
        key.expect("the platform's key")
            .mint(&actor, runtime.clock.now())
    }

    pub(super) fn asked(&self) -> Asked {
        let credentials = Credentials::bearer(self.gateway_token());
        let channel = channel(&self.process.uri(), credentials).expect("an address");
        let requests = (0..PEOPLE).map(|n| EvaluateRequest {
            subject_token: self.process.person_token(&person(n), "tax", &[]),
            question: Some(AccessQuestion {
                system_id: SYSTEM.to_owned(),
                action: AccessAction::Use.into(),
                ..AccessQuestion::default()
            }),
        });
        Asked {
            client: AccessDecisionClient::new(channel),
            requests: Arc::new(requests.collect()),
        }
    }

    pub(super) async fn stop(self) {
        self.process.stop().await;
    }
}
