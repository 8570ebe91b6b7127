//! Why a process did not start.

use std::io;

/// Each says what to look at; wrong configuration ends the process with code 64.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error("the configuration is not usable")]
    Config(#[from] runtime::ConfigError),
    /// The clause pack, or another part of the surroundings.
    #[error("the process cannot be set up")]
    Surroundings(#[from] runtime::StartError),
    /// Logs, traces or metrics.
    #[error("telemetry cannot be set up")]
    Telemetry(#[from] runtime::telemetry::TelemetryError),
    /// A key file.
    #[error("a key cannot be used")]
    Key(#[from] auth::KeyError),
    /// A trusted issuer.
    #[error("a trusted issuer cannot be used")]
    Issuer(#[from] auth::IssuerError),
    /// The broker's address or credentials.
    #[error(transparent)]
    Broker(#[from] bus::BrokerError),
    /// A service's database could not be opened.
    #[error("the database of {service} cannot be opened")]
    Database {
        /// Whose.
        service: &'static str,
        /// Why.
        source: store::Unopened,
    },
    /// The schema is older than the program and this shape does not migrate by itself.
    #[error("the database of {service} waits for {}: start once with --migrate, or run its binary with --migrate-only", pending.join(", "))]
    Pending {
        /// Whose.
        service: &'static str,
        /// Migrations not applied.
        pending: Vec<String>,
    },
    /// A database statement failed while starting.
    #[error("the database failed")]
    Statement(#[from] sea_orm::DbErr),
    /// A port is taken or not allowed.
    #[error(transparent)]
    Bind(#[from] rpc::BindError),
    /// The services' parts do not fit together.
    #[error("the ports cannot be put together")]
    Serve(#[from] rpc::StartError),
    /// Another service cannot be reached even in principle.
    #[error("a peer cannot be called")]
    Peer(#[from] rpc::client::PeerError),
    /// A file or directory.
    #[error("{path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Another process uses this data directory.
    #[error("{path} is in use by another process")]
    InUse {
        /// The directory.
        path: String,
    },
    /// Anything else a service needs at start.
    #[error("{0}")]
    Other(String),
}

impl StartError {
    /// Exit code: 64 for a wrong configuration, 70 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Peer(_) => 64,
            _ => 70,
        }
    }
}
