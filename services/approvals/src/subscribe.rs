//! What the records of others teach: of identity the organisation, of the ledger what it keeps.

use approvals_domain::permit::{Command, Hindrance};
use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use proto::{ledger::v1 as ledger, record::Record};
use store::{
    Unit,
    facts::{self, Change},
};

use crate::{
    desk::Desk,
    known::{Classified, DEVICE, INFORMATION, NETWORK},
    store::Permits,
};

/// The consumer of the ledger: learns what it keeps, and hears of permits it could not carry out.
pub(crate) struct Ledger(pub(crate) Desk);

#[async_trait]
impl RecordHandler for Ledger {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let Some(event) = record.event::<ledger::PermitNotCarriedOut>() else {
            let changes = ledger_changes(record)?;
            let backend = unit.backend();
            facts::put(unit.tx(), backend, &record.source, record.position, changes).await?;
            return Ok(());
        };
        let event = event?;
        let command = Command::Hinder(Hindrance {
            code: event.code,
            clauses: record.clauses.clone(),
            ja: event.message_ja,
            en: event.message_en,
        });
        unit.execute::<Permits>(&event.permit_id, &command, &self.0.facts())
            .await?;
        Ok(())
    }

    fn committed(&self, _position: u64) {
        self.0.known.wake();
    }
}

/// What a record of the ledger teaches.
fn ledger_changes(record: &Record) -> Result<Vec<Change>, Trouble> {
    if let Some(event) = record.event::<ledger::InformationClassified>() {
        let entry = named(event?.information, "information")?;
        let class = crate::wire::class_from(entry.information_class)
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
