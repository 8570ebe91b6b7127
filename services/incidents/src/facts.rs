//! Gathers what the domain decides by from what is known of the city.

use std::sync::Arc;

use directory::Directory;
use incidents_domain::{Facts, Incident, Office, System, incident::Command};
use jiff::Timestamp;
use kernel::{Context, SectionId, SystemId};
use standard::{Pack, Role};

/// The facts for a command to an incident, but for the machines that may report one.
pub(crate) fn gather(
    incident: &Incident,
    command: &Command,
    directory: &Directory,
    pack: &Arc<Pack>,
    context: &Context,
) -> Facts {
    let now = context.now;
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
        deputies: directory.deputies_on_routes(now),
        machines: Arc::default(),
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
        deputies: Vec::new(),
        machines: Arc::default(),
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
    let known = section.and_then(|id| Some((id, directory.section(id)?)));
    let id = known.map(|(id, _)| id);
    let holders = |role: &Role| (*role, directory.holders_for(*role, id, pack, now));
    Office {
        section: id.cloned(),
        parent: known.and_then(|(_, section)| section.parent.clone()),
        bureau: known.map(|(_, section)| section.bureau.clone()),
        holders: Role::ALL.iter().map(holders).collect(),
    }
}
