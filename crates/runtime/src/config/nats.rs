//! The event bus.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Secret;

/// The NATS section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nats {
    /// `nats://host:4222`, or `nats://token@host:4222`, or `nats://user:password@host:4222` (each
    /// taken as it stands, not percent-decoded); none = no broker: consumers read the sources'
    /// journals directly, which is slower and loses nothing. The embedded shape fills it in when it
    /// has started its own.
    pub url: Option<Secret<String>>,
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
        let known = |url: &Secret<String>| {
            let url = url.expose();
            url.starts_with("nats://") || url.starts_with("tls://")
        };
        if self.url.as_ref().is_some_and(|url| !known(url)) {
            problem(
                "nats.url",
                "it must begin with nats:// or tls://".to_owned(),
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
