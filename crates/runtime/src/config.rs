//! The configuration of a process: one TOML file, read once, checked whole before a port opens.

mod audit;
mod clients;
mod database;
mod error;
mod federation;
mod ic_card;
mod identity;
mod incidents;
mod issuers;
mod limits;
mod listen;
mod names;
mod nats;
mod pages;
mod read;
mod scim;
mod telemetry;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::ServiceName;

pub use audit::{AuditSection, SignerAt, WitnessAt};
pub use clients::ClientSection;
pub use database::{Database, Engine};
pub use error::{ConfigError, Problem};
pub use federation::{AcrSection, Ceiling, FederationSection};
pub use ic_card::IcCardSection;
pub use identity::{IdentitySection, PasswordHashing};
pub use incidents::IncidentsSection;
pub use issuers::{IssuerKind, TokenAlgorithm, TrustedIssuer};
pub use limits::{Limits, Shutdown};
pub use listen::Listen;
pub use nats::Nats;
pub use pages::PagesSection;
pub use scim::ScimSection;
pub use telemetry::{LogFormat, Telemetry};

use crate::Secret;

/// Everything a process is told from outside. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The services this process runs; all five in the embedded shape, one in the cluster's.
    pub services: Vec<ServiceName>,
    /// Where the process keeps files: SQLite databases, keys, the embedded bus.
    pub data_dir: PathBuf,
    /// A directory with another city's clause pack; none = the built-in one.
    pub pack_dir: Option<PathBuf>,
    /// The key that signs this platform's own workload tokens (PEM, mode 0600); none =
    /// `workload-key.pem` in the data directory, made at first start.
    pub workload_key_file: Option<PathBuf>,
    /// A file with the token this process shows to the others, kept fresh by someone else (a
    /// Kubernetes projected service-account token); none = tokens of the workload key.
    pub workload_token_file: Option<PathBuf>,
    /// Records of the services here up to this instant are of a clock that was ahead: they do not keep
    /// them from starting with one that is behind them. None = no such records are known.
    pub clock_was_ahead_until: Option<Timestamp>,
    /// The ports.
    pub listen: Listen,
    /// Where state and journals are.
    pub database: Database,
    /// The event bus.
    pub nats: Nats,
    /// Where the gRPC port of each other service is, as a URI. One that is not named here and not in
    /// this process is called by its own name: `http://ledger:7070`.
    pub peers: BTreeMap<ServiceName, String>,
    /// Logs, traces, metrics.
    pub telemetry: Telemetry,
    /// Bounds on requests.
    pub limits: Limits,
    /// How long stopping may take.
    pub shutdown: Shutdown,
    /// Whose tokens are accepted, beside this platform's own.
    pub issuers: Vec<TrustedIssuer>,
    /// Settings of the identity service.
    pub identity: IdentitySection,
    /// Settings of the incidents service.
    pub incidents: IncidentsSection,
    /// Settings of the audit service.
    pub audit: AuditSection,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            services: ServiceName::ALL.to_vec(),
            data_dir: "data".into(),
            pack_dir: None,
            workload_key_file: None,
            workload_token_file: None,
            clock_was_ahead_until: None,
            listen: Listen::default(),
            database: Database::default(),
            nats: Nats::default(),
            peers: BTreeMap::new(),
            telemetry: Telemetry::default(),
            limits: Limits::default(),
            shutdown: Shutdown::default(),
            issuers: Vec::new(),
            identity: IdentitySection::default(),
            incidents: IncidentsSection::default(),
            audit: AuditSection::default(),
        }
    }
}

impl Config {
    /// The embedded shape: all five services, SQLite under `data_dir`, loopback ports.
    pub fn defaults_for_embedded(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            ..Self::default()
        }
    }

    /// Reads a file, reads the secrets it names, and checks it.
    ///
    /// # Errors
    /// Names the file, and the key and reason of every problem.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parsed(&text, Some(&path.display().to_string()))
    }

    /// The same from text.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        Self::parsed(text, None)
    }

    fn parsed(text: &str, file: Option<&str>) -> Result<Self, ConfigError> {
        let mut config = read::read(text, file)?;
        config.read_secrets()?;
        config.check()?;
        Ok(config)
    }

    /// Judges the whole; call it again after overriding values from the command line.
    ///
    /// # Errors
    /// Every problem, not only the first.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        let mut problem = |key: &str, reason: String| problems.push(Problem::new(key, reason));
        if self.services.is_empty() {
            problem("services", "name at least one service".into());
        }
        for (at, service) in self.services.iter().enumerate() {
            if self.services[..at].contains(service) {
                problem("services", format!("{service} is named twice"));
            }
        }
        for (service, uri) in &self.peers {
            if !is_http_uri(uri) {
                problem(
                    &format!("peers.{service}"),
                    format!("{uri:?} must begin with http:// or https:// and name a host"),
                );
            }
        }
        self.listen.check(&mut problem);
        self.database.check(&self.services, &mut problem);
        self.nats.check(&mut problem);
        self.telemetry.check(&mut problem);
        self.limits.check(&mut problem);
        self.identity.check(&mut problem);
        self.incidents.check(&mut problem);
        self.audit.check(&mut problem);
        issuers::check(&self.issuers, &mut problem);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Invalid(problems))
        }
    }

    /// The configuration with all defaults written out and secrets redacted.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("a configuration can be written as TOML")
    }

    /// Whether this process runs that service.
    pub fn runs(&self, service: ServiceName) -> bool {
        self.services.contains(&service)
    }

    /// Where a service of another process answers gRPC.
    pub fn peer(&self, service: ServiceName) -> String {
        let by_name = || format!("http://{service}:7070");
        self.peers.get(&service).cloned().unwrap_or_else(by_name)
    }

    /// Whether this process is the whole platform.
    pub fn runs_all(&self) -> bool {
        ServiceName::ALL.iter().all(|service| self.runs(*service))
    }

    /// Where the workload key is.
    pub fn workload_key_path(&self) -> PathBuf {
        self.workload_key_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("workload-key.pem"))
    }

    fn read_secrets(&mut self) -> Result<(), ConfigError> {
        if let Some(path) = &self.database.url_file {
            if self.database.url.is_some() {
                return Err(ConfigError::one(
                    "database.url_file",
                    "give either url or url_file, not both",
                ));
            }
            let secret = Secret::read(path).map_err(|source| ConfigError::Secret {
                key: "database.url_file",
                source,
            })?;
            self.database.url = Some(secret);
        }
        Ok(())
    }
}

pub(crate) fn is_http_uri(uri: &str) -> bool {
    let rest = uri
        .strip_prefix("http://")
        .or_else(|| uri.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests;
