//! The ledger's own things as others see them, and the standard's words on the wire.

use jiff::Timestamp;
use kernel::ClauseId;
use ledger_domain::{
    connection::Connection,
    device::{Binding, Device},
    information::Information,
    network::Network,
    system::System,
    takeout::Takeout,
};
use proto::{
    common::v1::{InformationClass as WireClass, NetworkClass as WireNetwork},
    ledger::v1 as wire,
    timestamp,
};

pub(crate) fn system(system: &System) -> wire::System {
    let mut message = wire::System {
        system_id: system.id.to_string(),
        personal_information: system.personal_information(),
        highest_class: WireClass::number_of(system.handled.highest()),
        important: !system.importance.is_empty(),
        importance_grounds: system
            .importance
            .iter()
            .map(|ground| wire::ImportanceGround {
                clause: ground.clause.to_string(),
                reason: ground.reason.clone(),
            })
            .collect(),
        mfa_consideration: system.mfa.as_ref().map(|mfa| wire::MfaConsideration {
            introduced: mfa.introduced,
            reason: mfa.reason.clone(),
            recorded_at: Some(timestamp(mfa.recorded_at)),
        }),
        retired: system.retired,
        ..wire::System::default()
    };
    if let Some(entry) = &system.entry {
        message.name.clone_from(&entry.name);
        message.owner_section_id = entry.owner_section.to_string();
        message.network_class = WireNetwork::from(entry.network_class).into();
        message.cloud = entry.cloud;
        message.telework = entry.telework;
        message.used_by_section_ids = texts(&entry.used_by);
        message.outage_impact_reason = entry.outage_impact.clone().unwrap_or_default();
        message.discretion_reason = entry.discretion.clone().unwrap_or_default();
    }
    message
}

pub(crate) fn information(information: &Information) -> wire::Information {
    let mut message = wire::Information {
        information_id: information.id.to_string(),
        ..wire::Information::default()
    };
    if let Some(entry) = &information.entry {
        let classification = &entry.classification;
        message.name.clone_from(&entry.name);
        message.section_id = entry.section.to_string();
        message.information_class = WireClass::from(classification.class).into();
        message.ground = classification.ground.to_string();
        message.class_i_ground = text(classification.class_i_ground);
        message.reason = classification.reason.clone().unwrap_or_default();
        message.system_id = text(entry.system.as_ref());
        message.personal_information = entry.personal;
        message.retention_until = text(entry.retention_until);
    }
    message
}

pub(crate) fn network(network: &Network) -> wire::Network {
    let mut message = wire::Network {
        network_id: network.id.to_string(),
        ..wire::Network::default()
    };
    if let Some(entry) = &network.entry {
        message.name.clone_from(&entry.name);
        message.network_class = WireNetwork::from(entry.class).into();
        message.prefectural_security_cloud = entry.prefectural_security_cloud;
        message.external = entry.external;
    }
    message
}

/// `forbidden` is what stands against it: at the event, or at the instant somebody looks.
pub(crate) fn connection(connection: &Connection, forbidden: &[ClauseId]) -> wire::Connection {
    let relaxations = &connection.relaxations;
    let first = relaxations.first();
    wire::Connection {
        connection_id: connection.id.to_string(),
        system_id: connection.system.to_string(),
        network_id: connection.network.to_string(),
        allowed_by: first
            .map(|relaxation| relaxation.by.as_str().to_owned())
            .unwrap_or_default(),
        relaxed_clauses: relaxations
            .iter()
            .map(|relaxation| relaxation.clause.to_string())
            .collect(),
        relaxations: relaxations
            .iter()
            .map(|relaxation| wire::Relaxation {
                clause: relaxation.clause.to_string(),
                allowed_by: relaxation.by.as_str().to_owned(),
                ends_at: relaxation.term.ends_at.map(timestamp),
            })
            .collect(),
        forbidden_clauses: texts(forbidden),
    }
}

/// `bound` is its binding at the event, or at the instant somebody looks.
pub(crate) fn device(device: &Device, bound: Option<&Binding>) -> wire::Device {
    let mut message = wire::Device {
        device_id: device.id.to_string(),
        internet_mobile: device.internet_mobile(bound),
        retired: device.retired,
        ..wire::Device::default()
    };
    if let Some(entry) = &device.entry {
        message.kind = entry.kind.as_str().to_owned();
        message.section_id = entry.section.to_string();
        message.person_id = text(entry.person.as_ref());
    }
    if let Some(binding) = bound {
        message.network_id = binding.network.to_string();
        message.network_class = WireNetwork::from(binding.class).into();
        message.bound_until = binding.ends_at.map(timestamp);
    }
    message
}

pub(crate) fn takeout(takeout: &Takeout) -> wire::Takeout {
    let mut message = wire::Takeout {
        returned_at: takeout.returned_at.map(timestamp),
        ..wire::Takeout::default()
    };
    if let Some(record) = &takeout.record {
        message.permit_id = record.permit.to_string();
        message.device_id = record.device.to_string();
        message.person_id = record.person.to_string();
        message.section_id = record.section.to_string();
        message.due_back_at = record.due_back_at.map(timestamp);
    }
    message
}

/// A device as it is at an instant.
pub(crate) fn device_at(state: &Device, now: Timestamp) -> wire::Device {
    device(state, state.binding_at(now))
}

/// A connection as it is at an instant.
pub(crate) fn connection_at(state: &Connection, now: Timestamp) -> wire::Connection {
    connection(state, &state.forbidden_at(now))
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}
