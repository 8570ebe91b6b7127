//! The permits and exceptions that connections and devices rest on, as approvals told of them.
//!
//! They are read inside the transaction that decides by them, and locked: a revocation that comes
//! at the same time waits until what was decided can be judged again.

use std::collections::BTreeSet;

use kernel::{DeviceId, SystemId};
use ledger_domain::allowance::{Allowances, Exception, Permit};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use serde::de::DeserializeOwned;
use store::{Backend, Unit};

/// Keeps a permit as it now stands.
pub(crate) async fn keep_permit(unit: &Unit, permit: &Permit) -> Result<(), DbErr> {
    let body = serde_json::to_string(permit).map_err(unwritable)?;
    let device = permit.device.as_ref().map(ToString::to_string);
    put(unit, permit.id.as_str(), false, device, body).await?;
    covers(unit, permit.id.as_str(), &permit.system).await
}

/// Keeps an exception as it now stands.
pub(crate) async fn keep_exception(unit: &Unit, exception: &Exception) -> Result<(), DbErr> {
    let body = serde_json::to_string(exception).map_err(unwritable)?;
    put(unit, exception.id.as_str(), true, None, body).await?;
    covers(unit, exception.id.as_str(), &exception.systems).await
}

/// Drops a permit or an exception: it ended or was revoked.
pub(crate) async fn drop(unit: &Unit, id: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM allowance WHERE id = $1";
    unit.run(sql, [id.into()]).await?;
    covers(unit, id, []).await
}

/// An exception as it was kept before.
pub(crate) async fn exception(unit: &Unit, id: &str) -> Result<Option<Exception>, DbErr> {
    let found = select(unit, "id = $1", id).await?;
    found.first().map(|(_, body)| read(body)).transpose()
}

/// Everything that may relax a rule for a system.
pub(crate) async fn for_system(unit: &Unit, system: &SystemId) -> Result<Allowances, DbErr> {
    let fits = "id IN (SELECT id FROM allowance_system WHERE system = $1)";
    let mut all = Allowances::default();
    for (exception, body) in select(unit, fits, system.as_str()).await? {
        if exception {
            all.exceptions.push(read(&body)?);
        } else {
            all.permits.push(read(&body)?);
        }
    }
    Ok(all)
}

/// The permits that name a device.
pub(crate) async fn for_device(unit: &Unit, device: &DeviceId) -> Result<Vec<Permit>, DbErr> {
    let found = select(unit, "device = $1", device.as_str()).await?;
    found.iter().map(|(_, body)| read(body)).collect()
}

async fn put(
    unit: &Unit,
    id: &str,
    exception: bool,
    device: Option<String>,
    body: String,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO allowance (id, exception, device, body) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET device = excluded.device, body = excluded.body";
    let values = [id.into(), exception.into(), device.into(), body.into()];
    unit.run(sql, values).await.map(|_| ())
}

/// Which systems it covers, after its own row has been locked by writing it.
async fn covers(
    unit: &Unit,
    id: &str,
    systems: impl IntoIterator<Item = &SystemId>,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM allowance_system WHERE id = $1";
    unit.run(sql, [id.into()]).await?;
    for system in systems.into_iter().collect::<BTreeSet<_>>() {
        let sql = "INSERT INTO allowance_system (id, system) VALUES ($1, $2)";
        unit.run(sql, [id.into(), system.as_str().into()]).await?;
    }
    Ok(())
}

/// Whether it is an exception, and its body; in the order of ids, so that of several that would do
/// always the same one is named.
async fn select(unit: &Unit, fits: &str, value: &str) -> Result<Vec<(bool, String)>, DbErr> {
    let lock = match unit.backend() {
        Backend::Postgres => " FOR UPDATE",
        // Its one writer holds everything anyway.
        Backend::Sqlite => "",
    };
    let sql = format!("SELECT exception, body FROM allowance WHERE {fits} ORDER BY id{lock}");
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, [value.into()]);
    let rows = unit.tx().query_all_raw(statement).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "exception")?, row.try_get("", "body")?)))
        .collect()
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, DbErr> {
    serde_json::from_str(body).map_err(unwritable)
}

fn unwritable(error: serde_json::Error) -> DbErr {
    DbErr::Json(error.to_string())
}
