//! What can be wrong with a configuration, said so that it can be put right at once.

use std::{fmt, path::PathBuf};

use crate::SecretError;

/// A key and what is wrong with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, with its tables: `limits.max_in_flight`; or its place: `sekisho.toml:3`.
    pub key: String,
    /// What is wrong, in words.
    pub reason: String,
}

impl Problem {
    pub(crate) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.reason)
    }
}

/// Why a configuration cannot be used. The process ends with exit code 64.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing, forbidden, or not text.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not TOML, unknown keys, or values of the wrong type: each with its file and line.
    #[error("{}", lines(.0))]
    Syntax(Vec<Problem>),
    /// A file with a secret cannot be used.
    #[error("{key}")]
    Secret {
        /// The key that names the file.
        key: &'static str,
        /// What is wrong with the file.
        source: SecretError,
    },
    /// Well formed, but the values cannot be meant.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
}

impl ConfigError {
    pub(crate) fn one(key: &str, reason: &str) -> Self {
        Self::Invalid(vec![Problem::new(key, reason)])
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}
