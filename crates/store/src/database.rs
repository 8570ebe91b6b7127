//! Opening a service's own database: one PostgreSQL schema or database, or one SQLite file.

use std::{path::Path, time::Duration};

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait as _,
    sqlx::{
        Connection as _,
        postgres::{PgConnectOptions, PgConnection},
    },
};

/// Which database it is; the few statements that differ ask here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// PostgreSQL 13 or later.
    Postgres,
    /// SQLite in WAL mode, one process only.
    Sqlite,
}

/// Where the database is.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://...` or `sqlite://path`.
    pub url: String,
    /// PostgreSQL: the schema this service keeps to itself; created when missing.
    pub schema: Option<String>,
    /// Connections at most (PostgreSQL), or readers at most (SQLite, which has one writer).
    pub max_connections: u32,
}

impl Options {
    /// An SQLite file.
    pub fn sqlite(path: &Path) -> Self {
        Self {
            url: format!("sqlite://{}?mode=rwc", path.display()),
            schema: None,
            max_connections: 4,
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Unopened {
    /// Neither PostgreSQL nor SQLite.
    #[error("a database url begins with postgres:// or sqlite://")]
    Scheme,
    /// A schema name is lower-case letters, digits and underscores.
    #[error("{0:?} is not a schema name")]
    Schema(String),
    /// The server does not let anybody in, or nobody answers there.
    #[error("no connection to {address}")]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the server or the system says.
        source: sea_orm::sqlx::Error,
    },
    /// The database said no.
    #[error("the database cannot be opened")]
    Database(#[from] DbErr),
}

/// The pools of one service's database.
#[derive(Debug, Clone)]
pub struct Database {
    backend: Backend,
    write: DatabaseConnection,
    read: DatabaseConnection,
}

impl Database {
    /// Opens it; creates the file or the schema when missing.
    pub async fn open(options: &Options) -> Result<Self, Unopened> {
        if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            Self::open_postgres(options).await
        } else if options.url.starts_with("sqlite:") {
            Self::open_sqlite(options).await
        } else {
            Err(Unopened::Scheme)
        }
    }

    async fn open_postgres(options: &Options) -> Result<Self, Unopened> {
        let mut connect = quiet(&options.url);
        connect.max_connections(options.max_connections);
        if let Some(schema) = &options.schema {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if schema.is_empty() || !schema.chars().all(plain) {
                return Err(Unopened::Schema(schema.clone()));
            }
            let mut once = quiet(&options.url);
            once.max_connections(1);
            let bare = connect_postgres(once).await?;
            if !has_schema(&bare, schema).await? {
                // Two replicas starting at once may both create it: whoever loses finds it there.
                let create = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
                if bare.execute_unprepared(&create).await.is_err() {
                    bare.execute_unprepared(&create).await?;
                }
            }
            bare.close().await?;
            connect.set_schema_search_path(schema.clone());
        }
        // A process that stands still in the middle of a transaction holds its locks, and with them
        // everybody who would take over.
        connect.map_sqlx_postgres_opts(|options| {
            options.options([("idle_in_transaction_session_timeout", "10s")])
        });
        let pool = connect_postgres(connect).await?;
        Ok(Self {
            backend: Backend::Postgres,
            write: pool.clone(),
            read: pool,
        })
    }

    /// SQLite has one writer: a pool of one queues writers fairly instead of failing them as busy.
    async fn open_sqlite(options: &Options) -> Result<Self, Unopened> {
        let pragmas = |o: sea_orm::sqlx::sqlite::SqliteConnectOptions| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            o.journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                // What a rehearsal hides tables behind is nothing to leave on a disk.
                .pragma("temp_store", "memory")
        };
        let mut writer = quiet(&options.url);
        writer
            .max_connections(1)
            .min_connections(1)
            .map_sqlx_sqlite_opts(pragmas)
            // When a write fails (a full disk), SQLite ends the transaction by itself, and the client
            // goes on counting it: what came next would be part of a transaction that never commits.
            .map_sqlx_sqlite_before_acquire(|writer, _| {
                let free = !writer.is_in_transaction();
                Box::pin(async move { Ok(free) })
            });
        let write = sea_orm::Database::connect(writer).await?;
        let mut readers = quiet(&options.url);
        readers
            .max_connections(options.max_connections)
            .map_sqlx_sqlite_opts(pragmas);
        let read = sea_orm::Database::connect(readers).await?;
        Ok(Self {
            backend: Backend::Sqlite,
            write,
            read,
        })
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// For queries. Never writes.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For migrations only.
    pub fn migrations(&self) -> &DatabaseConnection {
        &self.write
    }

    /// The only `begin` of the platform.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.write
            .begin_with_options(TransactionOptions {
                access_mode: match self.backend {
                    Backend::Postgres => Some(AccessMode::ReadWrite),
                    Backend::Sqlite => None,
                },
                // Taking the write lock at once keeps two readers from meeting as writers.
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// Ends all connections, whoever holds this database still. An SQLite file then holds all that
    /// was committed, without its `-wal` beside it.
    pub async fn close(self) -> Result<(), DbErr> {
        let written = self.write.close().await;
        match self.backend {
            Backend::Sqlite => written.and(self.read.close().await),
            Backend::Postgres => written,
        }
    }
}

impl Backend {
    /// SeaORM's name for it.
    pub fn sea(self) -> DatabaseBackend {
        match self {
            Self::Postgres => DatabaseBackend::Postgres,
            Self::Sqlite => DatabaseBackend::Sqlite,
        }
    }

    /// Locks the rows of a SELECT until the transaction ends; SQLite's writer holds all anyway.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            Self::Postgres => " FOR UPDATE",
            Self::Sqlite => "",
        }
    }
}

/// A server that starts at the same time is waited for as long as a connection may take. All a pool
/// tells then is that its time was over, so the server is asked once more for the reason.
async fn connect_postgres(options: ConnectOptions) -> Result<DatabaseConnection, Unopened> {
    let url = options.get_url().to_owned();
    let failed = match sea_orm::Database::connect(options).await {
        Ok(pool) => return Ok(pool),
        Err(failed) => failed,
    };
    let Ok(server) = url.parse::<PgConnectOptions>() else {
        return Err(failed.into());
    };
    let address = format!("{}:{}", server.get_host(), server.get_port());
    match tokio::time::timeout(PATIENCE, PgConnection::connect_with(&server)).await {
        Ok(Err(source)) => Err(Unopened::Unreachable { address, source }),
        Ok(Ok(_)) => Err(failed.into()),
        Err(_) => {
            let source = std::io::Error::from(std::io::ErrorKind::TimedOut).into();
            Err(Unopened::Unreachable { address, source })
        }
    }
}

/// Asked first: to create one even if it is there takes a right that a service need not have.
async fn has_schema(db: &DatabaseConnection, schema: &str) -> Result<bool, DbErr> {
    let sql = format!("SELECT 1 FROM pg_namespace WHERE nspname = '{schema}'");
    let found = Statement::from_string(DatabaseBackend::Postgres, sql);
    Ok(db.query_one_raw(found).await?.is_some())
}

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

fn quiet(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .sqlx_logging(false)
        .connect_timeout(PATIENCE)
        .acquire_timeout(PATIENCE);
    options
}
