//! The statements of one command, with nothing around them but sqlx.

use sea_orm::sqlx::{self, Row as _};
use store::{Backend, Database};

const LOAD: &str = "SELECT version, state FROM system WHERE id = $1";
const UPDATE: &str = "UPDATE system SET version = $3, state = $4, updated_at = $5, name_key = $6, \
     owner_section = $7, network_class = $8, highest_class = $9, important = $10, retired = $11 \
     WHERE id = $1 AND version = $2";
const INSERT: &str = "INSERT INTO journal (record_id, aggregate, subject, kind, record) \
     VALUES ($1, $2, $3, $4, $5)";

/// Does what a command did once, again and again: the same state, the same record.
pub(crate) struct Bare {
    pools: Pools,
    state: String,
    record: Vec<u8>,
    kind: String,
}

enum Pools {
    Sqlite(sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

impl Bare {
    /// On the pools of this database, which knows the system already.
    pub(crate) async fn new(database: &Database, system: &str) -> Self {
        use sea_orm::{ConnectionTrait as _, Statement};
        let row = async |sql: &str| {
            let values = [system.into()];
            let statement = Statement::from_sql_and_values(database.backend().sea(), sql, values);
            let row = database.read().query_one_raw(statement).await;
            row.expect("a query").expect("a row")
        };
        let state = row("SELECT state FROM system WHERE id = $1").await;
        let journal = row("SELECT kind, record FROM journal WHERE subject = $1").await;
        let pools = match database.backend() {
            Backend::Sqlite => {
                Pools::Sqlite(database.migrations().get_sqlite_connection_pool().clone())
            }
            Backend::Postgres => {
                Pools::Postgres(database.migrations().get_postgres_connection_pool().clone())
            }
        };
        Self {
            pools,
            state: state.try_get("", "state").expect("a state"),
            record: journal.try_get("", "record").expect("a record"),
            kind: journal.try_get("", "kind").expect("a kind"),
        }
    }

    /// Loads, updates, inserts, commits.
    pub(crate) async fn transact(&self, system: &str) {
        let id = runtime::new_id().to_string();
        // The two drivers have no type in common, hence once for each.
        macro_rules! transact {
            ($pool:expr, $begin:expr, $load:expr) => {{
                let mut tx = $pool.begin_with($begin).await.expect("a transaction");
                let row = sqlx::query($load).bind(system).fetch_one(&mut *tx).await;
                let row = row.expect("the system");
                let (version, _): (i64, String) = (row.get(0), row.get(1));
                let updated = sqlx::query(UPDATE)
                    .bind(system)
                    .bind(version)
                    .bind(version + 1)
                    .bind(&self.state)
                    .bind(version)
                    .bind("施設予約システム")
                    .bind("1301")
                    .bind("internet")
                    .bind(None::<String>)
                    .bind(false)
                    .bind(false)
                    .execute(&mut *tx)
                    .await;
                assert_eq!(updated.expect("an update").rows_affected(), 1);
                let inserted = sqlx::query(INSERT)
                    .bind(&id)
                    .bind("system")
                    .bind(system)
                    .bind(&self.kind)
                    .bind(&self.record)
                    .execute(&mut *tx)
                    .await;
                inserted.expect("an insert");
                tx.commit().await.expect("a commit");
            }};
        }
        match &self.pools {
            Pools::Sqlite(pool) => transact!(pool, "BEGIN IMMEDIATE", LOAD),
            Pools::Postgres(pool) => transact!(
                pool,
                "BEGIN READ WRITE",
                "SELECT version, state FROM system WHERE id = $1 FOR UPDATE"
            ),
        }
    }
}
