//! One process of the platform, whatever subset of services it runs.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    os::unix::fs::DirBuilderExt as _,
    sync::{Arc, Mutex, PoisonError},
};

use auth::{Issuer, KeyRing, Revocations, Verifier, WorkloadKey};
use bus::{Nats, Topology};
use rpc::client::{Credentials, Peers};
use runtime::{Runtime, files, watch_clock};
use standard::ServiceName;
use store::Database;

use crate::{StartError, quarantine::Retries};

/// What the services of one process share.
pub struct Platform {
    /// Clock, tasks, clause pack, configuration.
    pub runtime: Runtime,
    /// Judges every bearer token.
    pub verifier: Verifier,
    /// What is withdrawn; every service feeds it.
    pub revocations: Revocations,
    /// Speaks for this process's services to others.
    pub workload_key: WorkloadKey,
    /// Sign people's access tokens; only where identity runs.
    pub people_keys: Option<KeyRing>,
    pub(crate) nats: Option<Nats>,
    pub(crate) process: rpc::Process,
    /// The databases of the services opened so far, whose journals this process offers.
    pub(crate) journals: Mutex<BTreeMap<&'static str, Database>>,
    /// What handles records from quarantine again.
    pub(crate) retries: Retries,
    /// Held until the process ends.
    pub(crate) locks: Vec<std::fs::File>,
}

impl Platform {
    /// Takes the data directory and the ports, reads the keys, and begins to connect to the broker.
    pub async fn open(runtime: Runtime) -> Result<Self, StartError> {
        runtime::crypto::install();
        let config = Arc::clone(&runtime.config);
        let locks = take_data_dir(&config)?;
        let workload_key = WorkloadKey::load_or_create(&config.workload_key_path())?;
        let people_keys = match config.runs(ServiceName::Identity) {
            true => Some(KeyRing::load_or_create(
                &config.identity.signing_key_path(&config.data_dir),
                Arc::clone(&runtime.clock),
                config.identity.access_token_lifetime(),
            )?),
            false => None,
        };
        if let Some(keys) = &people_keys {
            keys.follow(&runtime.tasks);
        }
        let own_people = people_keys.as_ref().map(KeyRing::key_set);
        let issuers = Issuer::all(&config, &workload_key, own_people)?;
        let revocations = Revocations::default();
        let verifier = Verifier::new(Arc::clone(&runtime.clock), issuers, revocations.clone());
        verifier.keep_fresh(&runtime.tasks);
        let watch = watch_clock(Arc::clone(&runtime.clock), runtime.tasks.shutdown_token());
        runtime.tasks.spawn("clock", watch);
        let process = rpc::Process::bind(runtime.clone(), verifier.clone()).await?;
        let nats = match &config.nats.url {
            Some(url) => Some(
                Nats::connect(
                    url.expose(),
                    config.nats.credentials_file.as_deref(),
                    Topology::new(config.nats.prefix.as_str()),
                    config.nats.replicas,
                )
                .await?,
            ),
            None => None,
        };
        Ok(Self {
            runtime,
            verifier,
            revocations,
            workload_key,
            people_keys,
            nats,
            process,
            journals: Mutex::default(),
            retries: Retries::default(),
            locks,
        })
    }

    /// Where this process answers gRPC: the real port when the configuration says 0.
    pub const fn grpc_address(&self) -> SocketAddr {
        self.process.grpc_address()
    }

    /// Where this process answers HTTP.
    pub const fn http_address(&self) -> SocketAddr {
        self.process.http_address()
    }

    /// Takes a service's database in: its journal is offered, and it is closed when nobody needs
    /// it any more.
    pub(crate) fn offer_journal(&self, service: ServiceName, database: Database) {
        let closing = database.clone().close();
        let tasks = &self.runtime.tasks;
        tasks.at_the_end(format!("{service}: database"), closing);
        let mut journals = self.journals.lock().unwrap_or_else(PoisonError::into_inner);
        journals.insert(service.as_str(), database);
    }

    /// The other services, called as one of this process's own.
    pub(crate) fn peers(&self, service: ServiceName) -> Peers {
        let credentials = Credentials::of_service(&self.runtime, service, &self.workload_key);
        Peers::new(&self.runtime.config, self.grpc_address(), credentials)
    }
}

/// Takes a data directory, made when missing, for the services of this configuration.
///
/// A process holds its services' places in the data directory alone: two of them on one SQLite
/// file would both take a lease left by the other for that of a dead predecessor.
///
/// # Errors
/// When another process has it, or it cannot be written.
pub fn take_data_dir(config: &runtime::Config) -> Result<Vec<std::fs::File>, StartError> {
    let failed = |source| StartError::File {
        path: config.data_dir.display().to_string(),
        source,
    };
    private_dir(&config.data_dir).map_err(failed)?;
    let mut locks = Vec::new();
    for service in &config.services {
        let path = config.data_dir.join(format!("{service}.lock"));
        let lock = files::hold(&path).map_err(|source| match source.kind() {
            io::ErrorKind::WouldBlock => StartError::InUse {
                path: path.display().to_string(),
            },
            _ => failed(source),
        })?;
        locks.push(lock);
    }
    Ok(locks)
}

/// Keys, staff data and password hashes live there: a directory made here is its owner's alone.
pub fn private_dir(path: &std::path::Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}
