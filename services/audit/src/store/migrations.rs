//! The tables of the log. What is in the log is only ever inserted.

use sea_orm::DbBackend;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, binary, binary_null, pk_auto, string, string_null, text,
    },
};
use store::schema::{House, index};

use super::append_only;

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
            entry_term(manager.get_database_backend()),
            entry_hour(),
            kind(),
            indexed(),
            checkpoint(),
            cosignature(),
            hand_over(),
            source(),
            aside(),
            analysed(),
            watch(),
            suspicions(),
            digest(),
        ] {
            manager.create_table(table).await?;
        }
        for columns in [&["record_id", "idx"][..], &["subject", "idx"]] {
            manager.create_index(index("entry", columns)).await?;
        }
        manager
            .create_index(index("watch", &["forgotten_at"]))
            .await?;
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
            .await?;
        manager
            .exec_stmt(
                Query::insert()
                    .into_table("analysed")
                    .columns(["id", "size", "at", "digest_size"])
                    .values_panic([1i64.into(), 0i64.into(), 0i64.into(), 0i64.into()])
                    .to_owned(),
            )
            .await?;
        for trigger in append_only::triggers(manager.get_database_backend()) {
            let db = manager.get_connection();
            db.execute_unprepared(&trigger).await?;
        }
        Ok(())
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

/// A record in the log, as bare as it can be: this is what every ingest waits for. Of one that was
/// pruned, `pruned` has the SHA-256, and the bytes are gone.
fn leaf() -> TableCreateStatement {
    Table::create()
        .table("leaf")
        .col(big_integer("idx").primary_key())
        .col(string("source"))
        .col(big_integer("position"))
        .col(big_integer("logged_at"))
        .col(binary("record"))
        .col(binary_null("pruned"))
        .to_owned()
}

/// What a record says of itself; empty when it is unreadable. Derived from the record alone.
fn entry() -> TableCreateStatement {
    Table::create()
        .table("entry")
        .col(big_integer("idx").primary_key())
        .col(string_null("record_id"))
        .col(string_null("subject"))
        .col(big_integer_null("at"))
        .to_owned()
}

/// The places of each term (by its number), in the order of the log. The table is its index: on SQLite
/// by declaration, on PostgreSQL as long as searches read nothing else of it.
fn entry_term(backend: DbBackend) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("entry_term")
        .col(big_integer("term"))
        .col(big_integer("idx"))
        .primary_key(Index::create().col("term").col("idx"));
    if backend == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}

/// Between which places the records of an hour are, by their source's clock, in hours since 1970.
fn entry_hour() -> TableCreateStatement {
    Table::create()
        .table("entry_hour")
        .col(big_integer("hour").primary_key())
        .col(big_integer("first"))
        .col(big_integer("last"))
        .to_owned()
}

/// The kinds of events there are.
fn kind() -> TableCreateStatement {
    Table::create()
        .table("kind")
        .col(string("name").primary_key())
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

/// What witnesses signed of checkpoints: a signature line each.
fn cosignature() -> TableCreateStatement {
    Table::create()
        .table("cosignature")
        .col(big_integer("size"))
        .col(string("witness"))
        .col(text("line"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("size").col("witness"))
        .to_owned()
}

/// Where one key of the log ended and the next began: the note that both signed.
fn hand_over() -> TableCreateStatement {
    Table::create()
        .table("hand_over")
        .col(big_integer("size").primary_key())
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

/// One row: how many leaves the rules of analysis have seen, and when the last digest was made.
fn analysed() -> TableCreateStatement {
    Table::create()
        .table("analysed")
        .col(big_integer("id").primary_key())
        .col(big_integer("size"))
        .col(big_integer("at"))
        .col(big_integer("digest_size"))
        .col(big_integer_null("digest_from"))
        .to_owned()
}

/// What a rule remembers of a subject, until it is forgotten.
fn watch() -> TableCreateStatement {
    Table::create()
        .table("watch")
        .col(string("rule"))
        .col(string("subject"))
        .col(text("state"))
        .col(big_integer("forgotten_at"))
        .primary_key(Index::create().col("rule").col("subject"))
        .to_owned()
}

/// How often rules have spoken of whom since the last digest.
fn suspicions() -> TableCreateStatement {
    Table::create()
        .table("suspicions")
        .col(string("rule"))
        .col(string("subject"))
        .col(big_integer("raised"))
        .primary_key(Index::create().col("rule").col("subject"))
        .to_owned()
}

/// Digests, by when they were made.
fn digest() -> TableCreateStatement {
    Table::create()
        .table("digest")
        .col(big_integer("made_at").primary_key())
        .col(binary("body"))
        .to_owned()
}
