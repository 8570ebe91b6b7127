//! Applications that may have sessions of their own.

use serde::{Deserialize, Serialize};

/// A registered client of identity's OAuth server. It is a public one: it holds no secret, and
/// people let it in one session at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSection {
    /// Its `client_id`: 1 to 64 letters, digits, `-`, `_` or `.`.
    pub client_id: String,
    /// Its name, as people see it who are asked to let it in, in Japanese.
    pub name_ja: String,
    /// The same in English.
    pub name_en: String,
}

impl ClientSection {
    /// The command line.
    pub(super) fn command_line() -> Self {
        Self {
            client_id: "sekisho-cli".into(),
            name_ja: "関所のコマンドライン".into(),
            name_en: "Sekisho command line".into(),
        }
    }
}

pub(super) fn check(clients: &[ClientSection], problem: &mut impl FnMut(&str, String)) {
    for (at, client) in clients.iter().enumerate() {
        let id = &client.client_id;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            problem(
                "identity.clients.client_id",
                format!("{id:?} is not 1 to 64 letters, digits, '-', '_' or '.'"),
            );
        }
        if clients[..at].iter().any(|other| other.client_id == *id) {
            problem(
                "identity.clients.client_id",
                format!("{id:?} is there twice"),
            );
        }
        if client.name_ja.is_empty() || client.name_en.is_empty() {
            problem(
                "identity.clients",
                format!("{id:?} needs a name in Japanese and in English"),
            );
        }
    }
}
