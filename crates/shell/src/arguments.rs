//! The command line of a process: each flag overrides the configuration file.

use std::{net::SocketAddr, path::PathBuf};

use jiff::Timestamp;
use runtime::{
    Config, Secret,
    config::{IssuerKind, PagesSection, TokenAlgorithm, TrustedIssuer},
};
use standard::ServiceName;

use crate::StartError;

/// Flags that every process of the platform takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Arguments {
    /// Configuration file (TOML); flags override it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where keys, SQLite files and the embedded broker live [default: data].
    #[arg(long, value_name = "DIR", env = "SEKISHO_DATA")]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead of SQLite: postgres://USER@HOST/DATABASE; every service keeps to a
    /// schema of its own, or to a database of its own where `{service}` stands in the URL.
    #[arg(
        long,
        value_name = "URL",
        env = "SEKISHO_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// Put before the name of each service's PostgreSQL schema.
    #[arg(long, value_name = "TEXT")]
    pub schema_prefix: Option<String>,
    /// Bring the database schema up to date at start (SQLite always is).
    #[arg(long)]
    pub migrate: bool,
    /// The broker: nats://HOST:4222, with a token before the host where it asks for one:
    /// nats://TOKEN@HOST:4222, or nats://USER:PASSWORD@HOST:4222.
    #[arg(
        long,
        value_name = "URL",
        env = "SEKISHO_NATS_URL",
        hide_env_values = true
    )]
    pub nats_url: Option<String>,
    /// Put before every name on the broker.
    #[arg(long, value_name = "TEXT")]
    pub nats_prefix: Option<String>,
    /// Where to answer gRPC [default: 127.0.0.1:7070].
    #[arg(long, value_name = "HOST:PORT")]
    pub grpc: Option<SocketAddr>,
    /// Where to answer HTTP: metrics, health, keys [default: 127.0.0.1:7080].
    #[arg(long, value_name = "HOST:PORT")]
    pub http: Option<SocketAddr>,
    /// Where another service answers gRPC: ledger=http://HOST:PORT. Repeat for each [default: under its
    /// own name, http://ledger:7070].
    #[arg(long = "peer", value_name = "SERVICE=URI", value_parser = service_at)]
    pub peers: Vec<(ServiceName, String)>,
    /// Where identity's public keys are, when it runs elsewhere [default: http://identity:7080].
    #[arg(long, value_name = "URI")]
    pub identity_http: Option<String>,
    /// The key that signs workload tokens, shared by the platform's processes.
    #[arg(long, value_name = "FILE")]
    pub workload_key: Option<PathBuf>,
    /// Start although the clock is behind something that was recorded up to this instant: the clock is
    /// right, and the one of that time was ahead.
    #[arg(long, value_name = "TIME", env = "SEKISHO_CLOCK_WAS_AHEAD_UNTIL")]
    pub clock_was_ahead_until: Option<Timestamp>,
    /// What to log: `info`, `sekisho=debug` ...
    #[arg(long, value_name = "FILTER", env = "SEKISHO_LOG")]
    pub log: Option<String>,
    /// OpenTelemetry collector for traces and metrics: http://HOST:4317.
    #[arg(long, value_name = "URI", env = "SEKISHO_OTLP_ENDPOINT")]
    pub otlp: Option<String>,
}

/// Reads `SERVICE=URI`: where a service answers.
///
/// # Errors
/// What is wrong with it.
pub fn service_at(text: &str) -> Result<(ServiceName, String), String> {
    let (name, uri) = text.split_once('=').ok_or("write SERVICE=URI")?;
    let service = name
        .parse::<ServiceName>()
        .map_err(|error| error.to_string())?;
    Ok((service, uri.to_owned()))
}

impl Arguments {
    /// The configuration: the file's, or the embedded defaults, under these flags.
    pub fn configuration(&self, services: Option<&[ServiceName]>) -> Result<Config, StartError> {
        let mut config = match &self.config {
            Some(path) => Config::load(path)?,
            None => Config::defaults_for_embedded("data"),
        };
        if let Some(services) = services {
            config.services = services.to_vec();
        }
        set(&mut config.data_dir, self.data.clone());
        if let Some(url) = &self.database_url {
            config.database.url = Some(Secret::new(url.clone()));
        }
        set(
            &mut config.database.schema_prefix,
            self.schema_prefix.clone(),
        );
        if self.migrate {
            config.database.migrate = Some(true);
        }
        if let Some(url) = &self.nats_url {
            config.nats.url = Some(Secret::new(url.clone()));
        }
        set(&mut config.nats.prefix, self.nats_prefix.clone());
        set(&mut config.listen.grpc, self.grpc);
        set(&mut config.listen.http, self.http);
        follow_http(&mut config, self.http);
        config.peers.extend(self.peers.iter().cloned());
        if self.workload_key.is_some() {
            config.workload_key_file.clone_from(&self.workload_key);
        }
        if self.clock_was_ahead_until.is_some() {
            config.clock_was_ahead_until = self.clock_was_ahead_until;
        }
        set(&mut config.telemetry.filter, self.log.clone());
        if self.otlp.is_some() {
            config.telemetry.otlp_endpoint.clone_from(&self.otlp);
        }
        trust_identity(&mut config, self.identity_http.as_deref());
        config.check()?;
        Ok(config)
    }
}

/// Whoever moves the port and says nowhere how browsers reach the pages means this machine: passkeys,
/// device sign-in and metadata go by that address.
fn follow_http(config: &mut Config, http: Option<SocketAddr>) {
    let pages = &mut config.identity.pages;
    let port = http.map(|http| http.port()).filter(|port| *port != 0);
    if let Some(port) = port
        && pages.origin == PagesSection::default().origin
    {
        pages.origin = format!("http://localhost:{port}");
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// A process without identity takes its word on who signed in: where the flag says it is, where an
/// issuer of people is configured, or under its own name.
fn trust_identity(config: &mut Config, at: Option<&str>) {
    let of_people = |issuer: &TrustedIssuer| issuer.kind == IssuerKind::People;
    let known = config.runs(ServiceName::Identity) || config.issuers.iter().any(of_people);
    let by_name = (!known).then_some("http://identity:7080");
    if let Some(uri) = at.or(by_name) {
        let issuer = identity_elsewhere(config, uri);
        config.issuers.push(issuer);
    }
}

fn identity_elsewhere(config: &Config, uri: &str) -> TrustedIssuer {
    TrustedIssuer {
        issuer: config.identity.issuer.clone(),
        audience: auth::AUDIENCE.to_owned(),
        kind: IssuerKind::People,
        jwks_url: Some(format!(
            "{}/.well-known/jwks.json",
            uri.trim_end_matches('/')
        )),
        jwks_file: None,
        algorithms: vec![TokenAlgorithm::Es256],
        jwks_bearer_file: None,
        jwks_ca_file: None,
        subjects: std::collections::BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(change: impl FnOnce(&mut Arguments)) -> Config {
        let mut arguments = Arguments::default();
        change(&mut arguments);
        arguments.configuration(None).expect("good")
    }

    #[test]
    fn the_pages_are_where_http_is() {
        let at = |http: &str| {
            configured(|arguments| arguments.http = Some(http.parse().expect("an address")))
        };
        assert_eq!(
            at("127.0.0.1:8080").identity.pages.origin,
            "http://localhost:8080"
        );
        let anywhere = at("127.0.0.1:0").identity.pages;
        assert_eq!(
            anywhere,
            PagesSection::default(),
            "any port is none to link to"
        );
        assert_eq!(configured(|_| ()).identity.pages, PagesSection::default());
    }

    #[test]
    fn pages_that_say_where_they_are_stay_there() {
        let told = PagesSection {
            origin: "https://sekisho.example".to_owned(),
            ..PagesSection::default()
        };
        let mut config = Config::defaults_for_embedded("data");
        config.identity.pages = told.clone();
        follow_http(
            &mut config,
            Some("127.0.0.1:8080".parse().expect("an address")),
        );
        assert_eq!(config.identity.pages, told);
    }

    #[test]
    fn pages_that_say_other_things_are_where_http_is_all_the_same() {
        let back = ["https://desk.example/back".to_owned()];
        let mut config = Config::defaults_for_embedded("data");
        config.identity.pages.return_to = back.to_vec();
        follow_http(
            &mut config,
            Some("127.0.0.1:8080".parse().expect("an address")),
        );
        let pages = config.identity.pages;
        assert_eq!(pages.origin, "http://localhost:8080");
        assert_eq!(pages.return_to, back);
    }

    #[test]
    fn without_identity_its_word_on_who_signed_in_is_taken_from_where_it_runs() {
        let keys = |services: &[ServiceName], at: Option<&str>| {
            let mut config = Config::defaults_for_embedded("data");
            config.services = services.to_vec();
            trust_identity(&mut config, at);
            let urls = config.issuers.into_iter().map(|issuer| issuer.jwks_url);
            urls.flatten().collect::<Vec<_>>()
        };
        let by_name = "http://identity:7080/.well-known/jwks.json";
        assert_eq!(keys(&[ServiceName::Audit], None), [by_name]);
        let told = keys(&[ServiceName::Audit], Some("http://10.0.0.6:7101/"));
        assert_eq!(told, ["http://10.0.0.6:7101/.well-known/jwks.json"]);
        let own: [&str; 0] = [];
        assert_eq!(keys(&[ServiceName::Identity], None), own);
    }
}
