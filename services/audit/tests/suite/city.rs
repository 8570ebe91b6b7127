//! A process with audit in it, and neighbours whose words are the test's.

use std::{future::Future, pin::Pin};

use kernel::{Actor, Context};
use proto::{
    audit::v1::{
        Checkpoint, GetCheckpointRequest, GetVerifierKeyRequest, LogEntry, RecordName,
        SearchRecordsRequest, audit_log_client::AuditLogClient, record_name::Name,
    },
    identity::v1::{AccessEvaluated, AccessOutcome},
    ledger::v1::SystemRetired,
    record::Outgoing,
};
use rpc::client::Channel;
use shell::{Platform, StartError};
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, eventually};

pub(crate) struct City {
    pub(crate) process: TestProcess,
}

pub(crate) type Client = AuditLogClient<Channel>;

pub(crate) fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<rpc::Endpoint, StartError>> + Send + '_>> {
    Box::pin(audit::start(platform))
}

/// Runs a test on SQLite and then on PostgreSQL.
pub(crate) async fn on_both(test: impl AsyncFn(&City)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let process = TestProcess::start(engine, &[(ServiceName::Audit, start)]).await;
        let city = City { process };
        test(&city).await;
        city.process.stop().await;
    }
}

impl City {
    pub(crate) fn by(&self, role: Role) -> Client {
        AuditLogClient::new(self.process.person("S0001", "1301", &[role]))
    }

    pub(crate) fn auditor(&self) -> Client {
        self.by(Role::Auditor)
    }

    /// The ledger says that so many systems were retired: `SYS-<first>` and on.
    pub(crate) async fn retire(&self, systems: std::ops::Range<u32>) {
        for number in systems {
            let system_id = format!("SYS-{number}");
            let event = SystemRetired {
                system_id: system_id.clone(),
            };
            let neighbours = &self.process.neighbours;
            neighbours
                .say(
                    ServiceName::Ledger,
                    "system",
                    &system_id,
                    &event,
                    &["7-1-(1)-1"],
                )
                .await;
        }
    }

    /// Identity says that somebody's access was judged.
    pub(crate) async fn evaluate(&self, person: &str, system: &str, outcome: AccessOutcome) {
        let event = AccessEvaluated {
            person_id: person.to_owned(),
            system_id: system.to_owned(),
            outcome: outcome.into(),
            clauses: vec!["7-2-(1)-1".to_owned()],
            reasons: vec!["mfa_missing".to_owned()],
            ..AccessEvaluated::default()
        };
        let neighbours = &self.process.neighbours;
        neighbours
            .say(
                ServiceName::Identity,
                "decision",
                person,
                &event,
                &["7-2-(1)-1"],
            )
            .await;
    }

    /// The same of many people, one after the other, in one go.
    pub(crate) async fn evaluate_all(&self, people: &[&str], system: &str) {
        let store = self.process.neighbours.store(ServiceName::Identity);
        let now = kernel::Clock::now(&self.process.clock);
        let identity = Actor::Service("identity".to_owned());
        let context = Context::new(identity, now, "test");
        let mut unit = store.unit(context).await.unwrap();
        for person in people {
            let event = AccessEvaluated {
                person_id: (*person).to_owned(),
                system_id: system.to_owned(),
                ..AccessEvaluated::default()
            };
            unit.record("decision", person, Outgoing::new(&event, []));
        }
        unit.commit().await.unwrap();
    }

    /// All records of a source, once there are so many, oldest first.
    pub(crate) async fn records(&self, source: &str, count: usize) -> Vec<LogEntry> {
        eventually("the records in the log", async || {
            let found = self.search(SearchRecordsRequest {
                source: source.to_owned(),
                order: 2,
                page_size: 500,
                ..SearchRecordsRequest::default()
            });
            Some(found.await).filter(|found| found.len() >= count)
        })
        .await
    }

    pub(crate) async fn search(&self, request: SearchRecordsRequest) -> Vec<LogEntry> {
        let answer = self.auditor().search_records(request).await;
        answer.unwrap().into_inner().entries
    }

    /// A signed checkpoint of at least so many leaves.
    pub(crate) async fn checkpoint(&self, size: u64) -> Checkpoint {
        eventually("a checkpoint", async || {
            let newest = GetCheckpointRequest::default();
            let answer = self.auditor().get_checkpoint(newest).await.ok()?;
            let checkpoint = answer.into_inner().checkpoint?;
            (checkpoint.size >= size).then_some(checkpoint)
        })
        .await
    }

    pub(crate) async fn verifier_key(&self) -> verifier::Trust {
        let answer = self
            .auditor()
            .get_verifier_key(GetVerifierKeyRequest {})
            .await;
        answer.unwrap().into_inner().verifier_key.parse().unwrap()
    }
}

pub(crate) fn at(index: u64) -> Option<RecordName> {
    let name = Some(Name::Index(index));
    Some(RecordName { name })
}

pub(crate) fn named(name: Name) -> Option<RecordName> {
    Some(RecordName { name: Some(name) })
}
