//! `grpc.health.v1`, following the process's readiness. tonic-health begins at SERVING; we do not.

use std::{collections::BTreeSet, convert::Infallible};

use runtime::{CancellationToken, Readiness};
use tonic_health::{
    ServingStatus,
    server::{HealthReporter, HealthService},
};

/// Overall health has the empty name.
const OVERALL: &str = "";

#[derive(Debug)]
pub(crate) struct Health {
    reporter: HealthReporter,
    services: BTreeSet<String>,
}

impl Health {
    /// Of these full methods' services; not serving yet.
    pub(crate) async fn new(methods: impl Iterator<Item = &'static str>) -> Self {
        let named = methods.filter_map(|method| method.get(1..)?.split_once('/'));
        let mut services: BTreeSet<String> = named.map(|(service, _)| service.to_owned()).collect();
        services.insert(OVERALL.to_owned());
        let health = Self {
            reporter: HealthReporter::new(),
            services,
        };
        health.set(false).await;
        health
    }

    /// The services that are served here, by full name.
    pub(crate) fn served(&self) -> impl Iterator<Item = &str> {
        let named = self.services.iter().map(String::as_str);
        named.filter(|name| *name != OVERALL)
    }

    pub(crate) fn service(&self) -> HealthService {
        HealthService::from_health_reporter(self.reporter.clone())
    }

    /// Follows readiness until told to stop; by then it is not ready anyway.
    pub(crate) async fn follow(
        self,
        readiness: Readiness,
        stop: CancellationToken,
    ) -> Result<(), Infallible> {
        let mut ready = readiness.is_ready();
        loop {
            self.set(ready).await;
            tokio::select! {
                next = readiness.changed_from(ready) => ready = next,
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    async fn set(&self, ready: bool) {
        let status = if ready {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        for service in &self.services {
            self.reporter.set_service_status(service, status).await;
        }
    }
}
