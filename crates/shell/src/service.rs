//! One service's place in a process: its store, the relay behind it, its consumers and snapshots.

use std::{sync::Arc, time::Duration};

use bus::{Consumer, Each, Handler, Peer, RecordHandler, Relay, Upstream};
use directory::kind;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, PersonId, SessionId};

use rpc::client::{Channel, Peers};
use runtime::{Runtime, Stage, Ticks, config::Engine};
use sea_orm_migration::MigratorTrait;
use standard::ServiceName;
use store::{
    Appender, Database, Options, Store,
    facts::{Fact, FactSet, Snapshot},
};

use crate::{
    Platform, StartError, past, platform::take_data_dir, quarantine::Retries, reachable,
    recorder::Recorder,
};

/// See the module.
pub struct Shell {
    /// Clock, tasks, clause pack, configuration.
    pub runtime: Runtime,
    /// The one write path.
    pub store: Store,
    service: ServiceName,
    nats: Option<bus::Nats>,
    revocations: auth::Revocations,
    peers: Peers,
    retries: Retries,
}

impl Shell {
    /// Opens the service's database, brings it up to date (a shared PostgreSQL is only checked),
    /// and starts its relay.
    pub async fn open<M: MigratorTrait>(
        platform: &Platform,
        service: ServiceName,
    ) -> Result<Self, StartError> {
        let runtime = platform.runtime.clone();
        let database = open_database(&runtime, service).await?;
        migrate::<M>(&database, &runtime, service).await?;
        past::check(&runtime, service, database.newest().await?)?;
        platform.offer_journal(service, database.clone());
        let store = Store::new(database, service.as_str());
        let relay = Relay::new(store.clone(), platform.nats.clone());
        let tasks = runtime.tasks.stage(Stage::Relays);
        tasks.spawn(
            format!("{service}: relay"),
            relay.run(tasks.shutdown_token()),
        );
        let answers = runtime.readiness.require(format!("{service}: database"));
        answers.met();
        let tasks = &runtime.tasks;
        let watched = reachable::watch(store.database().clone(), answers, tasks.shutdown_token());
        tasks.spawn(format!("{service}: database"), async {
            watched.await;
            Ok::<(), std::convert::Infallible>(())
        });
        let name = format!("{service}: what is over");
        runtime
            .tasks
            .spawn(name, forget(store.clone(), runtime.clone()));
        Ok(Self {
            runtime,
            store,
            service,
            nats: platform.nats.clone(),
            revocations: platform.revocations.clone(),
            peers: platform.peers(service),
            retries: platform.retries.clone(),
        })
    }

    /// Makes sure that the clock is not behind something that the service has recorded elsewhere than in
    /// its journal, of which [`Shell::open`] has.
    ///
    /// # Errors
    /// [`StartError::ClockBehind`].
    pub fn has_recorded(&self, newest: Option<Timestamp>) -> Result<(), StartError> {
        past::check(&self.runtime, self.service, newest)
    }

    /// Which service it is.
    pub fn service(&self) -> ServiceName {
        self.service
    }

    /// A channel to another service that speaks with this service's own token.
    pub fn channel(&self, to: ServiceName) -> Result<Channel, StartError> {
        Ok(self.peers.channel(to)?)
    }

    /// The journal of a source.
    pub fn upstream(&self, source: ServiceName) -> Result<Arc<dyn Upstream>, StartError> {
        Ok(Arc::new(Peer::new(source.as_str(), self.channel(source)?)))
    }

    /// Handles the records of a source one by one.
    pub fn consume(
        &self,
        source: ServiceName,
        handler: impl RecordHandler,
    ) -> Result<(), StartError> {
        let clock = Arc::clone(&self.runtime.clock);
        self.consume_batches(source, Each::new(self.service.as_str(), clock, handler))
    }

    /// Handles the records of a source in batches.
    pub fn consume_batches(
        &self,
        source: ServiceName,
        handler: impl Handler,
    ) -> Result<(), StartError> {
        let consumer = Consumer::new(
            self.store.clone(),
            source.as_str(),
            self.upstream(source)?,
            self.nats.clone(),
            Arc::new(handler),
            Arc::clone(&self.runtime.clock),
        );
        self.retries.offer(consumer.retry());
        let tasks = self.runtime.tasks.stage(Stage::Consumers);
        let name = format!("{}: consumer of {source}", self.service);
        tasks.spawn(name, consumer.run(tasks.shutdown_token()));
        Ok(())
    }

    /// What is known from these sources, in memory and kept fresh. Revocations among it reach the
    /// process's own set before the snapshot shows them.
    pub async fn snapshot<T: FactSet>(
        &self,
        sources: &[ServiceName],
    ) -> Result<Arc<Snapshot<T>>, StartError> {
        let names: Vec<_> = sources.iter().map(|source| source.as_str()).collect();
        let revocations = self.revocations.clone();
        let snapshot = Snapshot::load_observed(
            self.store.database().clone(),
            &names,
            Box::new(move |fact| withdraw(&revocations, fact)),
        )
        .await?;
        let tasks = &self.runtime.tasks;
        let stop = tasks.shutdown_token().cancelled_owned();
        tasks.spawn(
            format!("{}: facts", self.service),
            Arc::clone(&snapshot).run(stop),
        );
        Ok(snapshot)
    }

    /// Records refusals in this service's journal.
    pub fn recorder(&self) -> Arc<dyn rpc::RefusalRecorder> {
        let (appender, writing) = Appender::new(self.store.clone());
        // Ends by itself with the recorder, which the servers hold until they have stopped.
        let name = format!("{}: records of refusals", self.service);
        self.runtime.tasks.spawn_brief(name, writing);
        Arc::new(Recorder(appender))
    }

    /// Lets callers in at the HTTP port by the tokens and permissions of the gRPC port.
    pub fn gate(&self, platform: &Platform) -> rpc::Gate {
        rpc::Gate {
            verifier: platform.verifier.clone(),
            recorder: self.recorder(),
            clock: Arc::clone(&self.runtime.clock),
            service: self.service.as_str(),
            pack_version: self.runtime.pack.edition(),
        }
    }

    /// What the service hands over for serving.
    pub fn endpoint(
        &self,
        routes: tonic::service::Routes,
        access: rpc::AccessTable,
        served: Vec<standard::Served>,
    ) -> rpc::Endpoint {
        rpc::Endpoint::new(self.service, routes, access, self.recorder()).with_served(served)
    }

    /// The service's own actor, for what it does by itself.
    pub fn actor(&self) -> Actor {
        Actor::Service(self.service.as_str().to_owned())
    }
}

/// A repeat is recognised for a day; what an answer held is not kept longer. Revocations are kept as
/// long as what they revoke could be about.
async fn forget(store: Store, runtime: Runtime) -> Result<(), sea_orm::DbErr> {
    const KEPT: SignedDuration = SignedDuration::from_hours(24);
    const EVERY: Duration = Duration::from_secs(3600);
    let mut ticks = Ticks::every(EVERY, runtime.tasks.shutdown_token());
    while ticks.next().await {
        let now = runtime.clock.now();
        if let Err(error) = store.database().forget_keys(now - KEPT).await {
            tracing::warn!(source = store.source(), %error, "old idempotency keys stay for now");
        }
        if let Err(error) = forget_revocations(store.database(), now).await {
            tracing::warn!(source = store.source(), %error, "old revocations stay for now");
        }
    }
    Ok(())
}

/// Deletes the revocations of sessions that could not be live now anyway, whoever learned them. One
/// that cannot be read goes on revoking and stays, with all that are newer.
pub async fn forget_revocations(
    database: &Database,
    now: Timestamp,
) -> Result<u64, sea_orm::DbErr> {
    let over = |fact: &Fact| {
        fact.read::<directory::Revoked>()
            .is_some_and(|revoked| revoked.is_over(now))
    };
    let source = ServiceName::Identity.as_str();
    database.forget_facts(source, kind::REVOKED, over).await
}

async fn open_database(runtime: &Runtime, service: ServiceName) -> Result<Database, StartError> {
    let config = &runtime.config;
    let options = match config.database.engine(service, &config.data_dir) {
        Engine::Sqlite(path) => Options::sqlite(&path),
        Engine::Postgres { url, schema } => Options {
            url: url.expose().clone(),
            schema,
            max_connections: config.database.max_connections,
        },
    };
    Database::open(&options)
        .await
        .map_err(|source| StartError::Database {
            service: service.as_str(),
            source,
        })
}

/// Brings a service's database up to date, with nothing started and nobody else needed.
///
/// # Errors
/// If its data directory is in use, or its database cannot be opened or changed.
pub(crate) async fn migrate_only<M: MigratorTrait>(
    runtime: &Runtime,
    service: ServiceName,
) -> Result<(), StartError> {
    runtime::crypto::install();
    let _locks = take_data_dir(&runtime.config)?;
    let database = open_database(runtime, service).await?;
    Ok(database.migrate::<M>().await?)
}

/// The embedded shape migrates by itself; in a cluster a job does it, once, before the rollout.
async fn migrate<M: MigratorTrait>(
    database: &Database,
    runtime: &Runtime,
    service: ServiceName,
) -> Result<(), StartError> {
    if runtime.config.database.migrates_at_start() {
        database.migrate::<M>().await?;
        return Ok(());
    }
    let pending = database.pending::<M>().await?;
    if pending.is_empty() {
        Ok(())
    } else {
        Err(StartError::Pending {
            service: service.as_str(),
            pending,
        })
    }
}

fn withdraw(revocations: &auth::Revocations, fact: &Fact) {
    match fact.kind.as_str() {
        kind::REVOKED => {
            if let Ok(session) = SessionId::try_new(fact.id.as_str()) {
                let lost = (fact.read::<directory::Revoked>()).is_some_and(|known| known.lost);
                revocations.revoke_session(session, by(lost));
            }
        }
        kind::EPOCH => {
            let known = fact.read::<directory::Epoch>();
            if let (Ok(person), Some(known)) = (PersonId::try_new(fact.id.as_str()), known) {
                revocations.set_epoch(person, known.epoch, by(known.lost));
            }
        }
        _ => {}
    }
}

const fn by(lost: bool) -> auth::Withdrawn {
    match lost {
        true => auth::Withdrawn::Lost,
        false => auth::Withdrawn::Ended,
    }
}
