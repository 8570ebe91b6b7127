//! What the records of others teach: of identity the organisation, of the ledger what it keeps.

use bus::Trouble;
use proto::{ledger::v1 as ledger, record::Record};
use store::facts::Change;

use crate::known::{Classified, DEVICE, INFORMATION, NETWORK};

/// What a record of the ledger teaches.
pub(crate) fn ledger_changes(record: &Record) -> Result<Vec<Change>, Trouble> {
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
