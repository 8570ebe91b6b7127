//! Whose each ID card is.

use identity_domain::account::CardCertificate;
use kernel::PersonId;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use store::Unit;

/// The person to whom a card of that printed serial number, or with that certificate, is or was
/// registered.
pub(crate) async fn card_holder(
    db: &impl ConnectionTrait,
    serial: &str,
    certificate: Option<&CardCertificate>,
) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM card WHERE serial = $1";
    match (holder(db, sql, [serial]).await?, certificate) {
        (None, Some(certificate)) => certificate_holder(db, certificate).await,
        (holder, _) => Ok(holder),
    }
}

/// The person to whom the card with that certificate is, or was, registered.
pub(crate) async fn certificate_holder(
    db: &impl ConnectionTrait,
    certificate: &CardCertificate,
) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM card WHERE issuer = $1 AND certificate = $2";
    holder(db, sql, [&certificate.issuer, &certificate.serial]).await
}

/// Keeps whose a card is. Two registrations at once meet in the unique keys.
pub(crate) async fn keep_card(
    unit: &Unit,
    serial: &str,
    certificate: Option<&CardCertificate>,
    person: &PersonId,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO card (serial, issuer, certificate, person_id) VALUES ($1, $2, $3, $4)";
    let values = [
        serial.into(),
        certificate.map(|one| one.issuer.as_str()).into(),
        certificate.map(|one| one.serial.as_str()).into(),
        person.as_str().into(),
    ];
    unit.run(sql, values).await.map(|_| ())
}

/// The person that a query by some texts finds.
pub(super) async fn holder<const BY: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    by: [&str; BY],
) -> Result<Option<PersonId>, DbErr> {
    let by = by.map(Value::from);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, by);
    let Some(row) = db.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let person: String = row.try_get("", "person_id")?;
    PersonId::try_new(person)
        .map(Some)
        .map_err(|error| DbErr::Type(error.to_string()))
}
