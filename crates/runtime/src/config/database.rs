//! Where the services keep their state: SQLite files, or PostgreSQL.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use standard::ServiceName;

use crate::Secret;

const PLACEHOLDER: &str = "{service}";

/// The database section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://...`; none = one SQLite file per service under the data directory.
    /// `{service}` in it is replaced by the service's name (one database each); without it, each
    /// service has a schema of its own.
    pub url: Option<Secret<String>>,
    /// A file that holds the URL, since it usually holds a password.
    pub url_file: Option<PathBuf>,
    /// Put before the name of each service's schema, so that several platforms can share one
    /// PostgreSQL database. Lower-case letters, digits, `_`; empty = none.
    pub schema_prefix: String,
    /// Connections per service, 1 to 1,000.
    pub max_connections: u32,
    /// Bring the schema up to date at start; none = for SQLite only, since in a cluster a job does
    /// it once before the rollout.
    pub migrate: Option<bool>,
}

/// What one service opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, and the schema to use in it when it is shared.
    Postgres {
        /// The connection string.
        url: Secret<String>,
        /// The service's schema; none = the database is the service's alone.
        schema: Option<String>,
    },
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            url_file: None,
            schema_prefix: String::new(),
            max_connections: 16,
            migrate: None,
        }
    }
}

impl Database {
    /// Which database a service uses.
    pub fn engine(&self, service: ServiceName, data_dir: &Path) -> Engine {
        match &self.url {
            None => Engine::Sqlite(data_dir.join(format!("{service}.db"))),
            Some(url) if url.expose().contains(PLACEHOLDER) => Engine::Postgres {
                url: Secret::new(url.expose().replace(PLACEHOLDER, service.as_str())),
                schema: None,
            },
            Some(url) => Engine::Postgres {
                url: url.clone(),
                schema: Some(format!("{}{service}", self.schema_prefix)),
            },
        }
    }

    /// Whether a service brings its schema up to date at start.
    pub fn migrates_at_start(&self) -> bool {
        self.migrate.unwrap_or(self.url.is_none())
    }

    pub(crate) fn check(&self, services: &[ServiceName], problem: &mut impl FnMut(&str, String)) {
        if !(1..=1000).contains(&self.max_connections) {
            problem(
                "database.max_connections",
                format!("{} is not within 1 to 1000", self.max_connections),
            );
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if let Some(c) = self.schema_prefix.chars().find(|c| !plain(*c)) {
            problem(
                "database.schema_prefix",
                format!("{c:?} cannot be part of a schema name"),
            );
        }
        let Some(url) = &self.url else { return };
        let url = url.expose();
        // The value itself stays out of the message: it holds a password.
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            problem(
                "database.url",
                "must begin with postgres:// (leave it out for SQLite)".into(),
            );
        }
        if url.matches(PLACEHOLDER).count() > 1 && services.len() > 1 {
            problem(
                "database.url",
                format!("{PLACEHOLDER} may stand in it once"),
            );
        }
    }
}
