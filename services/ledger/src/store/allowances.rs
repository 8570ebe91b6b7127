//! The permits and exceptions that connections and devices rest on, as approvals told of them.
//!
//! They are read inside the transaction that decides by them, and locked: a revocation that comes
//! at the same time waits until what was decided can be judged again.

use kernel::{DeviceId, SystemId};
use ledger_domain::allowance::{Allowances, Exception, Permit};
use sea_orm::{ConnectionTrait as _, DbErr, Statement, Value};
use serde::de::DeserializeOwned;
use store::{Backend, Unit};

/// Keeps a permit as it now stands.
pub(crate) async fn keep_permit(unit: &Unit, permit: &Permit) -> Result<(), DbErr> {
    let body = serde_json::to_string(permit).map_err(unwritable)?;
    let system = permit.system.as_ref().map(ToString::to_string);
    let device = permit.device.as_ref().map(ToString::to_string);
    put(unit, permit.id.as_str(), false, system, device, body).await
}

/// Keeps an exception as it now stands.
pub(crate) async fn keep_exception(unit: &Unit, exception: &Exception) -> Result<(), DbErr> {
    let body = serde_json::to_string(exception).map_err(unwritable)?;
    put(unit, exception.id.as_str(), true, None, None, body).await
}

/// Drops a permit or an exception: it ended or was revoked.
pub(crate) async fn drop(unit: &Unit, id: &str) -> Result<(), DbErr> {
    run(unit, "DELETE FROM allowance WHERE id = $1", [id.into()]).await
}

/// An exception as it was kept before.
pub(crate) async fn exception(unit: &Unit, id: &str) -> Result<Option<Exception>, DbErr> {
    let found = select(unit, "id = $1", [id.into()]).await?;
    Ok(found.into_iter().next())
}

/// Everything that may relax a rule for a system.
pub(crate) async fn for_system(unit: &Unit, system: &SystemId) -> Result<Allowances, DbErr> {
    Ok(Allowances {
        permits: select(unit, "system = $1", [system.as_str().into()]).await?,
        exceptions: select(unit, "exception = $1", [true.into()]).await?,
    })
}

/// The permits that name a device.
pub(crate) async fn for_device(unit: &Unit, device: &DeviceId) -> Result<Vec<Permit>, DbErr> {
    select(unit, "device = $1", [device.as_str().into()]).await
}

async fn put(
    unit: &Unit,
    id: &str,
    exception: bool,
    system: Option<String>,
    device: Option<String>,
    body: String,
) -> Result<(), DbErr> {
    run(
        unit,
        "INSERT INTO allowance (id, exception, system, device, body) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (id) DO UPDATE SET system = excluded.system, device = excluded.device, \
         body = excluded.body",
        [
            id.into(),
            exception.into(),
            system.into(),
            device.into(),
            body.into(),
        ],
    )
    .await
}

async fn run<const N: usize>(unit: &Unit, sql: &str, values: [Value; N]) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, values);
    unit.tx().execute_raw(statement).await?;
    Ok(())
}

/// In the order of ids, so that of several that would do always the same one is named.
async fn select<T: DeserializeOwned, const N: usize>(
    unit: &Unit,
    fits: &str,
    values: [Value; N],
) -> Result<Vec<T>, DbErr> {
    let lock = match unit.backend() {
        Backend::Postgres => " FOR UPDATE",
        // Its one writer holds everything anyway.
        Backend::Sqlite => "",
    };
    let sql = format!("SELECT body FROM allowance WHERE {fits} ORDER BY id{lock}");
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, values);
    let rows = unit.tx().query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let body: String = row.try_get("", "body")?;
            serde_json::from_str(&body).map_err(unwritable)
        })
        .collect()
}

fn unwritable(error: serde_json::Error) -> DbErr {
    DbErr::Json(error.to_string())
}
