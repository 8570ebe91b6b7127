//! From the wire to the ledger's own words. Every field at fault is noted; no rule is judged here.

use jiff::civil::Date;
use ledger_domain::{device, information, network, system};
use proto::{
    common::v1::{InformationClass, NetworkClass},
    ledger::v1 as wire,
};
use rpc::{Fields, status};
use sea_orm::{ExprTrait as _, sea_query::Condition};
use standard::ClassificationGround;
use tonic::Status;

use crate::{
    store::query::{column, equals, named},
    work::bound_to,
};

/// Longest name, in characters.
pub(super) const NAME: usize = 200;
/// Longest reason, in characters.
pub(super) const REASON: usize = 2_000;
/// Most sections that use a system.
const SECTIONS: usize = 500;

/// What was read, after `Fields::done` found nothing at fault.
pub(super) fn judged<T>(read: Option<T>) -> Result<T, Status> {
    read.ok_or_else(|| status::internal(std::io::Error::other("a field at fault was not noted")))
}

pub(super) fn system_entry(
    fields: &mut Fields,
    message: &wire::SystemEntry,
) -> Option<system::Entry> {
    let name = fields.text("name", &message.name, 1..=NAME);
    let owner_section = fields.id("owner_section_id", &message.owner_section_id);
    let network_class = fields.choice(
        "network_class",
        message.network_class,
        NetworkClass::word_of,
    );
    let used_by = fields.list(
        "used_by_section_ids",
        &message.used_by_section_ids,
        0..=SECTIONS,
        |fields, section| fields.id("", section),
    );
    let outage_impact = reason(
        fields,
        "outage_impact_reason",
        &message.outage_impact_reason,
    );
    let discretion = reason(fields, "discretion_reason", &message.discretion_reason);
    Some(system::Entry {
        name,
        owner_section,
        network_class: network_class?,
        cloud: message.cloud,
        telework: message.telework,
        personal_information: message.personal_information,
        used_by: used_by.into_iter().collect(),
        outage_impact,
        discretion,
    })
}

pub(super) fn information_entry(
    fields: &mut Fields,
    message: &wire::ClassifyInformationRequest,
) -> Option<information::Entry> {
    let name = fields.text("name", &message.name, 1..=NAME);
    let section = fields.id("section_id", &message.section_id);
    let class = fields.choice(
        "information_class",
        message.information_class,
        InformationClass::word_of,
    );
    let ground = fields.word::<ClassificationGround>("ground", &message.ground);
    let class_i_ground = (!message.class_i_ground.is_empty())
        .then(|| fields.word("class_i_ground", &message.class_i_ground));
    let reason = reason(fields, "reason", &message.reason);
    let system = fields.optional_id("system_id", &message.system_id);
    let retention_until = day(fields, "retention_until", &message.retention_until);
    Some(information::Entry {
        name,
        section,
        classification: information::Classification {
            class: class?,
            ground: ground?,
            class_i_ground: class_i_ground.flatten(),
            reason,
        },
        system,
        personal: message.personal_information,
        retention_until,
    })
}

pub(super) fn network_entry(
    fields: &mut Fields,
    message: &wire::RegisterNetworkRequest,
) -> Option<network::Entry> {
    let name = fields.text("name", &message.name, 1..=NAME);
    let class = fields.choice(
        "network_class",
        message.network_class,
        NetworkClass::word_of,
    );
    Some(network::Entry {
        name,
        class: class?,
        prefectural_security_cloud: message.prefectural_security_cloud,
        external: message.external,
    })
}

pub(super) fn device_entry(
    fields: &mut Fields,
    message: &wire::RegisterDeviceRequest,
) -> Option<(device::Entry, device::Ownership)> {
    let kind = device::Kind::parse(&message.kind);
    if kind.is_none() {
        let known: Vec<&str> = device::Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        fields.fail(
            "kind",
            "word_unknown",
            format!("must be one of: {}", known.join(", ")),
            format!("次のいずれかです：{}", known.join("、")),
        );
    }
    let section = fields.id("section_id", &message.section_id);
    let person = fields.optional_id("person_id", &message.person_id);
    let ownership = fields.choice("ownership", message.ownership, ownership);
    let entry = device::Entry {
        kind: kind?,
        section,
        internet_mobile: message.internet_mobile,
        person,
    };
    Some((entry, ownership?))
}

fn ownership(value: i32) -> Option<device::Ownership> {
    match wire::DeviceOwnership::try_from(value).ok()? {
        wire::DeviceOwnership::Unspecified => None,
        wire::DeviceOwnership::City => Some(device::Ownership::City),
        wire::DeviceOwnership::Personal => Some(device::Ownership::Personal),
    }
}

pub(super) fn systems_that_fit(
    fields: &mut Fields,
    message: &wire::ListSystemsRequest,
) -> Condition {
    let name = fields.optional_text("name", &message.name, NAME);
    let owner: Option<kernel::SectionId> =
        fields.optional_id("owner_section_id", &message.owner_section_id);
    let class = filter(
        fields,
        "highest_class",
        message.highest_class,
        InformationClass::word_of,
    );
    let network = filter(
        fields,
        "network_class",
        message.network_class,
        NetworkClass::word_of,
    );
    let fits = named(Condition::all(), name.as_deref());
    let fits = equals(fits, "owner_section", owner);
    let fits = equals(fits, "highest_class", class);
    let fits = equals(fits, "network_class", network);
    let fits = is(fits, "important", message.important);
    is(fits, "retired", (!message.include_retired).then_some(false))
}

pub(super) fn information_that_fits(
    fields: &mut Fields,
    message: &wire::ListInformationRequest,
) -> Condition {
    let name = fields.optional_text("name", &message.name, NAME);
    let section: Option<kernel::SectionId> = fields.optional_id("section_id", &message.section_id);
    let system: Option<kernel::SystemId> = fields.optional_id("system_id", &message.system_id);
    let class = filter(
        fields,
        "information_class",
        message.information_class,
        InformationClass::word_of,
    );
    let before = day(fields, "retention_before", &message.retention_before);
    let fits = named(Condition::all(), name.as_deref());
    let fits = equals(fits, "section", section);
    let fits = equals(fits, "system", system);
    let fits = equals(fits, "class", class);
    let fits = match before {
        Some(day) => fits.add(column("retention_until").lt(day.to_string())),
        None => fits,
    };
    is(fits, "removed", Some(false))
}

pub(super) fn networks_that_fit(
    fields: &mut Fields,
    message: &wire::ListNetworksRequest,
) -> Condition {
    let name = fields.optional_text("name", &message.name, NAME);
    let class = filter(
        fields,
        "network_class",
        message.network_class,
        NetworkClass::word_of,
    );
    equals(named(Condition::all(), name.as_deref()), "class", class)
}

pub(super) fn connections_that_fit(
    fields: &mut Fields,
    message: &wire::ListConnectionsRequest,
) -> Condition {
    let system: Option<kernel::SystemId> = fields.optional_id("system_id", &message.system_id);
    let network: Option<kernel::NetworkId> = fields.optional_id("network_id", &message.network_id);
    let fits = equals(Condition::all(), "system", system);
    is(equals(fits, "network", network), "live", Some(true))
}

pub(super) fn devices_that_fit(
    fields: &mut Fields,
    message: &wire::ListDevicesRequest,
    now: i64,
) -> Condition {
    let section: Option<kernel::SectionId> = fields.optional_id("section_id", &message.section_id);
    let network: Option<kernel::NetworkId> = fields.optional_id("network_id", &message.network_id);
    let person: Option<kernel::PersonId> = fields.optional_id("person_id", &message.person_id);
    let fits = equals(Condition::all(), "section", section);
    let fits = equals(fits, "person", person);
    let fits = match network {
        Some(network) => fits.add(bound_to(network.as_str(), now)),
        None => fits,
    };
    is(fits, "retired", (!message.include_retired).then_some(false))
}

pub(super) fn takeouts_that_fit(
    fields: &mut Fields,
    message: &wire::ListTakeoutsRequest,
) -> Condition {
    let device: Option<kernel::DeviceId> = fields.optional_id("device_id", &message.device_id);
    let section: Option<kernel::SectionId> = fields.optional_id("section_id", &message.section_id);
    let due = fields.optional_timestamp("due_before", message.due_before.as_ref());
    let fits = equals(Condition::all(), "device", device);
    let fits = equals(fits, "section", section);
    let fits = match due {
        Some(due) => fits.add(column("due_back_at").lt(store::micros(due))),
        None => fits,
    };
    let out = message.out || due.is_some();
    is(fits, "returned", out.then_some(false))
}

/// A filter by a value of a proto enum; unspecified does not limit.
fn filter<T>(
    fields: &mut Fields,
    field: &str,
    value: i32,
    convert: impl FnOnce(i32) -> Option<T>,
) -> Option<T> {
    (value != 0).then(|| fields.choice(field, value, convert))?
}

fn is(fits: Condition, name: &'static str, value: Option<bool>) -> Condition {
    match value {
        Some(value) => fits.add(column(name).eq(value)),
        None => fits,
    }
}

fn reason(fields: &mut Fields, field: &str, value: &str) -> Option<String> {
    let text = fields.long_text(field, value, 0..=REASON);
    (!text.is_empty()).then_some(text)
}

fn day(fields: &mut Fields, field: &str, value: &str) -> Option<Date> {
    if value.is_empty() {
        return None;
    }
    let day: Option<Date> = value
        .parse()
        .ok()
        .filter(|day: &Date| day.to_string() == value);
    if day.is_none() {
        fields.fail(
            field,
            "date_invalid",
            "must be a day written YYYY-MM-DD",
            "YYYY-MM-DDの形式の日付で指定してください。",
        );
    }
    day
}
