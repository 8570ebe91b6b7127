//! Whose each passkey is.

use kernel::PersonId;
use sea_orm::{ConnectionTrait, DbErr};
use store::Unit;

/// Whose a passkey is, or was.
pub(crate) async fn passkey_holder(
    db: &impl ConnectionTrait,
    handle: &str,
) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM passkey WHERE handle = $1";
    super::cards::holder(db, sql, [handle]).await
}

/// Keeps whose a passkey is. Two enrolments at once meet in the primary key.
pub(crate) async fn keep_passkey(
    unit: &Unit,
    handle: &str,
    person: &PersonId,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO passkey (handle, person_id) VALUES ($1, $2)";
    let values = [handle.into(), person.as_str().into()];
    unit.run(sql, values).await.map(|_| ())
}
