//! Putting a process's ports together from what its services hand over.

use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc};

use auth::Verifier;
use runtime::{
    Runtime, Stage,
    http::{self, Port, Speech},
    metrics, open_files,
};
use tokio::{net::TcpListener, sync::Semaphore};
use tonic::service::Routes;
use tonic_health::pb::health_server::HealthServer;

use crate::{
    Endpoint,
    access::{self, SHELL},
    clause_pack,
    health::Health,
    shell::Shell,
    subject::Subjects,
};

/// A process with its ports open but not serving yet.
#[derive(Debug)]
pub struct Process {
    runtime: Runtime,
    verifier: Verifier,
    grpc: TcpListener,
    http: TcpListener,
    addresses: (SocketAddr, SocketAddr),
}

/// A port could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("{key} = {address} cannot be opened")]
pub struct BindError {
    /// The configuration key.
    pub key: &'static str,
    /// Its value.
    pub address: SocketAddr,
    /// What the system says.
    pub source: io::Error,
}

/// What is handed over does not fit together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Two services list the same RPC.
    #[error("{0} is in two access tables")]
    ListedTwice(&'static str),
    /// The descriptor set cannot be used for reflection.
    #[error("reflection cannot be set up")]
    Reflection(#[from] tonic_reflection::server::Error),
}

impl Process {
    /// Opens both ports.
    ///
    /// # Errors
    /// Names the key, the address and the reason.
    pub async fn bind(runtime: Runtime, verifier: Verifier) -> Result<Self, BindError> {
        open_files::make_room(&runtime.config);
        let listen = runtime.config.listen;
        let (grpc, at_grpc) = open("listen.grpc", listen.grpc).await?;
        let (http, at_http) = open("listen.http", listen.http).await?;
        Ok(Self {
            runtime,
            verifier,
            grpc,
            http,
            addresses: (at_grpc, at_http),
        })
    }

    /// Where gRPC is: the real port when the configuration says 0.
    pub const fn grpc_address(&self) -> SocketAddr {
        self.addresses.0
    }

    /// Where HTTP is.
    pub const fn http_address(&self) -> SocketAddr {
        self.addresses.1
    }

    /// Serves until the runtime's tasks are told to stop. Requests are let in from now on; health
    /// says SERVING when the runtime's readiness does.
    ///
    /// # Errors
    /// When the endpoints do not fit together.
    pub async fn start(self, endpoints: Vec<Endpoint>) -> Result<(), StartError> {
        let runtime = self.runtime;
        let config = &runtime.config;
        let served = endpoints
            .iter()
            .flat_map(|one| one.served.clone())
            .collect();
        let pack = clause_pack::endpoint(Arc::clone(&runtime.pack), served);
        let endpoints: Vec<Endpoint> = endpoints.into_iter().chain([pack]).collect();

        let tables = endpoints.iter().map(|one| one.access);
        let table = access::merge(tables.chain([SHELL])).map_err(StartError::ListedTwice)?;
        metrics::rpc().begin(table.keys().copied());
        let health = Health::new(table.keys().copied()).await;
        let servers = runtime.tasks.stage(Stage::Servers);
        let stop = servers.shutdown_token();
        let shell = Arc::new(Shell {
            clock: Arc::clone(&runtime.clock),
            verifier: self.verifier,
            access: table,
            recorders: recorders(&endpoints),
            subjects: Subjects::of_contracts(),
            pack_version: runtime.pack.edition(),
            limits: config.limits.clone(),
            places: Semaphore::new(config.limits.max_in_flight),
            stop: stop.clone(),
        });

        let mut grpc = own_routes(&health)?;
        let mut http = http::router(runtime.readiness.clone());
        for endpoint in endpoints {
            grpc = grpc.merge(endpoint.routes.into_axum_router().reset_fallback());
            http = http.merge(endpoint.http.unwrap_or_default());
        }
        let port = Port {
            name: "grpc",
            speech: Speech::Grpc,
            listener: self.grpc,
            limits: config.limits.clone(),
        };
        servers.spawn(
            "rpc: gRPC port",
            port.serve(shell.around(grpc), stop.clone()),
        );
        let port = Port {
            name: "http",
            speech: Speech::Http,
            listener: self.http,
            limits: config.limits.clone(),
        };
        servers.spawn("rpc: HTTP port", port.serve(http, stop.clone()));
        let readiness = runtime.readiness.clone();
        servers.spawn("rpc: health", health.follow(readiness, stop));
        tracing::info!(grpc = %self.addresses.0, http = %self.addresses.1, "listening");
        Ok(())
    }
}

async fn open(
    key: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), BindError> {
    let failed = |source| BindError {
        key,
        address,
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let real = listener.local_addr().map_err(failed)?;
    Ok((listener, real))
}

fn recorders(endpoints: &[Endpoint]) -> BTreeMap<&'static str, Arc<dyn crate::RefusalRecorder>> {
    let with = |one: &Endpoint| Some((one.service?.as_str(), Arc::clone(one.recorder.as_ref()?)));
    endpoints.iter().filter_map(with).collect()
}

/// Health and reflection.
fn own_routes(health: &Health) -> Result<axum::Router, tonic_reflection::server::Error> {
    let configure = || {
        // What is served elsewhere is not listed here.
        let builder = tonic_reflection::server::Builder::configure();
        let builder = health
            .served()
            .fold(builder, |builder, name| builder.with_service_name(name));
        builder
            .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // So that a client with nothing but reflection can read what an error says of itself.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let routes = Routes::new(HealthServer::new(health.service()))
        .add_service(configure().build_v1()?)
        .add_service(configure().build_v1alpha()?);
    Ok(routes.into_axum_router())
}
