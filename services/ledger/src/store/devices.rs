//! Devices in the database.

use ledger_domain::device::{Device, Event};
use proto::record::Outgoing;
use store::{Aggregate, Column, micros};

use crate::publish;

/// See the module.
pub struct Devices;

impl Aggregate for Devices {
    type State = Device;

    const TABLE: &'static str = "device";

    fn columns(state: &Device) -> Vec<Column> {
        let entry = state.entry.as_ref();
        let section = entry.map(|entry| entry.section.to_string());
        let person = entry.and_then(|entry| entry.person.as_ref());
        let binding = state.binding.as_ref();
        let until = binding.and_then(|binding| binding.ends_at);
        vec![
            ("section", section.unwrap_or_default().into()),
            (
                "network",
                binding.map(|binding| binding.network.to_string()).into(),
            ),
            ("bound_until", until.map(micros).into()),
            ("person", person.map(ToString::to_string).into()),
            ("retired", state.retired.into()),
        ]
    }

    fn publish(event: &Event, state: &Device) -> Outgoing {
        publish::device(event, state)
    }
}
