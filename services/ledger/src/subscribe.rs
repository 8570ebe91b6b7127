//! What the ledger does about what approvals granted and ended.
//!
//! A granted permit may bind a device (7-2-(7)-1), write a take-out record (4-1-6), or let a
//! connection stand that the rules forbid; an exception may do the last. When one ends, what
//! rested on it is judged again. What a permit calls for but the ledger's rules refuse (its device
//! was never registered) is told with the rule and its clauses: approvals shows it on the permit,
//! which is known here and can be used once the reason is gone. A permit that connects nothing, as
//! most do not, is not kept: what it is for is known from the record alone.

mod read;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use directory::Directory;
use kernel::{Refusal, SystemId};
use ledger_domain::{
    allowance::{Exception, Permit},
    device, takeout,
};
use proto::record::Record;
use standard::pack::Effect;
use store::{Failure, Unit, facts::Snapshot};

use crate::{
    publish,
    store::allowances,
    work::{DeviceWork, TakeoutWork, Work, rejudge},
};
use read::{Granted, Told};

/// The consumer of approvals.
pub struct Approvals {
    directory: Arc<Snapshot<Directory>>,
}

impl Approvals {
    /// With the organisation, for the rules that ask for it.
    pub fn new(directory: Arc<Snapshot<Directory>>) -> Self {
        Self { directory }
    }
}

#[async_trait]
impl RecordHandler for Approvals {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let directory = self.directory.get();
        match read::told(record)? {
            Told::PermitGranted(granted) => self::granted(unit, &directory, *granted).await,
            Told::PermitEnded(permit) => ended(unit, &directory, &permit).await,
            Told::ExceptionInForce(exception) => excepted(unit, &directory, &exception).await,
            Told::ExceptionEnded(exception) => {
                allowances::drop(unit, exception.id.as_str()).await?;
                judge_again(unit, &directory, &exception.systems).await
            }
            Told::Nothing => Ok(()),
        }
    }
}

async fn granted(unit: &mut Unit, directory: &Directory, granted: Granted) -> Result<(), Trouble> {
    let Granted {
        permit,
        effect,
        takeout,
    } = granted;
    if permit.connects() {
        allowances::keep_permit(unit, &permit).await?;
    }
    match effect {
        Some(Effect::DeviceBinding) => bind(unit, directory, &permit).await?,
        Some(Effect::TakeoutRecord) => {
            if let Some(record) = takeout {
                let work = TakeoutWork {
                    permit: permit.id.clone(),
                    command: takeout::Command::Record(record),
                };
                let outcome = work.run(unit, directory).await;
                unless_refused(unit, &permit, Effect::TakeoutRecord, outcome)?;
            }
        }
        Some(Effect::Entitlement | Effect::PrivilegedGrant) | None => {}
    }
    if permit.connects() {
        judge_again(unit, directory, &permit.system).await?;
    }
    Ok(())
}

async fn bind(unit: &mut Unit, directory: &Directory, permit: &Permit) -> Result<(), Trouble> {
    let (Some(device), Some(network)) = (&permit.device, &permit.network) else {
        return Ok(());
    };
    let command = device::Command::Bind {
        network: network.clone(),
    };
    let work = DeviceWork::new(device.clone(), command);
    let outcome = work.run(unit, directory).await;
    unless_refused(unit, permit, Effect::DeviceBinding, outcome)
}

async fn ended(unit: &mut Unit, directory: &Directory, permit: &Permit) -> Result<(), Trouble> {
    if !permit.connects() {
        return Ok(());
    }
    allowances::drop(unit, permit.id.as_str()).await?;
    if let Some(device) = &permit.device {
        let command = device::Command::Release {
            permit: permit.id.clone(),
        };
        let work = DeviceWork::new(device.clone(), command);
        work.run(unit, directory).await?;
    }
    judge_again(unit, directory, &permit.system).await
}

async fn excepted(
    unit: &mut Unit,
    directory: &Directory,
    exception: &Exception,
) -> Result<(), Trouble> {
    let before = allowances::exception(unit, exception.id.as_str()).await?;
    allowances::keep_exception(unit, exception).await?;
    // A new decision may have narrowed it.
    let left = before.map(|known| known.systems).unwrap_or_default();
    judge_again(unit, directory, &left).await?;
    judge_again(unit, directory, &exception.systems).await
}

async fn judge_again<'a>(
    unit: &mut Unit,
    directory: &Directory,
    systems: impl IntoIterator<Item = &'a SystemId>,
) -> Result<(), Trouble> {
    for system in systems {
        rejudge(unit, directory, system).await?;
    }
    Ok(())
}

fn unless_refused<T, R: Refusal>(
    unit: &mut Unit,
    permit: &Permit,
    effect: Effect,
    outcome: Result<T, Failure<R>>,
) -> Result<(), Trouble> {
    match outcome {
        Ok(_) => Ok(()),
        Err(Failure::Refused(refusal)) => {
            let id = permit.id.as_str();
            let told = publish::not_carried_out(id, effect, &refusal);
            unit.record("permit", id, told);
            Ok(())
        }
        Err(failure) => Err(failure.into()),
    }
}
