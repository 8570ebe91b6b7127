//! A second process of the same services on the same PostgreSQL schemas and the same broker.

use std::sync::Arc;

use kernel::{Actor, ManualClock};
use rpc::client::{Channel, Credentials, channel};
use runtime::{Config, Runtime};
use shell::{Platform, Serving, Start, StartError};
use standard::ServiceName;
use tempfile::TempDir;

use crate::{TestProcess, process::pack};

/// A replica: it shares the first one's database, keys and clock, and nothing else.
pub struct Replica {
    serving: Serving,
    clock: ManualClock,
    _directory: TempDir,
}

impl Replica {
    /// Starts the same services once more.
    ///
    /// # Panics
    /// When they do not start, or the process is not on PostgreSQL: an SQLite file is one process's.
    pub async fn of(process: &TestProcess, services: &[Start]) -> Self {
        let started = Self::try_of(process, services).await;
        started.expect("its services")
    }

    /// The same, for services that may not start.
    ///
    /// # Errors
    /// Why they did not.
    ///
    /// # Panics
    /// When the process is not on PostgreSQL.
    pub async fn try_of(process: &TestProcess, services: &[Start]) -> Result<Self, StartError> {
        let first = process.runtime();
        assert!(
            first.config.database.url.is_some(),
            "replicas share PostgreSQL"
        );
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut config = Config::clone(&first.config);
        let (identity, data_dir) = (&mut config.identity, &config.data_dir);
        identity.signing_key_file = Some(identity.signing_key_path(data_dir));
        identity.sealing_key_file = Some(identity.sealing_key_path(data_dir));
        config.data_dir = directory.path().to_owned();
        config.listen.grpc.set_port(0);
        config.listen.http.set_port(0);
        let clock = Arc::new(process.clock.clone());
        let runtime = Runtime::with(config, pack(), clock);
        let tasks = runtime.tasks.clone();
        let platform = Platform::open(runtime).await?;
        let serving = match shell::serve(platform, services).await {
            Ok(serving) => serving,
            Err(error) => {
                tasks.stop().await;
                return Err(error);
            }
        };
        Ok(Self {
            serving,
            clock: process.clock.clone(),
            _directory: directory,
        })
    }

    /// Where it answers over HTTP.
    pub fn http_uri(&self) -> String {
        format!("http://{}", self.serving.http)
    }

    /// Calls with a token as it is.
    pub fn bearer(&self, token: impl Into<String>) -> Channel {
        self.with(Credentials::bearer(token))
    }

    /// Calls as a machine: an enforcement point.
    pub fn workload(&self, name: &str) -> Channel {
        self.machine(Actor::Workload(name.to_owned()))
    }

    /// Calls as another service of the platform.
    pub fn service(&self, name: ServiceName) -> Channel {
        self.machine(Actor::Service(name.as_str().to_owned()))
    }

    /// Stops everything in order.
    pub async fn stop(self) {
        self.serving.runtime.readiness.stop();
        self.serving.runtime.tasks.stop().await;
    }

    fn machine(&self, actor: Actor) -> Channel {
        let clock = Arc::new(self.clock.clone());
        let key = self.serving.workload_key.clone();
        self.with(Credentials::minted(key, actor, clock))
    }

    fn with(&self, credentials: Credentials) -> Channel {
        let uri = format!("http://{}", self.serving.grpc);
        channel(&uri, credentials).expect("an address")
    }
}
