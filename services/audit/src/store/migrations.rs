//! The tables of the log. What is in the log is only ever inserted.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, binary, binary_null, pk_auto, string, string_null, text,
    },
};
use store::schema::{House, index};

/// Every migration of the audit service, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(House), Box::new(Log)]
    }
}

#[derive(Debug)]
struct Log;

impl MigrationName for Log {
    fn name(&self) -> &str {
        "m0001_log"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Log {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            log(),
            node(),
            leaf(),
            entry(),
            entry_term(),
            indexed(),
            checkpoint(),
            source(),
            aside(),
            burst(),
        ] {
            manager.create_table(table).await?;
        }
        for columns in [
            &["record_id"][..],
            &["source", "idx"],
            &["actor", "idx"],
            &["subject", "idx"],
            &["kind", "idx"],
            &["at"],
        ] {
            manager.create_index(index("entry", columns)).await?;
        }
        let mut place = index("leaf", &["source", "position"]);
        manager.create_index(place.unique().to_owned()).await?;
        manager
            .exec_stmt(
                Query::insert()
                    .into_table("log")
                    .columns(["id", "size", "frontier", "tail"])
                    .values_panic([
                        1i64.into(),
                        0i64.into(),
                        vec![0u8; 0].into(),
                        vec![0u8; 0].into(),
                    ])
                    .to_owned(),
            )
            .await?;
        manager
            .exec_stmt(
                Query::insert()
                    .into_table("indexed")
                    .columns(["id", "size"])
                    .values_panic([1i64.into(), 0i64.into()])
                    .to_owned(),
            )
            .await
    }
}

/// One row: the growing end of the tree. Whoever appends holds its lock, so there is one sequencer.
fn log() -> TableCreateStatement {
    Table::create()
        .table("log")
        .col(big_integer("id").primary_key())
        .col(big_integer("size"))
        .col(binary("frontier"))
        .col(binary("tail"))
        .col(string_null("unsound"))
        .to_owned()
}

/// Nodes of the tree by number, so many to a row; a row is written when it is full.
fn node() -> TableCreateStatement {
    Table::create()
        .table("node")
        .col(big_integer("chunk").primary_key())
        .col(binary("hashes"))
        .to_owned()
}

/// A record in the log, as bare as it can be: this is what every ingest waits for.
fn leaf() -> TableCreateStatement {
    Table::create()
        .table("leaf")
        .col(big_integer("idx").primary_key())
        .col(string("source"))
        .col(big_integer("position"))
        .col(big_integer("logged_at"))
        .col(binary("record"))
        .to_owned()
}

/// What a record can be found by; empty when it is unreadable. Derived from the record alone.
fn entry() -> TableCreateStatement {
    Table::create()
        .table("entry")
        .col(big_integer("idx").primary_key())
        .col(string("source"))
        .col(string_null("record_id"))
        .col(string_null("kind"))
        .col(string_null("subject"))
        .col(string_null("actor"))
        .col(big_integer_null("at"))
        .to_owned()
}

/// What else a record can be found by: clauses, persons and systems, several of each.
fn entry_term() -> TableCreateStatement {
    Table::create()
        .table("entry_term")
        .col(string("term"))
        .col(big_integer("idx"))
        .primary_key(Index::create().col("term").col("idx"))
        .to_owned()
}

/// One row: how many leaves have their entries.
fn indexed() -> TableCreateStatement {
    Table::create()
        .table("indexed")
        .col(big_integer("id").primary_key())
        .col(big_integer("size"))
        .to_owned()
}

fn checkpoint() -> TableCreateStatement {
    Table::create()
        .table("checkpoint")
        .col(big_integer("size").primary_key())
        .col(binary("root"))
        .col(text("note"))
        .col(big_integer("at"))
        .to_owned()
}

/// Where the log is with a source, and what is known of the source's own word.
fn source() -> TableCreateStatement {
    Table::create()
        .table("source")
        .col(string("source").primary_key())
        .col(big_integer("position"))
        .col(binary("hash"))
        .col(text("watch"))
        .col(big_integer("head"))
        .col(big_integer_null("reported_at"))
        .col(text("findings"))
        .col(big_integer_null("since"))
        .to_owned()
}

/// Records that are not in the log because they contradict it.
fn aside() -> TableCreateStatement {
    Table::create()
        .table("aside")
        .col(pk_auto("id").big_integer())
        .col(string("source"))
        .col(big_integer("position"))
        .col(binary("hash"))
        .col(binary_null("record"))
        .col(string("finding"))
        .col(big_integer("at"))
        .index(
            Index::create()
                .unique()
                .name("aside_once")
                .col("source")
                .col("position")
                .col("hash"),
        )
        .to_owned()
}

/// The refusals of a person that count towards a burst.
fn burst() -> TableCreateStatement {
    Table::create()
        .table("burst")
        .col(string("person").primary_key())
        .col(text("state"))
        .to_owned()
}
