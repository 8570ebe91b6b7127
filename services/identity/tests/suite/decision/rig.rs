//! The decision part of identity without its ports: records are handled as its consumers would,
//! questions asked as its RPCs would.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use auth::{Issuer, PersonClaims, Principal, Revocations, SigningKey, Verifier};
use identity::decision::{
    AccessFacts, Analysis, DecisionIndex, Decisions, Evaluator, Freshness, learn,
};
use identity_domain::decision::Policy;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Clock as _, Context, ManualClock, SessionId};
use prost::{Message as _, Name as _};
use proto::{
    Event,
    common::v1 as common,
    identity::v1 as identity_wire,
    io::cloudevents::v1::{CloudEvent, cloud_event::Data, cloud_event_attribute_value::Attr},
    ledger::v1 as ledger,
    record::Record,
};
use runtime::Tasks;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use standard::Pack;
use store::{Appender, Store, Unit, facts::Snapshot, schema::House, watermark};
use testkit::{TestDatabase, registered};
use tokio::time::Instant;
use tonic::Request;

pub(crate) const SOURCES: [&str; 4] = ["identity", "ledger", "approvals", "incidents"];

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(House), Box::new(DecisionIndex)]
    }
}

pub(crate) struct Rig {
    pub(crate) store: Store,
    pub(crate) clock: ManualClock,
    pub(crate) snapshot: Arc<Snapshot<AccessFacts>>,
    pub(crate) freshness: Arc<Freshness>,
    pub(crate) decisions: Decisions,
    pub(crate) analysis: Analysis,
    pub(crate) revocations: Revocations,
    pub(crate) tasks: Tasks,
    key: SigningKey,
    positions: Mutex<BTreeMap<&'static str, u64>>,
}

impl Rig {
    /// Nothing is known, nothing confirmed.
    pub(crate) async fn empty(test: &TestDatabase) -> Self {
        let store = Store::new(test.database.clone(), "identity");
        let clock = ManualClock::new("2026-04-01T01:00:00Z".parse().expect("an instant"));
        let key = SigningKey::generate();
        let revocations = Revocations::default();
        let verifier = Verifier::new(
            Arc::new(clock.clone()),
            vec![Issuer::people("urn:test", key.key_set())],
            revocations.clone(),
        );
        let snapshot = Snapshot::load(test.database.clone(), &SOURCES)
            .await
            .expect("an empty snapshot");
        let freshness = Arc::new(Freshness::new(&SOURCES));
        let tasks = Tasks::default();
        let (appender, writing) = Appender::new(store.clone());
        tasks.spawn_brief("records", writing);
        let evaluator = Arc::new(Evaluator {
            snapshot: Arc::clone(&snapshot),
            freshness: Arc::clone(&freshness),
            policy: Policy::try_new(&Pack::sendai().expect("the pack")).expect("exact periods"),
            pack: Arc::new(Pack::sendai().expect("the pack")),
            verifier,
            appender,
        });
        Self {
            decisions: Decisions {
                evaluator: Arc::clone(&evaluator),
                database: test.database.clone(),
                clock: Arc::new(clock.clone()),
            },
            analysis: Analysis {
                evaluator,
                database: test.database.clone(),
                clock: Arc::new(clock.clone()),
            },
            store,
            clock,
            snapshot,
            freshness,
            revocations,
            tasks,
            key,
            positions: Mutex::default(),
        }
    }

    /// S0001 of section tax signed in with a password, in the office, and is registered as a user
    /// of SYS-1, a cloud system of class I. All sources are confirmed.
    pub(crate) async fn start(test: &TestDatabase) -> Self {
        let rig = Self::empty(test).await;
        rig.confirm_all();
        rig.says("identity", &person("S0001")).await;
        for (id, path) in [
            ("office", common::AccessPath::Office),
            ("vdi", common::AccessPath::Telework),
            ("cafe", common::AccessPath::PublicLine),
        ] {
            rig.says(
                "identity",
                &identity_wire::EnforcementPointRegistered {
                    enforcement_point_id: format!("point-{id}"),
                    name: id.to_owned(),
                    workload: id.to_owned(),
                    path: path.into(),
                },
            )
            .await;
        }
        rig.says("identity", &rig.session("s-1", "password")).await;
        rig.says("identity", &entitlement("S0001", "SYS-1", ""))
            .await;
        rig.says("ledger", &system(|_| ())).await;
        rig
    }

    pub(crate) fn confirm_all(&self) {
        for source in SOURCES {
            self.freshness.confirm(source, Instant::now());
        }
    }

    /// The next record of a source, handled and committed as a consumer does it, and taken in.
    pub(crate) async fn says(&self, source: &'static str, event: &impl Event) {
        self.told(source, event).await;
        self.snapshot.refresh().await.expect("a refreshed snapshot");
    }

    /// The same, not taken in by this replica yet.
    pub(crate) async fn told(&self, source: &'static str, event: &impl Event) {
        let record = self.record(source, event);
        let unit = self.learned(&record).await;
        let mark = watermark::Mark {
            position: record.position,
            ..watermark::Mark::default()
        };
        watermark::set(unit.tx(), unit.backend(), source, &mark)
            .await
            .expect("a watermark");
        unit.commit().await.expect("a commit");
    }

    /// A record that was in quarantine while later ones were handled; taken in.
    pub(crate) async fn says_late(&self, record: &Record) {
        let unit = self.learned(record).await;
        watermark::note_retried(unit.tx(), unit.backend(), &record.source)
            .await
            .expect("a watermark");
        unit.commit().await.expect("a commit");
        self.snapshot.refresh().await.expect("a refreshed snapshot");
    }

    async fn learned(&self, record: &Record) -> Unit {
        let context = Context::new(record.actor.clone(), record.time, "test");
        let unit = self.store.unit(context).await.expect("a unit");
        learn(&unit, record).await.expect("a sound record");
        unit
    }

    /// Starts the task that takes in what is new when it is woken.
    pub(crate) fn keep_fresh(&self) {
        let stop = self.tasks.shutdown_token().cancelled_owned();
        let running = Arc::clone(&self.snapshot).run(stop);
        self.tasks.spawn("snapshot", running);
    }

    /// The next record of a source.
    pub(crate) fn record<E: Event>(&self, source: &'static str, event: &E) -> Record {
        let mut positions = self.positions.lock().expect("no panic before");
        let position = positions.entry(source).or_default();
        *position += 1;
        Record {
            id: format!("{source}-{position}"),
            source: source.to_owned(),
            kind: E::full_name(),
            subject: "subject".to_owned(),
            time: self.clock.now(),
            position: *position,
            previous: [0; 32],
            actor: Actor::Service(source.to_owned()),
            correlation: "test".to_owned(),
            causation: None,
            traceparent: None,
            clauses: Vec::new(),
            data: event.encode_to_vec(),
        }
    }

    pub(crate) fn session(&self, id: &str, factor: &str) -> identity_wire::SessionStarted {
        identity_wire::SessionStarted {
            session_id: id.to_owned(),
            person_id: "S0001".to_owned(),
            factors: vec![factor.to_owned()],
            ends_at: Some(proto::timestamp(
                self.clock.now() + SignedDuration::from_hours(8),
            )),
            credential_ids: vec![format!("{factor}-1")],
            verified_at: vec![],
            client_id: String::new(),
        }
    }

    /// An access token of S0001 who has just authenticated, for a session, at an epoch.
    pub(crate) fn token(&self, session: &str, epoch: u64) -> String {
        let now = self.clock.now().as_second();
        let claims = PersonClaims {
            iss: "urn:test".to_owned(),
            sub: "S0001".parse().expect("an id"),
            aud: auth::AUDIENCE.to_owned(),
            exp: now + 300,
            iat: now,
            auth_time: now,
            acr: "urn:sekisho:aal3".to_owned(),
            amr: vec!["mfa".to_owned()],
            sid: session.parse().expect("an id"),
            epoch,
            roles: Vec::new(),
            section: None,
            client_id: "test".to_owned(),
            jti: runtime::new_id().to_string(),
        };
        claims.mint(&self.key)
    }

    /// Asks as the enforcement point of that workload.
    pub(crate) async fn ask(
        &self,
        workload: &str,
        token: &str,
        question: identity_wire::AccessQuestion,
    ) -> identity_wire::AccessAnswer {
        use identity_wire::access_decision_server::AccessDecision as _;
        let request = identity_wire::EvaluateRequest {
            subject_token: token.to_owned(),
            question: Some(question),
        };
        self.decisions
            .evaluate(from_workload(workload, request))
            .await
            .expect("an answer")
            .into_inner()
            .answer
            .expect("an answer")
    }

    /// How many decisions are on record.
    pub(crate) async fn records(&self) -> usize {
        self.journal("decision").await.len()
    }

    /// Who looked at whose accesses, in which way, the newest last.
    pub(crate) async fn looked_at(&self) -> Vec<(String, String, String)> {
        let records = self.journal("reading").await;
        let told = records.into_iter().map(|record| {
            let record = CloudEvent::decode(record.as_slice()).expect("a record");
            let actor = record.attributes["actor"].attr.clone();
            let Some(Attr::CeString(actor)) = actor else {
                panic!("{actor:?}");
            };
            let Some(Data::BinaryData(data)) = record.data else {
                panic!("{:?}", record.data);
            };
            assert_eq!(record.r#type, common::PersonLookedAt::full_name());
            let event = common::PersonLookedAt::decode(data.as_slice()).expect("its event");
            (actor, event.person_id, event.way)
        });
        told.collect()
    }

    /// The records of an aggregate's kind, the newest last.
    async fn journal(&self, aggregate: &str) -> Vec<Vec<u8>> {
        use sea_orm::ConnectionTrait as _;
        let database = self.store.database();
        let statement = sea_orm::Statement::from_sql_and_values(
            database.backend().sea(),
            "SELECT record FROM journal WHERE aggregate = $1 ORDER BY id",
            [aggregate.into()],
        );
        let rows = database.read().query_all_raw(statement).await;
        let rows = rows.expect("a journal");
        let record = |row: &sea_orm::QueryResult| row.try_get("", "record").expect("its bytes");
        rows.iter().map(record).collect()
    }

    /// Asks from the office with the session's token.
    pub(crate) async fn outcome(&self) -> identity_wire::AccessOutcome {
        let token = self.token("s-1", 0);
        self.ask("office", &token, using("SYS-1")).await.outcome()
    }
}

/// A request as it comes through the shell from a verified workload.
pub(crate) fn from_workload<T>(workload: &str, message: T) -> Request<T> {
    from_actor(Actor::Workload(workload.to_owned()), message)
}

/// A request as it comes through the shell from a member of staff whose role was looked at there.
pub(crate) fn from_person<T>(person: &str, message: T) -> Request<T> {
    let id = person.parse().expect("a staff number");
    let session = SessionId::default();
    from_actor(Actor::Person { id, session }, message)
}

fn from_actor<T>(actor: Actor, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.extensions_mut().insert(Arc::new(Principal {
        actor,
        roles: Vec::new(),
        section: None,
        acr: None,
        amr: Vec::new(),
        auth_time: None,
        epoch: 0,
        issuer: "urn:test".to_owned(),
        expires_at: Timestamp::MAX,
    }));
    request
}

pub(crate) fn using(system: &str) -> identity_wire::AccessQuestion {
    identity_wire::AccessQuestion {
        system_id: system.to_owned(),
        action: identity_wire::AccessAction::Use.into(),
        ..identity_wire::AccessQuestion::default()
    }
}

pub(crate) fn person(id: &str) -> identity_wire::PersonRegistered {
    registered(id, "tax", Timestamp::UNIX_EPOCH)
}

pub(crate) fn entitlement(
    person: &str,
    system: &str,
    permit: &str,
) -> identity_wire::EntitlementGranted {
    identity_wire::EntitlementGranted {
        person_id: person.to_owned(),
        system_id: system.to_owned(),
        permit_id: permit.to_owned(),
        ..identity_wire::EntitlementGranted::default()
    }
}

/// SYS-1: cloud, class I, LGWAN.
pub(crate) fn system(change: impl FnOnce(&mut ledger::System)) -> ledger::SystemChanged {
    let mut system = ledger::System {
        system_id: "SYS-1".to_owned(),
        name: "税務".to_owned(),
        owner_section_id: "tax".to_owned(),
        network_class: common::NetworkClass::Lgwan.into(),
        cloud: true,
        highest_class: common::InformationClass::I.into(),
        ..ledger::System::default()
    };
    change(&mut system);
    ledger::SystemChanged {
        system: Some(system),
    }
}
