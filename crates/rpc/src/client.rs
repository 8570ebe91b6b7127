//! Calling other services: where they are, and as whom.

mod credentials;

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use opentelemetry::propagation::{Injector, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use runtime::{Config, SecretError};
use standard::ServiceName;
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataKey, MetadataMap, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{self, Endpoint},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub use credentials::Credentials;

use crate::status;

const CONNECT_WITHIN: Duration = Duration::from_secs(3);
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(20);
const KEEPALIVE_PATIENCE: Duration = Duration::from_secs(5);

/// A connection to a service. It connects when first used and again when lost, and each request
/// carries a fresh token and the present trace.
pub type Channel = InterceptedService<transport::Channel, Outgoing>;

/// Why a service cannot be reached even in principle.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The address is not one.
    #[error("{uri:?} is not an address")]
    Address {
        /// The address.
        uri: String,
        /// Why.
        source: transport::Error,
    },
    /// The token file cannot be read.
    #[error("the workload token cannot be read")]
    Token(#[from] SecretError),
}

/// Where the other services are, and as whom this process calls them.
#[derive(Debug, Clone)]
pub struct Peers {
    addresses: BTreeMap<ServiceName, String>,
    credentials: Credentials,
}

impl Peers {
    /// From the configuration; services of this process are at its own gRPC address.
    pub fn new(config: &Config, own: SocketAddr, credentials: Credentials) -> Self {
        let address = |service| match config.runs(service) {
            true => format!("http://{}", reachable(own)),
            false => config.peer(service),
        };
        Self {
            addresses: (ServiceName::ALL.iter())
                .map(|service| (*service, address(*service)))
                .collect(),
            credentials,
        }
    }

    /// A connection to a service.
    ///
    /// # Errors
    /// When where it is said to be is no address.
    pub fn channel(&self, service: ServiceName) -> Result<Channel, PeerError> {
        channel(&self.addresses[&service], self.credentials.clone())
    }
}

/// A connection to an address such as `http://ledger:7070`.
///
/// # Errors
/// When it is not an address.
pub fn channel(uri: &str, credentials: Credentials) -> Result<Channel, PeerError> {
    let endpoint = Endpoint::from_shared(uri.to_owned()).map_err(|source| PeerError::Address {
        uri: uri.to_owned(),
        source,
    })?;
    let channel = endpoint
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE_EVERY)
        .keep_alive_timeout(KEEPALIVE_PATIENCE)
        .keep_alive_while_idle(true)
        .connect_lazy();
    Ok(InterceptedService::new(channel, Outgoing { credentials }))
}

/// A wildcard address is no address to call.
fn reachable(own: SocketAddr) -> SocketAddr {
    use std::net::{Ipv4Addr, Ipv6Addr};
    match own {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, v6.port()).into(),
        other => other,
    }
}

/// Adds what every outgoing request carries.
#[derive(Debug, Clone)]
pub struct Outgoing {
    credentials: Credentials,
}

impl Interceptor for Outgoing {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = self.credentials.token().map_err(status::unavailable)? {
            let bearer = MetadataValue::try_from(format!("Bearer {}", token.expose()));
            let mut bearer = bearer.map_err(status::internal)?;
            bearer.set_sensitive(true);
            request.metadata_mut().insert("authorization", bearer);
        }
        let trace = Span::current().context();
        TraceContextPropagator::new().inject_context(&trace, &mut Metadata(request.metadata_mut()));
        Ok(request)
    }
}

struct Metadata<'a>(&'a mut MetadataMap);

impl Injector for Metadata<'_> {
    fn set(&mut self, key: &str, value: String) {
        let key = MetadataKey::<Ascii>::from_bytes(key.as_bytes());
        if let (Ok(key), Ok(value)) = (key, value.parse()) {
            self.0.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_peer_is_in_this_process_or_as_configured_or_under_its_own_name() {
        let text = "services = [\"audit\"]\n[peers]\nledger = \"http://10.0.0.6:7001\"";
        let config = Config::parse(text).expect("good");
        let own: SocketAddr = "0.0.0.0:7070".parse().expect("an address");
        let peers = Peers::new(&config, own, Credentials::anonymous());
        for (service, address) in [
            (ServiceName::Audit, "http://127.0.0.1:7070"),
            (ServiceName::Ledger, "http://10.0.0.6:7001"),
            (ServiceName::Identity, "http://identity:7070"),
        ] {
            assert_eq!(peers.addresses[&service], address);
            assert!(peers.channel(service).is_ok());
        }
    }
}
