//! Tables every service has, and the shape of a state table. Services write their own migrations
//! with SeaORM's and put [`House`] first.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, binary, binary_null, pk_auto, string, text, text_null,
    },
};

use crate::Database;

/// The tables behind the write path.
pub(crate) const HOUSE: [&str; 7] = [
    "journal",
    "head",
    "lease",
    "watermark",
    "idempotency",
    "fact",
    "quarantine",
];

/// The migration of the tables behind the write path; first in every service's list.
#[derive(Debug)]
pub struct House;

impl MigrationName for House {
    fn name(&self) -> &str {
        "m0000_house"
    }
}

/// A state table: id, version, state (JSON) and updated_at (microseconds); add query columns.
pub fn state_table(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(Alias::new(name))
        .col(string("id").primary_key())
        .col(big_integer("version"))
        .col(text("state"))
        .col(big_integer("updated_at"))
        .to_owned()
}

/// An index on a table of one's own.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .name(format!("{table}_{}", columns.join("_")))
        .table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index.to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for House {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            journal(),
            head(),
            lease(),
            watermark(),
            idempotency(),
            fact(),
            quarantine(),
        ] {
            manager.create_table(table).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE INDEX journal_waiting ON journal (id) WHERE position IS NULL",
        )
        .await?;
        db.execute_unprepared("CREATE INDEX fact_source_position ON fact (source, position)")
            .await?;
        db.execute_unprepared("CREATE INDEX idempotency_at ON idempotency (at)")
            .await?;
        manager
            .exec_stmt(
                Query::insert()
                    .into_table("head")
                    .columns(["position", "hash", "published"])
                    .values_panic([0i64.into(), vec![0u8; 32].into(), 0i64.into()])
                    .to_owned(),
            )
            .await
    }
}

fn journal() -> TableCreateStatement {
    Table::create()
        .table("journal")
        .col(pk_auto("id").big_integer())
        .col(string("record_id"))
        .col(string("aggregate"))
        .col(string("subject"))
        .col(string("kind"))
        .col(big_integer_null("position").unique_key())
        .col(binary("record"))
        .to_owned()
}

fn head() -> TableCreateStatement {
    Table::create()
        .table("head")
        .col(big_integer("position"))
        .col(binary("hash"))
        .col(big_integer("published"))
        .to_owned()
}

fn lease() -> TableCreateStatement {
    Table::create()
        .table("lease")
        .col(string("name").primary_key())
        .col(string("holder"))
        .col(big_integer("epoch"))
        .col(big_integer("expires_at"))
        .to_owned()
}

fn watermark() -> TableCreateStatement {
    Table::create()
        .table("watermark")
        .col(string("source").primary_key())
        .col(big_integer("position"))
        .col(binary("hash"))
        .col(big_integer("retried").default(0))
        .to_owned()
}

fn idempotency() -> TableCreateStatement {
    Table::create()
        .table("idempotency")
        .col(string("actor"))
        .col(string("key"))
        .col(string("fingerprint"))
        .col(string("id"))
        .col(big_integer("version"))
        .col(text("state"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("actor").col("key"))
        .to_owned()
}

fn fact() -> TableCreateStatement {
    Table::create()
        .table("fact")
        .col(string("kind"))
        .col(string("id"))
        .col(string("source"))
        .col(big_integer("position"))
        .col(text_null("body"))
        .primary_key(Index::create().col("kind").col("id"))
        .to_owned()
}

fn quarantine() -> TableCreateStatement {
    Table::create()
        .table("quarantine")
        .col(string("source"))
        .col(big_integer("position"))
        .col(binary_null("record"))
        .col(text("reason"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("source").col("position"))
        .to_owned()
}

impl Database {
    /// Brings the schema up to date. Replicas that start together take turns.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        M::up(self.migrations(), None).await
    }

    /// Names of migrations not yet applied; a cluster's service refuses to start with any.
    pub async fn pending<M: MigratorTrait>(&self) -> Result<Vec<String>, DbErr> {
        // Read only: a service need not have the right to make tables.
        let pending = M::get_pending_migrations_read_only(self.migrations()).await?;
        Ok(pending.iter().map(|m| m.name().to_owned()).collect())
    }
}
