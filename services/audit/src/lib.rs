//! The audit service: everything that happened, in one tamper-evident log (clause 7-1-(4)).
//!
//! [`ingest`] takes the records of every source in, one sequencer for all; [`signer`] signs the
//! log as it grows; [`index`] makes it searchable; [`analysis`] looks through it for misuse; [`heads`] asks the sources whether they still tell the log's story; [`library`]
//! is what readers see of it, over gRPC and as plain text. What is hashed and proven, and how, is
//! `audit-domain`; the judge of all this is `crates/verifier`, which shares no code with it.

mod access;
mod analysis;
mod evidence;
mod growth;
mod heads;
mod http;
mod index;
mod ingest;
mod keyholder;
mod known;
mod library;
mod metrics;
mod publish;
mod readers;
mod refused;
mod retention;
mod rpc;
mod served;
mod signer;
mod store;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use ::store::Appender;
use bus::Upstream;
use runtime::Stage;
use shell::{Platform, Shell, StartError};
use standard::ServiceName;

use crate::{
    analysis::{Analysis, Looker},
    evidence::Evidence,
    growth::Growth,
    heads::Heads,
    index::{Indexer, Terms},
    ingest::Ingest,
    known::Known,
    library::Library,
    readers::Recording,
    retention::Retention,
    rpc::{AuditLog, Pruning, Taker, Watch},
    signer::{Signer, Witness},
};

pub use access::ACCESS;
pub use keyholder::{Keyholder, KeyholderError, router as keyholder_router};
pub use served::served;
pub use signer::{KeyFileError, renew as renew_log_key};
pub use store::Migrator;

/// The newest signed checkpoint in a database of this service, for whoever copies that.
///
/// # Errors
/// When it cannot be read.
pub async fn newest_checkpoint(
    database: &::store::Database,
) -> Result<Option<String>, sea_orm::DbErr> {
    let last = store::checkpoint::last(database.read(), database.backend()).await?;
    Ok(last.map(|signed| signed.note))
}

/// Starts the service in a process: the only wiring.
///
/// # Errors
/// If its database, its key or its sources cannot be set up.
pub async fn start(platform: &Platform) -> Result<::rpc::Endpoint, StartError> {
    let shell = Shell::open::<Migrator>(platform, ServiceName::Audit).await?;
    let runtime = shell.runtime.clone();
    let database = shell.store.database();
    let newest = store::leaf::newest_logged(database.read(), database.backend()).await?;
    shell.has_recorded(newest)?;
    let city = shell.snapshot::<Known>(&[
        ServiceName::Identity,
        ServiceName::Ledger,
        ServiceName::Incidents,
    ]);
    let terms = Terms::new(city.await?);
    let library = Library::new(
        shell.store.database().clone(),
        terms.clone(),
        Arc::clone(&runtime.clock),
    );
    let signed_before = library.was_signed().await?;
    let key = signer::configured_key(&runtime, &platform.workload_key, signed_before).await?;
    let verifier_key: Arc<str> = key.verifier().to_string().into();
    let witnesses = signer::configured(&runtime.config.audit.witnesses)?;

    metrics::log().begin(
        ServiceName::ALL.iter().map(|source| source.as_str()),
        witnesses.iter().map(Witness::name),
    );
    let growth = Growth::default();
    let mut sources: Vec<(&'static str, Arc<dyn Upstream>)> = Vec::new();
    for source in ServiceName::ALL {
        let clock = Arc::clone(&runtime.clock);
        let ingest = Ingest::new(source.as_str(), clock, growth.clone());
        shell.consume_batches(*source, ingest)?;
        sources.push((source.as_str(), shell.upstream(*source)?));
    }
    let (appender, writing) = Appender::new(shell.store.clone());
    // Ends by itself with the recordings, which the servers hold until they have stopped.
    (runtime.tasks).spawn_brief("audit: records of readings", writing);
    let recording = Recording {
        appender,
        terms: terms.clone(),
        clock: Arc::clone(&runtime.clock),
    };
    let pruning = Pruning(Retention {
        store: shell.store.clone(),
        library: library.clone(),
        pack: Arc::clone(&runtime.pack),
        clock: Arc::clone(&runtime.clock),
    });
    let taker = Taker {
        evidence: Evidence {
            store: shell.store.clone(),
            library: library.clone(),
        },
        recording: recording.clone(),
        clock: Arc::clone(&runtime.clock),
    };
    let audit_log = AuditLog {
        library: library.clone(),
        recording: recording.clone(),
        verifier_key: Arc::clone(&verifier_key),
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
    };
    let consumers = runtime.tasks.stage(Stage::Consumers);
    consumers.spawn("audit: heads", heads.run(consumers.shutdown_token()));
    let background = &runtime.tasks;
    let indexer = Indexer {
        store: shell.store.clone(),
        terms,
        clock: Arc::clone(&runtime.clock),
        growth: growth.clone(),
    };
    background.spawn("audit: indexer", indexer.run(background.shutdown_token()));
    let looker = Looker {
        store: shell.store.clone(),
        pack: Arc::clone(&runtime.pack),
        clock: Arc::clone(&runtime.clock),
        growth: growth.clone(),
    };
    let digests = analysis::digest::run(looker.clone(), background.shutdown_token());
    background.spawn("audit: digest", digests);
    background.spawn("audit: analysis", looker.run(background.shutdown_token()));
    let analysis = analysis::service(Analysis {
        library: library.clone(),
        recording: recording.clone(),
        pack: Arc::clone(&runtime.pack),
        clock: Arc::clone(&runtime.clock),
    });
    let signer = Signer {
        store: shell.store.clone(),
        key,
        clock: Arc::clone(&runtime.clock),
        growth,
        witnesses,
        signed: Growth::default(),
    };
    background.spawn("audit: signer", signer.run(background.shutdown_token()));

    let endpoint = shell.endpoint(
        rpc::routes(audit_log, pruning, taker).add_service(analysis),
        ACCESS,
        served(),
    );
    Ok(endpoint.with_http(http::router(
        library,
        shell.gate(platform),
        recording,
        &verifier_key,
    )))
}
