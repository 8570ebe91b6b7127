//! What the records of others teach: of identity the organisation, of the ledger what it keeps,
//! of both which permits they could not carry out.

use approvals_domain::permit::{Command, Hindrance};
use async_trait::async_trait;
use bus::{Learn, RecordHandler, Trouble};
use proto::{
    DecodeError, common::v1::InformationClass, identity::v1 as identity, ledger::v1 as ledger,
    record::Record,
};
use standard::ServiceName;
use store::{Unit, facts::Change};

use crate::{
    desk::Desk,
    known::{Classified, DEVICE, INFORMATION, Known, NETWORK},
    store::Permits,
};

/// What a record teaches.
type Changes = fn(&Record) -> Result<Vec<Change>, Trouble>;

/// Whom approvals listens to, and what their records teach.
pub(crate) const CHANGES: [(ServiceName, Changes); 2] = [
    (ServiceName::Identity, directory::organisation_changes),
    (ServiceName::Ledger, ledger_changes),
];

/// Learns what a source says, and hears of permits it could not carry out.
pub(crate) struct Heard {
    pub(crate) learn: Learn<Known>,
    pub(crate) desk: Desk,
}

#[async_trait]
impl RecordHandler for Heard {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let Some((permit, hindrance)) = hindrance(record)? else {
            return self.learn.handle(unit, record).await;
        };
        let command = Command::Hinder(hindrance);
        unit.execute::<Permits>(&permit, &command, &self.desk.facts())
            .await?;
        Ok(())
    }

    fn committed(&self, position: u64) {
        self.learn.committed(position);
    }
}

/// What a source says stands against a granted permit.
fn hindrance(record: &Record) -> Result<Option<(String, Hindrance)>, DecodeError> {
    let (permit, code, ja, en) = if let Some(event) = record.event::<ledger::PermitNotCarriedOut>()
    {
        let event = event?;
        (
            event.permit_id,
            event.code,
            event.message_ja,
            event.message_en,
        )
    } else if let Some(event) = record.event::<identity::PermitNotCarriedOut>() {
        let event = event?;
        (
            event.permit_id,
            event.code,
            event.message_ja,
            event.message_en,
        )
    } else {
        return Ok(None);
    };
    let clauses = record.clauses.clone();
    Ok(Some((
        permit,
        Hindrance {
            at: record.time,
            code,
            clauses,
            ja,
            en,
        },
    )))
}

/// What a record of the ledger teaches.
fn ledger_changes(record: &Record) -> Result<Vec<Change>, Trouble> {
    if let Some(event) = record.event::<ledger::InformationClassified>() {
        let entry = named(event?.information, "information")?;
        let class = InformationClass::word_of(entry.information_class)
            .ok_or_else(|| Trouble::Record("the information has no class".to_owned()))?;
        let body = Classified {
            class,
            personal: entry.personal_information,
        };
        return Ok(vec![Change::known(
            INFORMATION,
            entry.information_id,
            &body,
        )]);
    }
    if let Some(event) = record.event::<ledger::InformationRemoved>() {
        return Ok(vec![Change::gone(INFORMATION, event?.information_id)]);
    }
    if let Some(event) = record.event::<ledger::DeviceRegistered>() {
        let device = named(event?.device, "device")?;
        return Ok(vec![Change::known(
            DEVICE,
            device.device_id,
            &!device.retired,
        )]);
    }
    if let Some(event) = record.event::<ledger::DeviceRetired>() {
        return Ok(vec![Change::gone(DEVICE, event?.device_id)]);
    }
    if let Some(event) = record.event::<ledger::NetworkRegistered>() {
        let network = named(event?.network, "network")?;
        return Ok(vec![Change::known(NETWORK, network.network_id, &true)]);
    }
    directory::system_changes(record)
}

fn named<T>(thing: Option<T>, what: &str) -> Result<T, Trouble> {
    thing.ok_or_else(|| Trouble::Record(format!("the event names no {what}")))
}
