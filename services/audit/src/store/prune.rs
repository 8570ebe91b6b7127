//! The one way in which a leaf is changed: what the record says goes, its hashes stay. The triggers let
//! nothing else through ([`super::append_only`]).

use audit_domain::record_hash;
use proto::{
    Event,
    audit::v1::RecordsPruned,
    record::{self, Record},
};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::Backend;

use super::{leaf::Leaf, sql::signed};

/// Who says what was dropped: the log's own service, and nobody else.
pub(crate) const SOURCE: &str = "audit";

/// Drops what a record says.
pub(crate) async fn leaf(
    tx: &impl ConnectionTrait,
    backend: Backend,
    leaf: &Leaf,
) -> Result<(), DbErr> {
    let sql = "UPDATE leaf SET record = $1, pruned = $2 WHERE idx = $3 AND pruned IS NULL";
    let statement = Statement::from_sql_and_values(
        backend.sea(),
        sql,
        [
            Vec::<u8>::new().into(),
            record_hash(&leaf.record).to_vec().into(),
            signed(leaf.index),
        ],
    );
    match tx.execute_raw(statement).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(DbErr::RecordNotUpdated),
    }
}

/// What was dropped by decisions that are committed and not among the first so many leaves yet.
pub(crate) async fn underway(
    db: &impl ConnectionTrait,
    backend: Backend,
    leaves: u64,
) -> Result<Vec<RecordsPruned>, DbErr> {
    let logged = "SELECT position FROM leaf WHERE source = $1 AND idx < $2 \
         ORDER BY position DESC LIMIT 1";
    let sql = format!(
        "SELECT record FROM journal WHERE (position IS NULL OR position > \
         COALESCE(({logged}), 0)) AND kind = $3"
    );
    let values = [
        SOURCE.into(),
        signed(leaves),
        name::<RecordsPruned>().into(),
    ];
    let statement = Statement::from_sql_and_values(backend.sea(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    let mut events = Vec::new();
    for row in rows {
        let mut bytes: Vec<u8> = row.try_get("", "record")?;
        // One that waits for its place cannot be read without one; any will do.
        record::finish(&mut bytes, 0, &record::NO_HASH);
        let said = Record::decode(&bytes).ok();
        events.extend(said.and_then(|said| said.event()?.ok()));
    }
    Ok(events)
}

fn name<E: Event>() -> String {
    E::full_name()
}
