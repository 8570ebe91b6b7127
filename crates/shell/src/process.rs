//! A process from its command line to its end.

use std::{
    future::Future,
    pin::Pin,
    process::ExitCode,
    sync::{Arc, PoisonError},
    time::Duration,
};

use clap::Parser;
use rpc::Endpoint;
use runtime::{
    Runtime,
    shutdown::{self, Signals},
    telemetry,
};
use sea_orm_migration::MigratorTrait;
use standard::ServiceName;

use crate::{
    Arguments, Platform, StartError, broker, follow_broker, journal::Journals,
    service::migrate_only,
};

/// A service's `start`: everything it does begins there.
pub type Start =
    for<'a> fn(
        &'a Platform,
    ) -> Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + 'a>>;

/// A process that is serving.
pub struct Serving {
    /// Clock, tasks, readiness.
    pub runtime: Runtime,
    /// Where it answers gRPC.
    pub grpc: std::net::SocketAddr,
    /// Where it answers HTTP.
    pub http: std::net::SocketAddr,
    /// Speaks for workloads of this platform.
    pub workload_key: auth::WorkloadKey,
    /// Judges tokens as the process does.
    pub verifier: auth::Verifier,
    /// The connection to the broker, if there is to be one.
    pub broker: Option<bus::Nats>,
    locks: Vec<std::fs::File>,
}

/// Starts these services in one process and opens its ports. It serves until its tasks are told to
/// stop.
pub async fn serve(platform: Platform, services: &[Start]) -> Result<Serving, StartError> {
    let mut endpoints = Vec::with_capacity(services.len() + 1);
    for start in services {
        endpoints.push(start(&platform).await?);
    }
    serve_endpoints(platform, endpoints).await
}

/// The same for services that are started already.
pub async fn serve_endpoints(
    platform: Platform,
    mut endpoints: Vec<Endpoint>,
) -> Result<Serving, StartError> {
    let journals = platform
        .journals
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let clock = Arc::clone(&platform.runtime.clock);
    endpoints.push(Journals::endpoint(journals, platform.retries, clock));
    let serving = Serving {
        runtime: platform.runtime,
        grpc: platform.process.grpc_address(),
        http: platform.process.http_address(),
        workload_key: platform.workload_key,
        verifier: platform.verifier,
        broker: platform.nats,
        locks: platform.locks,
    };
    platform.process.start(endpoints).await?;
    Ok(serving)
}

impl Serving {
    /// Serves until a signal comes or a task fails; then stops everything in order, and closes it.
    pub async fn until_stopped(self, signals: Signals) -> Result<(), shutdown::Stopped> {
        let runtime = &self.runtime;
        let stopped = shutdown::run_until_stopped(
            &runtime.tasks,
            &runtime.readiness,
            signals,
            &runtime.config.shutdown,
        )
        .await;
        if stopped.is_err() {
            // What was cut off may still write: the data directory is taken until the process ends.
            std::mem::forget(self.locks);
        }
        stopped
    }
}

#[derive(Parser)]
#[command(version, about = "One service of Sekisho")]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
    /// Print the configuration with all defaults and end.
    #[arg(long)]
    print_config: bool,
    /// Bring the database up to date and end.
    #[arg(long)]
    migrate_only: bool,
}

/// The whole of a service's own binary.
pub fn main<M: MigratorTrait>(service: ServiceName, start: Start) -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(usage) => {
            // Where nobody reads it, nobody is missing it.
            let _ = usage.print();
            return ExitCode::from(if usage.use_stderr() { USAGE } else { 0 });
        }
    };
    match run::<M>(service, start, &line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sekisho-{service}: {}", error.message_ja());
            eprintln!("sekisho-{service}: {}", explain(&error));
            ExitCode::from(error.exit_code())
        }
    }
}

/// Exit code for a command line or a configuration that cannot be meant.
pub const USAGE: u8 = 64;

/// An error with everything behind it, one cause a line.
pub fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("\n  because: {error}"));
        cause = error.source();
    }
    text
}

fn run<M: MigratorTrait>(
    service: ServiceName,
    start: Start,
    line: &Line,
) -> Result<(), StartError> {
    let config = line.arguments.configuration(Some(&[service]))?;
    if line.print_config {
        println!("{}", config.to_toml());
        return Ok(());
    }
    block_on(async {
        let telemetry = telemetry::init(&config.telemetry, service.as_str())?;
        let runtime = Runtime::new(config)?;
        telemetry.flush_at_the_end(&runtime.tasks);
        if line.migrate_only {
            migrate_only::<M>(&runtime, service).await?;
            runtime.tasks.stop().await;
            return Ok(());
        }
        let platform = Platform::open(runtime).await?;
        let serving = serve(platform, &[start]).await?;
        if let Some(nats) = serving.broker.clone() {
            let tasks = &serving.runtime.tasks;
            let stop = tasks.shutdown_token();
            tasks.spawn("shell: broker", follow_broker(nats, stop, broker::log));
        }
        let signals = Signals::listen().map_err(|error| StartError::Other(error.to_string()))?;
        let stopped = serving.until_stopped(signals).await;
        stopped.map_err(|error| StartError::Other(error.to_string()))
    })
    .map_err(|error| StartError::Other(error.to_string()))?
}

/// How long the process waits for what was cut off, which may be held up for ever.
const CUT_OFF: Duration = Duration::from_secs(1);

/// Runs the whole of a process's asynchronous part. What it leaves behind cannot keep the process
/// from ending.
///
/// # Errors
/// When the system gives no threads for it.
pub fn block_on<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    store::fault::prepare();
    let executor = tokio::runtime::Runtime::new()?;
    let done = executor.block_on(work);
    executor.shutdown_timeout(CUT_OFF);
    Ok(done)
}
