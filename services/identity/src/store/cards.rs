//! Whose each ID card is.

use kernel::PersonId;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use store::Unit;

/// The person a card is, or was, registered to.
pub(crate) async fn card_holder(unit: &Unit, serial: &str) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM card WHERE serial = $1";
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, [serial.into()]);
    let Some(row) = unit.tx().query_one_raw(statement).await? else {
        return Ok(None);
    };
    let person: String = row.try_get("", "person_id")?;
    PersonId::try_new(person)
        .map(Some)
        .map_err(|error| DbErr::Type(error.to_string()))
}

/// Keeps whose a card is. Two registrations at once meet in the primary key.
pub(crate) async fn keep_card(unit: &Unit, serial: &str, person: &PersonId) -> Result<(), DbErr> {
    let sql = "INSERT INTO card (serial, person_id) VALUES ($1, $2)";
    let values = [serial.into(), person.as_str().into()];
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, values);
    unit.tx().execute_raw(statement).await?;
    Ok(())
}
