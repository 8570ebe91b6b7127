//! The event bus.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The NATS section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nats {
    /// `nats://host:4222`; none = no broker: consumers read the sources' journals directly, which
    /// is slower and loses nothing. The embedded shape fills it in when it has started its own.
    pub url: Option<String>,
    /// Put before every stream, subject and durable name, so that several platforms (tests) can
    /// share one broker. Letters, digits, `-` and `_`; empty = none.
    pub prefix: String,
    /// A NATS credentials file.
    pub credentials_file: Option<PathBuf>,
    /// Copies of every stream: 1, 3 or 5. Three in a cluster of brokers.
    pub replicas: usize,
}

impl Default for Nats {
    fn default() -> Self {
        Self {
            url: None,
            prefix: String::new(),
            credentials_file: None,
            replicas: 1,
        }
    }
}

impl Nats {
    pub(crate) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        if let Some(url) = &self.url
            && !(url.starts_with("nats://") || url.starts_with("tls://"))
        {
            problem(
                "nats.url",
                format!("{url:?} must begin with nats:// or tls://"),
            );
        }
        if ![1, 3, 5].contains(&self.replicas) {
            problem(
                "nats.replicas",
                format!("{} is not 1, 3 or 5", self.replicas),
            );
        }
        let odd = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if let Some(c) = self.prefix.chars().find(|c| odd(*c)) {
            problem(
                "nats.prefix",
                format!("{c:?} cannot be part of a stream name"),
            );
        }
    }
}
