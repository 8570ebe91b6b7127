//! Why a process did not start.

use std::{io, net::SocketAddr};

use runtime::{
    Config,
    config::{IssuerKind, TrustedIssuer},
};
use standard::ServiceName;
use store::Unopened;

use crate::process::USAGE;

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
    #[error("the broker's address or credentials cannot be used (--nats-url)")]
    Broker(#[from] bus::BrokerError),
    /// A service's database could not be opened.
    #[error("the database of {service} cannot be opened")]
    Database {
        /// Whose.
        service: &'static str,
        /// Why.
        source: Unopened,
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
    #[error(
        "{address} ({key}) cannot be opened; choose another with {}",
        flag(key)
    )]
    Bind {
        /// The configuration key.
        key: &'static str,
        /// Its value.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The services' parts do not fit together.
    #[error("the ports cannot be put together")]
    Serve(#[from] rpc::StartError),
    /// Another service cannot be reached even in principle.
    #[error("a peer cannot be called")]
    Peer(#[from] rpc::client::PeerError),
    /// Services that this process neither runs nor knows where to find, and needs.
    #[error("it is not said where these services answer: {}; add {}", names(.0), example(.0))]
    PeersMissing(Vec<ServiceName>),
    /// Identity runs elsewhere, and nobody who signs people's tokens is trusted: no member of staff could
    /// call anything here.
    #[error(
        "nobody's word on who signed in is trusted here; add --identity-http http://HOST:PORT, where identity answers HTTP, or an issuer of the kind people"
    )]
    PeopleUnknown,
    /// A file or directory.
    #[error("{path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Another process uses this data directory.
    #[error("{path} is in use by another process; choose another directory with --data")]
    InUse {
        /// The directory.
        path: String,
    },
    /// Anything else a service needs at start.
    #[error("{0}")]
    Other(String),
}

impl StartError {
    /// All services that this process neither runs nor knows where to find.
    pub(crate) fn peers_missing(config: &Config) -> Self {
        let missing = ServiceName::ALL
            .iter()
            .filter(|service| !config.runs(**service) && !config.peers.contains_key(service));
        Self::PeersMissing(missing.copied().collect())
    }

    /// That a process without identity trusts somebody who signs people's tokens.
    pub(crate) fn unless_people_are_known(config: &Config) -> Result<(), Self> {
        let of_people = |issuer: &TrustedIssuer| issuer.kind == IssuerKind::People;
        if config.runs(ServiceName::Identity) || config.issuers.iter().any(of_people) {
            return Ok(());
        }
        Err(Self::PeopleUnknown)
    }

    /// Exit code: 64 for a wrong configuration, 70 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Peer(_) | Self::PeersMissing(_) | Self::PeopleUnknown => USAGE,
            _ => 70,
        }
    }

    /// The same as [`ToString::to_string`], in Japanese.
    pub fn message_ja(&self) -> String {
        match self {
            Self::Config(_) => "設定に誤りがあります。".to_owned(),
            Self::Surroundings(_) => "プロセスを準備できません。".to_owned(),
            Self::Telemetry(_) => "ログ・トレース・メトリクスを準備できません。".to_owned(),
            Self::Key(_) => "鍵ファイルが使えません。".to_owned(),
            Self::Issuer(_) => "トークンの発行者（issuers）の設定が使えません。".to_owned(),
            Self::Broker(_) => "NATSの宛先又は認証情報が使えません（--nats-url）。".to_owned(),
            Self::Database {
                service,
                source: Unopened::Unreachable { address, .. },
            } => format!("{service} のデータベース（{address}）につながりません。"),
            Self::Database { service, .. } => format!("{service} のデータベースを開けません。"),
            Self::Pending { service, pending } => format!(
                "{service} のデータベースに未適用の移行があります（{}）。--migrate を付けて一度起動するか、サービスの実行ファイルを --migrate-only で実行してください。",
                pending.join("、")
            ),
            Self::Statement(_) => "データベースの処理に失敗しました。".to_owned(),
            Self::Bind { key, address, .. } => format!(
                "{address}（{key}）を開けません。{} で別のアドレスを指定できます。",
                flag(key)
            ),
            Self::Serve(_) => "サービスを組み合わせられません。".to_owned(),
            Self::Peer(_) => "他のサービスの宛先が使えません（--peer）。".to_owned(),
            Self::PeersMissing(missing) => format!(
                "次のサービスの宛先が分かりません: {}。{} を付けてください。",
                names(missing),
                example(missing)
            ),
            Self::PeopleUnknown => "職員のトークンの発行者が分かりません。identity の HTTP の宛先を --identity-http http://HOST:PORT で指定するか、kind が people の発行者を設定してください。".to_owned(),
            Self::File { path, .. } => format!("{path} を使えません。"),
            Self::InUse { path } => format!(
                "{path} は別のプロセスが使っています。--data で別のディレクトリを指定できます。"
            ),
            Self::Other(why) => format!("起動できません: {why}"),
        }
    }
}

impl From<rpc::BindError> for StartError {
    fn from(error: rpc::BindError) -> Self {
        Self::Bind {
            key: error.key,
            address: error.address,
            source: error.source,
        }
    }
}

/// The flag for an address of the configuration.
fn flag(key: &str) -> String {
    format!("--{} HOST:PORT", key.trim_start_matches("listen."))
}

fn names(services: &[ServiceName]) -> String {
    let names: Vec<_> = services.iter().map(|service| service.as_str()).collect();
    names.join(", ")
}

fn example(services: &[ServiceName]) -> String {
    let flags = services
        .iter()
        .map(|service| format!("--peer {service}=http://HOST:PORT"));
    flags.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_missing_peers_are_named_with_what_to_write() {
        let text = "services = [\"audit\"]\n[peers]\nledger = \"http://ledger:7070\"";
        let config = Config::parse(text).expect("good");
        let error = StartError::peers_missing(&config);
        for words in [error.to_string(), error.message_ja()] {
            for service in ["identity", "approvals", "incidents"] {
                let flag = format!("--peer {service}=http://HOST:PORT");
                assert!(words.contains(&flag), "{words}");
            }
            assert!(
                !words.contains("ledger") && !words.contains("audit"),
                "{words}"
            );
        }
        assert_eq!(error.exit_code(), 64);
    }

    #[test]
    fn without_identity_somebody_has_to_say_who_signed_in() {
        let judged = |text: &str| {
            let config = Config::parse(text).expect("good");
            StartError::unless_people_are_known(&config)
        };
        let error = judged("services = [\"audit\"]").expect_err("nobody is trusted");
        for words in [error.to_string(), error.message_ja()] {
            assert!(
                words.contains("--identity-http http://HOST:PORT"),
                "{words}"
            );
        }
        assert_eq!(error.exit_code(), 64);
        let issuer = |kind: &str| {
            format!(
                "services = [\"audit\"]\n[[issuers]]\nissuer = \"urn:x\"\nkind = \"{kind}\"\n\
                 jwks_url = \"https://x/jwks\"\nalgorithms = [\"ES256\"]"
            )
        };
        assert!(judged(&issuer("workload")).is_err());
        assert!(judged(&issuer("people")).is_ok());
        assert!(judged("services = [\"identity\"]").is_ok());
    }

    #[test]
    fn a_port_that_is_taken_is_told_with_its_flag() {
        let error = StartError::from(rpc::BindError {
            key: "listen.http",
            address: ([127, 0, 0, 1], 7080).into(),
            source: io::ErrorKind::AddrInUse.into(),
        });
        for words in [error.to_string(), error.message_ja()] {
            assert!(words.contains("127.0.0.1:7080"), "{words}");
            assert!(words.contains("--http"), "{words}");
        }
    }

    #[test]
    fn a_database_that_does_not_answer_is_told_with_its_address() {
        let error = StartError::Database {
            service: "ledger",
            source: Unopened::Unreachable {
                address: "db:5432".to_owned(),
                source: io::Error::from(io::ErrorKind::ConnectionRefused).into(),
            },
        };
        assert!(error.message_ja().contains("db:5432"));
        let told = crate::explain(&error);
        assert!(
            told.contains("db:5432") && told.contains("refused"),
            "{told}"
        );
    }
}
