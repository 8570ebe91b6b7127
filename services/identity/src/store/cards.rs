//! Whose each ID card is.

use kernel::PersonId;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::Unit;

/// The person to whom a card of that printed serial number, or with that certificate, is or was
/// registered.
pub(crate) async fn card_holder(
    db: &impl ConnectionTrait,
    serial: &str,
    certificate: Option<&str>,
) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM card WHERE serial = $1";
    match (holder(db, sql, serial).await?, certificate) {
        (None, Some(certificate)) => certificate_holder(db, certificate).await,
        (holder, _) => Ok(holder),
    }
}

/// The person to whom the card with that certificate is, or was, registered.
pub(crate) async fn certificate_holder(
    db: &impl ConnectionTrait,
    certificate: &str,
) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM card WHERE certificate = $1";
    holder(db, sql, certificate).await
}

/// Keeps whose a card is. Two registrations at once meet in the unique keys.
pub(crate) async fn keep_card(
    unit: &Unit,
    serial: &str,
    certificate: Option<&str>,
    person: &PersonId,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO card (serial, certificate, person_id) VALUES ($1, $2, $3)";
    let values = [serial.into(), certificate.into(), person.as_str().into()];
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, values);
    unit.tx().execute_raw(statement).await?;
    Ok(())
}

/// The person that a query by one text finds.
pub(super) async fn holder(
    db: &impl ConnectionTrait,
    sql: &str,
    by: &str,
) -> Result<Option<PersonId>, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [by.into()]);
    let Some(row) = db.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let person: String = row.try_get("", "person_id")?;
    PersonId::try_new(person)
        .map(Some)
        .map_err(|error| DbErr::Type(error.to_string()))
}
