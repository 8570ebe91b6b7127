//! The services' databases, read from outside: not through the store, whose word is under test.

use std::path::PathBuf;

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseBackend, DatabaseConnection, DatabaseTransaction,
    QueryResult, Statement, TransactionTrait as _,
};
use standard::ServiceName;

/// Where they are.
#[derive(Debug, Clone)]
pub(crate) enum Databases {
    /// A file each.
    Sqlite(PathBuf),
    /// A schema each.
    Postgres {
        /// The server's database.
        url: String,
        /// Before each schema's name.
        schema_prefix: String,
    },
}

/// A connection to one of them.
pub(crate) struct Database {
    connection: DatabaseConnection,
    backend: DatabaseBackend,
}

impl Databases {
    /// Connects to a service's.
    pub(crate) async fn open(&self, service: ServiceName) -> Database {
        let (mut options, backend) = match self {
            Self::Sqlite(directory) => {
                let file = directory.join(format!("{service}.db"));
                let url = format!("sqlite://{}?mode=rw", file.display());
                (ConnectOptions::new(url), DatabaseBackend::Sqlite)
            }
            Self::Postgres { url, schema_prefix } => {
                let mut options = ConnectOptions::new(url);
                options.set_schema_search_path(format!("{schema_prefix}{service}"));
                (options, DatabaseBackend::Postgres)
            }
        };
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await;
        Database {
            connection: connection.expect("a service's database"),
            backend,
        }
    }
}

impl Database {
    /// All rows of a query.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(self.backend, sql);
        let rows = self.connection.query_all_raw(statement).await;
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The only column of the only row.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let rows = self.rows(sql).await;
        let row = rows.first().expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// Keeps everybody else from writing until it is dropped.
    pub(crate) async fn hold(&self) -> DatabaseTransaction {
        let tx = self.connection.begin().await.expect("a transaction");
        let write = tx.execute_unprepared("UPDATE head SET position = position");
        write.await.expect("the lock of the only writer");
        tx
    }

    /// Changes something behind the service's back, as the owner of an SQLite file can: without the
    /// triggers that keep the log as it is.
    pub(crate) async fn tamper(&self, sql: &str) {
        let triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'";
        let triggers = Statement::from_string(DatabaseBackend::Sqlite, triggers);
        for row in self
            .connection
            .query_all_raw(triggers)
            .await
            .expect("triggers")
        {
            let name: String = row.try_get("", "name").expect("a name");
            let lifted = format!("DROP TRIGGER {name}");
            let lifted = self.connection.execute_unprepared(&lifted).await;
            lifted.expect("a trigger lifted");
        }
        let done = self.connection.execute_unprepared(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
