//! What happened, as the others are told of it: each domain event as its public one.

use kernel::{ClauseId, Refusal};
use ledger_domain::{
    clauses, connection, connection::Connection, device, device::Device, information,
    information::Information, network, network::Network, system, system::System, takeout,
    takeout::Takeout,
};
use proto::{common::v1::InformationClass, ledger::v1 as wire, record::Outgoing, timestamp};
use standard::pack::Effect;

use crate::wire as convert;

pub(crate) fn system(event: &system::Event, state: &System) -> Outgoing {
    use system::Event;
    let now = || Some(convert::system(state));
    let changed =
        |clauses: Vec<ClauseId>| Outgoing::new(&wire::SystemChanged { system: now() }, clauses);
    match event {
        Event::Registered { .. } => Outgoing::new(
            &wire::SystemRegistered { system: now() },
            [clauses::SYSTEM_LEDGER],
        ),
        Event::Changed { .. } => changed(vec![clauses::SYSTEM_LEDGER]),
        Event::HandledChanged { .. } => changed(vec![clauses::INFORMATION_LEDGER]),
        Event::MfaConsidered { .. } => changed(vec![clauses::MFA_CONSIDERED]),
        Event::ImportanceChanged { grounds } => Outgoing::new(
            &wire::SystemImportanceChanged { system: now() },
            std::iter::once(clauses::IMPORTANCE)
                .chain(grounds.iter().map(|ground| ground.clause.clone())),
        ),
        Event::Retired { .. } => Outgoing::new(
            &wire::SystemRetired {
                system_id: state.id.to_string(),
            },
            [clauses::SYSTEM_LEDGER],
        ),
    }
}

pub(crate) fn information(event: &information::Event, state: &Information) -> Outgoing {
    use information::Event;
    match event {
        Event::Classified {
            entry,
            previous_class,
            ..
        } => {
            let classification = &entry.classification;
            let ground = classification.ground.clause(classification.class);
            let previous = previous_class.map(|class| InformationClass::from(class).into());
            Outgoing::new(
                &wire::InformationClassified {
                    information: Some(convert::information(state)),
                    previous_class: previous.unwrap_or_default(),
                },
                std::iter::once(clauses::ALL_CLASSIFIED).chain(ground),
            )
        }
        Event::Removed { reason } => Outgoing::new(
            &wire::InformationRemoved {
                information_id: state.id.to_string(),
                reason: reason.clone(),
            },
            [clauses::ERASE_UNNEEDED],
        ),
    }
}

pub(crate) fn network(event: &network::Event, state: &Network) -> Outgoing {
    match event {
        network::Event::Registered { .. } => Outgoing::new(
            &wire::NetworkRegistered {
                network: Some(convert::network(state)),
            },
            [clauses::NETWORK_CLASS],
        ),
    }
}

pub(crate) fn connection(event: &connection::Event, state: &Connection) -> Outgoing {
    use connection::Event;
    let now = || Some(convert::connection(state, &state.forbidden));
    let relaxed = state
        .relaxations
        .iter()
        .map(|relaxation| relaxation.clause.clone());
    match event {
        Event::Registered { .. } => {
            Outgoing::new(&wire::ConnectionRegistered { connection: now() }, relaxed)
        }
        Event::Rejudged { forbidden, .. } => Outgoing::new(
            &wire::ConnectionRejudged { connection: now() },
            relaxed.chain(forbidden.iter().cloned()),
        ),
        Event::Removed { reason } => Outgoing::new(
            &wire::ConnectionRemoved {
                connection_id: state.id.to_string(),
                reason: reason.clone(),
            },
            [],
        ),
    }
}

pub(crate) fn device(event: &device::Event, state: &Device) -> Outgoing {
    use device::Event;
    let registered = |clause| {
        Outgoing::new(
            &wire::DeviceRegistered {
                device: Some(convert::device(state, state.binding.as_ref())),
            },
            [clause],
        )
    };
    match event {
        Event::Registered { .. } => registered(clauses::NO_PERSONAL_DEVICES),
        Event::Bound(_) | Event::Released => registered(clauses::DEVICE_PERMITTED),
        Event::Retired { reason } => Outgoing::new(
            &wire::DeviceRetired {
                device_id: state.id.to_string(),
                reason: reason.clone(),
            },
            [clauses::NO_PERSONAL_DEVICES],
        ),
    }
}

pub(crate) fn takeout(event: &takeout::Event, state: &Takeout) -> Outgoing {
    use takeout::Event;
    match event {
        Event::Recorded(record) => Outgoing::new(
            &wire::TakeoutRecorded {
                permit_id: record.permit.to_string(),
                device_id: record.device.to_string(),
                person_id: record.person.to_string(),
                due_back_at: record.due_back_at.map(timestamp),
            },
            [clauses::TAKEOUT_RECORD],
        ),
        Event::Returned { at } => {
            let now = convert::takeout(state);
            Outgoing::new(
                &wire::TakeoutReturned {
                    permit_id: now.permit_id,
                    device_id: now.device_id,
                    returned_at: Some(timestamp(*at)),
                },
                [clauses::TAKEOUT_RECORD],
            )
        }
    }
}

/// What a granted permit was to bring about is refused.
pub(crate) fn not_carried_out(permit: &str, effect: Effect, refusal: &impl Refusal) -> Outgoing {
    let told = wire::PermitNotCarriedOut {
        permit_id: permit.to_owned(),
        effect: effect.to_string(),
        code: refusal.code().to_owned(),
        message_ja: refusal.message_ja(),
        message_en: refusal.to_string(),
    };
    Outgoing::new(&told, refusal.clauses())
}
