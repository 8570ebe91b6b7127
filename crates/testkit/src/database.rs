//! A fresh, migrated database for every test, on both engines.

use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use sea_orm_migration::{MigratorTrait, sea_orm::ConnectionTrait as _};
use store::{Database, Options};
use tempfile::TempDir;

use crate::shared_postgres;

/// A database of one test's own; an SQLite file goes with it.
#[derive(Debug)]
pub struct TestDatabase {
    /// The database.
    pub database: Database,
    /// How it was opened: open it again to see what a second process sees.
    pub options: Options,
    _directory: Option<TempDir>,
}

/// Runs a test on SQLite and then on PostgreSQL.
pub async fn on_both<M, F>(test: F)
where
    M: MigratorTrait,
    F: AsyncFn(TestDatabase),
{
    test(sqlite_database::<M>().await).await;
    test(postgres_database::<M>().await).await;
}

/// A new SQLite file.
pub async fn sqlite_database<M: MigratorTrait>() -> TestDatabase {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let options = Options::sqlite(&directory.path().join("test.db"));
    open::<M>(options, Some(directory)).await
}

/// A new schema on the shared PostgreSQL server.
pub async fn postgres_database<M: MigratorTrait>() -> TestDatabase {
    open::<M>(postgres_options(), None).await
}

/// A schema of one's own on the shared PostgreSQL server, not created yet.
pub fn postgres_options() -> Options {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Options {
        url: shared_postgres().to_owned(),
        schema: Some(format!("t{}_{number}", process::id())),
        max_connections: 8,
    }
}

/// Lets a lease run out, as if its holder had not renewed it in time.
pub async fn expire_lease(database: &Database, name: &str) {
    let run_out = format!("UPDATE lease SET expires_at = 0 WHERE name = '{name}'");
    let done = database.migrations().execute_unprepared(&run_out).await;
    assert_eq!(done.expect("a lease table").rows_affected(), 1, "{name}");
}

async fn open<M: MigratorTrait>(options: Options, directory: Option<TempDir>) -> TestDatabase {
    let database = Database::open(&options).await.expect("a database");
    database.migrate::<M>().await.expect("its tables");
    TestDatabase {
        database,
        options,
        _directory: directory,
    }
}
