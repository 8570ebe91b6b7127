//! The ledger's records: systems, devices and networks.

use bus::Trouble;
use identity_domain::decision::{
    Device, Fact, FactChange, FactKey, FactKind, MfaConsideration, Network, System,
};
use proto::{ledger::v1 as event, record::Record};
use store::Unit;

use super::{known, missing, optional, read, set};

pub(super) async fn changes(unit: &Unit, record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(retired) = record.event::<event::SystemRetired>() {
        let key = FactKey::one(FactKind::System, retired?.system_id);
        return Ok(vec![match known(unit, &key).await? {
            Some(Fact::System(system)) => set(Fact::System(System {
                retired: true,
                ..system
            })),
            // Its registration may be in quarantine: handled later, it must not open the system.
            _ => FactChange::Removed(key),
        }]);
    }
    if let Some(retired) = record.event::<event::DeviceRetired>() {
        let key = FactKey::one(FactKind::Device, retired?.device_id);
        return Ok(vec![FactChange::Removed(key)]);
    }
    if let Some(registered) = record.event::<event::DeviceRegistered>() {
        let named = registered?.device.ok_or_else(|| missing("device"))?;
        return Ok(vec![set(Fact::Device(device(&named)?))]);
    }
    if let Some(registered) = record.event::<event::NetworkRegistered>() {
        let named = registered?.network.ok_or_else(|| missing("network"))?;
        return Ok(vec![set(Fact::Network(Network {
            id: read(&named.network_id)?,
            external: named.external,
        }))]);
    }
    match named_system(record)? {
        Some(named) => Ok(vec![set(Fact::System(system(&named)?))]),
        None => Ok(Vec::new()),
    }
}

fn named_system(record: &Record) -> Result<Option<event::System>, Trouble> {
    let named = if let Some(event) = record.event::<event::SystemRegistered>() {
        event?.system
    } else if let Some(event) = record.event::<event::SystemChanged>() {
        event?.system
    } else if let Some(event) = record.event::<event::SystemImportanceChanged>() {
        event?.system
    } else {
        return Ok(None);
    };
    named.ok_or_else(|| missing("system")).map(Some)
}

fn system(named: &event::System) -> Result<System, Trouble> {
    Ok(System {
        id: read(&named.system_id)?,
        cloud: named.cloud,
        telework: named.telework,
        highest_class: named.highest_class().word(),
        network_class: named
            .network_class()
            .word()
            .ok_or_else(|| missing("network class"))?,
        important: named.important,
        mfa: match &named.mfa_consideration {
            None => MfaConsideration::NotRecorded,
            Some(considered) if considered.introduced => MfaConsideration::Introduced,
            Some(_) => MfaConsideration::NotIntroduced,
        },
        retired: named.retired,
    })
}

fn device(named: &event::Device) -> Result<Device, Trouble> {
    Ok(Device {
        id: read(&named.device_id)?,
        section: optional(&named.section_id)?,
        network: optional(&named.network_id)?,
        network_class: named.network_class().word(),
        internet_mobile: named.internet_mobile,
        retired: named.retired,
    })
}
