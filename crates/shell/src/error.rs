//! Why a process did not start.

use std::{io, net::SocketAddr};

use jiff::Timestamp;
use store::Unopened;

use crate::{past, process::USAGE};

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
    /// The clock is behind what the service has recorded: what has ended would live again.
    #[error(
        "the clock says {now}, but {service} has recorded something at {newest}. Set the clock right; if it is \
         right and was ahead before, start with --clock-was-ahead-until {} (docs/runbooks/wrong-clock.md)",
        past::covering(*newest)
    )]
    ClockBehind {
        /// Whose record.
        service: &'static str,
        /// The present instant by the clock.
        now: Timestamp,
        /// That of the record.
        newest: Timestamp,
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
    /// Exit code: 64 for a wrong configuration, 70 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Peer(_) => USAGE,
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
            Self::ClockBehind {
                service,
                now,
                newest,
            } => format!(
                "時計は {now} を指していますが、{service} には {newest} の記録があります。時計を合わせてください。今の時計が正しく、以前の時計が進んでいたのなら、--clock-was-ahead-until {} を付けて起動してください（docs/runbooks/wrong-clock.md）。",
                past::covering(*newest)
            ),
            Self::Statement(_) => "データベースの処理に失敗しました。".to_owned(),
            Self::Bind { key, address, .. } => format!(
                "{address}（{key}）を開けません。{} で別のアドレスを指定できます。",
                flag(key)
            ),
            Self::Serve(_) => "サービスを組み合わせられません。".to_owned(),
            Self::Peer(_) => "他のサービスの宛先が使えません（--peer）。".to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

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
