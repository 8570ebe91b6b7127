//! The audit service: everything that happened, in one tamper-evident log (clause 7-1-(4)).
//!
//! [`ingest`] takes the records of every source in, one sequencer for all; [`signer`] signs the
//! log as it grows; [`index`] makes it searchable; [`heads`] asks the sources whether they still tell the log's story; [`library`]
//! is what readers see of it, over gRPC and as plain text. What is hashed and proven, and how, is
//! `audit-domain`; the judge of all this is `crates/verifier`, which shares no code with it.

mod access;
mod growth;
mod heads;
mod http;
mod index;
mod ingest;
mod library;
mod metrics;
mod publish;
mod refused;
mod rpc;
mod served;
mod signer;
mod store;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use audit_domain::BurstLimit;
use bus::Upstream;
use runtime::Stage;
use shell::{Platform, Shell, StartError};
use standard::ServiceName;

use crate::{
    growth::Growth,
    heads::Heads,
    index::{Indexer, Names},
    ingest::Ingest,
    library::Library,
    rpc::{AuditLog, Watch},
    signer::Signer,
};

pub use access::ACCESS;
pub use served::served;
pub use store::Migrator;

/// Starts the service in a process: the only wiring.
///
/// # Errors
/// If its database, its key or its sources cannot be set up.
pub async fn start(platform: &Platform) -> Result<::rpc::Endpoint, StartError> {
    let shell = Shell::open::<Migrator>(platform, ServiceName::Audit).await?;
    let runtime = shell.runtime.clone();
    let names = Arc::new(Names::of_contracts());
    let library = Library::new(
        shell.store.database().clone(),
        Arc::clone(&names),
        Arc::clone(&runtime.clock),
    );
    let signed_before = library.was_signed().await?;
    let origin = format!("sekisho.{}/log", runtime.pack.id());
    let directory = &runtime.config.data_dir;
    let path = runtime.config.audit.log_key_path(directory);
    let key = signer::load_or_create(&path, directory, &origin, signed_before)
        .map_err(|error| StartError::Other(error.to_string()))?;
    let verifier_key: Arc<str> = key.verifier().to_string().into();

    let growth = Growth::default();
    let burst = runtime.config.audit.denied_burst;
    let limit = BurstLimit {
        tolerated: burst.tolerated,
        window: burst.window(),
    };
    let mut sources: Vec<(&'static str, Arc<dyn Upstream>)> = Vec::new();
    for source in ServiceName::ALL {
        let clock = Arc::clone(&runtime.clock);
        let ingest = Ingest::new(source.as_str(), clock, growth.clone(), limit);
        shell.consume_batches(*source, ingest)?;
        sources.push((source.as_str(), shell.upstream(*source)?));
    }
    let audit_log = AuditLog {
        library: library.clone(),
        verifier_key: Arc::clone(&verifier_key),
        sources: sources.iter().map(|(name, _)| *name).collect(),
        pack: Arc::clone(&runtime.pack),
        watch: Watch {
            growth: growth.clone(),
            clock: Arc::clone(&runtime.clock),
            revocations: platform.revocations.clone(),
        },
    };

    let heads = Heads {
        store: shell.store.clone(),
        sources,
        clock: Arc::clone(&runtime.clock),
        growth: growth.clone(),
        limit,
    };
    let consumers = runtime.tasks.stage(Stage::Consumers);
    consumers.spawn("audit: heads", heads.run(consumers.shutdown_token()));
    let background = &runtime.tasks;
    let indexer = Indexer {
        store: shell.store.clone(),
        names,
        clock: Arc::clone(&runtime.clock),
        growth: growth.clone(),
    };
    background.spawn("audit: indexer", indexer.run(background.shutdown_token()));
    let signer = Signer {
        store: shell.store.clone(),
        key,
        clock: Arc::clone(&runtime.clock),
        growth,
    };
    background.spawn("audit: signer", signer.run(background.shutdown_token()));

    let endpoint = shell.endpoint(rpc::routes(audit_log), ACCESS, served());
    Ok(endpoint.with_http(http::router(library, shell.gate(platform), &verifier_key)))
}
