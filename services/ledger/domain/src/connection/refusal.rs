//! Why something asked of a connection was not done.

use kernel::{ClauseId, ConnectionId, Kind, NetworkId, SystemId};

use crate::{clauses, keeper::NotYours};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the caller's to write.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// No such connection.
    #[error("the ledger has no such connection")]
    NotFound,
    /// The number belongs to a connection that was removed.
    #[error("connection {0} was removed; a removed number is not used again")]
    Removed(ConnectionId),
    /// The number belongs to a connection between other ends.
    #[error("connection {0} exists already, between another system and network")]
    Exists(ConnectionId),
    /// No such system, or out of service.
    #[error("the ledger has no system {0} in service")]
    UnknownSystem(SystemId),
    /// No such network.
    #[error("the ledger has no network {0}")]
    UnknownNetwork(NetworkId),
    /// Rules stand against it, and nothing in force relaxes them.
    #[error("forbidden by {}, and no permit or exception in force covers it", list(.0))]
    Forbidden(Vec<ClauseId>),
}

fn list(clauses: &[ClauseId]) -> String {
    let ids: Vec<&str> = clauses.iter().map(ClauseId::as_str).collect();
    ids.join(", ")
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotYours(inner) => inner.kind(),
            Self::NotFound => Kind::NotFound,
            Self::Exists(_) => Kind::Conflict,
            Self::Removed(_)
            | Self::UnknownSystem(_)
            | Self::UnknownNetwork(_)
            | Self::Forbidden(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotYours(inner) => inner.code(),
            Self::NotFound => "connection_not_found",
            Self::Removed(_) => "connection_removed",
            Self::Exists(_) => "connection_exists",
            Self::UnknownSystem(_) => "connection_system_unknown",
            Self::UnknownNetwork(_) => "connection_network_unknown",
            Self::Forbidden(_) => "connection_forbidden",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotYours(inner) => inner.clauses(),
            Self::Forbidden(clauses) => clauses.clone(),
            Self::UnknownSystem(_) => vec![clauses::SYSTEM_LEDGER],
            Self::UnknownNetwork(_) => vec![clauses::NETWORK_CLASS],
            Self::NotFound | Self::Removed(_) | Self::Exists(_) => Vec::new(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Removed(_) | Self::Exists(_) => Some("connection_id".to_owned()),
            Self::NotYours(_) | Self::UnknownSystem(_) => Some("system_id".to_owned()),
            Self::UnknownNetwork(_) | Self::Forbidden(_) => Some("network_id".to_owned()),
            Self::NotFound => None,
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotYours(inner) => inner.message_ja(),
            Self::NotFound => "この接続は台帳にありません。".to_owned(),
            Self::Removed(id) => format!("接続{id}は廃止済みです。番号は再利用できません。"),
            Self::Exists(id) => {
                format!("接続{id}は、別のシステムとネットワークの接続として登録済みです。")
            }
            Self::UnknownSystem(id) => {
                format!("情報システム{id}は台帳にないか、利用を終了しています。")
            }
            Self::UnknownNetwork(id) => format!("ネットワーク{id}は台帳にありません。"),
            Self::Forbidden(clauses) => format!(
                "この接続は認められません（条項 {}）。有効な許可又は例外措置がありません。",
                list(clauses)
            ),
        }
    }
}
