//! The services a test process does not run: their journals are real, their words are the test's.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::{Actor, ClauseId, Clock, Context, ManualClock};
use proto::{Event, record::Outgoing};
use runtime::Runtime;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use shell::{Platform, Serving, Shell};
use standard::ServiceName;
use store::{Store, schema::House};

use crate::process::{base_config, pack};

/// A process in which every absent service has a journal, a relay and nothing else.
pub struct Neighbours {
    serving: Serving,
    stores: BTreeMap<ServiceName, Store>,
    clock: ManualClock,
    prefix: String,
}

struct OnlyHouse;

impl MigratorTrait for OnlyHouse {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(House)]
    }
}

impl Neighbours {
    /// All services but those named.
    pub(crate) async fn start(
        directory: &Path,
        without: &[ServiceName],
        clock: &ManualClock,
    ) -> Self {
        let prefix = format!("t{}-", runtime::new_id().simple());
        let mut config = base_config(&directory.join("neighbours"), &prefix);
        config.services = ServiceName::ALL
            .iter()
            .copied()
            .filter(|service| !without.contains(service))
            .collect();
        let services = config.services.clone();
        let runtime = Runtime::with(config, pack(), Arc::new(clock.clone()));
        let platform = Platform::open(runtime).await.expect("a platform");
        let mut stores = BTreeMap::new();
        let mut endpoints = Vec::new();
        for service in services {
            let shell = Shell::open::<OnlyHouse>(&platform, service)
                .await
                .expect("a shell");
            stores.insert(service, shell.store.clone());
            endpoints.push(shell.endpoint(tonic::service::Routes::default(), &[], Vec::new()));
        }
        let serving = shell::serve_endpoints(platform, endpoints)
            .await
            .expect("its ports");
        Self {
            serving,
            stores,
            clock: clock.clone(),
            prefix,
        }
    }

    /// A service says something; durable when this returns, on the bus soon after.
    pub async fn say<E: Event>(
        &self,
        service: ServiceName,
        aggregate: &'static str,
        subject: &str,
        event: &E,
        clauses: &[&str],
    ) {
        let clauses = clauses.iter().map(|clause| ClauseId::new(*clause));
        let context = Context::new(
            Actor::Service(service.as_str().to_owned()),
            self.clock.now(),
            runtime::new_id().to_string(),
        );
        let mut unit = self.store(service).unit(context).await.expect("a unit");
        unit.record(aggregate, subject, Outgoing::new(event, clauses));
        unit.commit().await.expect("a journal row");
    }

    /// The store of an absent service: its journal.
    pub fn store(&self, service: ServiceName) -> &Store {
        self.stores
            .get(&service)
            .expect("a service that the test process does not run")
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn workload_key_path(&self) -> PathBuf {
        self.serving.runtime.config.workload_key_path()
    }

    pub(crate) fn addresses(&self) -> BTreeMap<ServiceName, String> {
        let here = format!("http://{}", self.serving.grpc);
        self.stores
            .keys()
            .map(|service| (*service, here.clone()))
            .collect()
    }

    pub(crate) async fn stop(self) {
        self.serving.runtime.tasks.stop().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_that_stopped_has_closed_its_databases_whoever_holds_them_still() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let clock = ManualClock::new(crate::process::START.parse().expect("an instant"));
        let neighbours = Neighbours::start(directory.path(), &[], &clock).await;
        let held = neighbours.stores.clone();
        let wal = |service: ServiceName| {
            let name = format!("neighbours/{service}.db-wal");
            directory.path().join(name).exists()
        };
        assert!(held.keys().all(|service| wal(*service)), "while it runs");
        neighbours.stop().await;
        let left: Vec<_> = held.keys().filter(|service| wal(**service)).collect();
        assert!(left.is_empty(), "{left:?} would lose what was committed");
    }
}
