//! On which database a line was measured.

use sea_orm_migration::MigratorTrait;
use store::{Database, Options};
use testkit::{Engine, TestDatabase, postgres_database, sqlite_database};

/// Connections on either side, as many as a process of the tests has.
const CONNECTIONS: u32 = 5;

pub(crate) const BOTH: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

pub(crate) const fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    }
}

/// A migrated database that syncs what it commits, and a second way into it with as many
/// connections as a process of the platform has.
pub(crate) async fn database<M: MigratorTrait>(engine: Engine) -> (TestDatabase, Database) {
    let test = match engine {
        Engine::Sqlite => sqlite_database::<M>().await,
        Engine::Postgres => postgres_database::<M>().await,
    };
    let options = Options {
        max_connections: CONNECTIONS,
        ..test.options.clone()
    };
    let database = Database::open(&options).await.expect("the same database");
    (test, database)
}
