//! The one way in which a leaf is changed: what the record says goes, its hashes stay. The triggers let
//! nothing else through ([`super::append_only`]).

use audit_domain::record_hash;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::Backend;

use super::{leaf::Leaf, sql::signed};

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
