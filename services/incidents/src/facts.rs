//! Gathers what the domain decides by from what is known of the city.

use std::{collections::BTreeMap, sync::Arc};

use directory::Directory;
use incidents_domain::{Facts, Incident, Office, System, incident::Command};
use jiff::Timestamp;
use kernel::{SectionId, SystemId};
use standard::{Pack, Role, Seat};

/// The facts for a command to an incident.
pub(crate) fn gather(
    incident: &Incident,
    command: &Command,
    directory: &Directory,
    pack: &Arc<Pack>,
    now: Timestamp,
) -> Facts {
    let reported = match command {
        Command::Report(report) => Some(&**report),
        _ => incident.report.as_ref(),
    };
    let section = reported.and_then(|report| report.section.as_ref());
    let concerned = reported.and_then(|report| report.system.as_ref());
    let named = match command {
        Command::Suspend { system, .. } | Command::Resume { system, .. } => Some(system),
        _ => None,
    };
    let stopped = incident.suspended.keys().chain(&incident.resumed);
    let systems = concerned.into_iter().chain(named).chain(stopped);
    Facts {
        pack: Arc::clone(pack),
        office: office(section, directory, pack, now),
        systems: systems
            .filter_map(|id| Some((id.clone(), system(id, directory, pack, now)?)))
            .collect(),
    }
}

/// The facts for a machine event, whose section and system are read in the consumer's transaction.
pub(crate) fn of_machine(
    concerned: Option<(SystemId, &directory::System)>,
    pack: &Arc<Pack>,
) -> Facts {
    let system = |known: &directory::System| System {
        owner: Office::default(),
        important: known.important,
        retired: known.retired,
    };
    Facts {
        pack: Arc::clone(pack),
        office: Office::default(),
        systems: concerned
            .into_iter()
            .map(|(id, known)| (id, system(known)))
            .collect(),
    }
}

fn system(id: &SystemId, directory: &Directory, pack: &Pack, now: Timestamp) -> Option<System> {
    let known = directory.system(id)?;
    Some(System {
        owner: office(Some(&known.owner), directory, pack, now),
        important: known.important,
        retired: known.retired,
    })
}

/// A section with those who hold each role for it; the city's own when there is no such section.
fn office(
    section: Option<&SectionId>,
    directory: &Directory,
    pack: &Pack,
    now: Timestamp,
) -> Office {
    let section = section.filter(|id| directory.section(id).is_some());
    let bureau = section.and_then(|id| directory.bureau_of(id));
    let holders = |role: &Role| match pack.role(*role).seat {
        Seat::City | Seat::Anywhere => directory.holders(*role, now),
        Seat::Bureau => bureau
            .map(|bureau| directory.holders_in_bureau(*role, bureau, now))
            .unwrap_or_default(),
        Seat::Section => section
            .map(|section| in_section(*role, section, directory, now))
            .unwrap_or_default(),
    };
    let holders: BTreeMap<_, _> = Role::ALL
        .iter()
        .map(|role| (*role, holders(role)))
        .collect();
    Office {
        section: section.cloned(),
        bureau: bureau.cloned(),
        holders,
    }
}

/// A third-class office without a holder of its own has its section's.
fn in_section(
    role: Role,
    section: &SectionId,
    directory: &Directory,
    now: Timestamp,
) -> std::collections::BTreeSet<kernel::PersonId> {
    let here = directory.holders_in_section(role, section, now);
    let parent = directory
        .section(section)
        .and_then(|known| known.parent.as_ref());
    match parent {
        Some(parent) if here.is_empty() => directory.holders_in_section(role, parent, now),
        _ => here,
    }
}
