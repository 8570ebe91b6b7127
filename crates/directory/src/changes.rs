//! What the records of identity and ledger teach.

use bus::Trouble;
use kernel::PersonId;
use proto::{identity::v1 as identity, ledger::v1 as ledger, record::Record};
use store::facts::Change;

use crate::{
    Bureau, Epoch, Post, Revoked, Section, System,
    delegation::delegation_said,
    kind,
    said::{holders_said, person_said},
};

/// What a record of identity says about organisation, people and revocations.
pub fn organisation_changes(record: &Record) -> Result<Vec<Change>, Trouble> {
    if let Some(event) = record.event::<identity::BureauRecorded>() {
        let event = event?;
        let bureau = Bureau {
            name: event.name,
            ward: event.ward,
        };
        return Ok(vec![Change::known(kind::BUREAU, event.bureau_id, &bureau)]);
    }
    if let Some(event) = record.event::<identity::SectionRecorded>() {
        let event = event?;
        let section = Section {
            name: event.name,
            bureau: id(&event.bureau_id)?,
            parent: optional(&event.parent_section_id)?,
        };
        return Ok(vec![Change::known(
            kind::SECTION,
            event.section_id,
            &section,
        )]);
    }
    if let Some(event) = record.event::<identity::PostRecorded>() {
        let event = event?;
        let roles = event
            .roles
            .iter()
            .map(|role| role.parse().map_err(unknown))
            .collect::<Result<_, _>>()?;
        let post = Post {
            title: event.title,
            section: optional(&event.section_id)?,
            bureau: optional(&event.bureau_id)?,
            roles,
        };
        return Ok(vec![Change::known(kind::POST, event.post_id, &post)]);
    }
    if let Some((post, holders)) = holders_said(record)? {
        return Ok(vec![Change::known(kind::HOLDERS, post.as_str(), &holders)]);
    }
    if let Some((section, delegation)) = delegation_said(record)? {
        let section = section.as_str();
        return Ok(vec![Change::known(kind::DELEGATION, section, &delegation)]);
    }
    if let Some((id, person)) = person_said(record)? {
        return Ok(vec![Change::known(kind::PERSON, id.as_str(), &person)]);
    }
    if let Some(event) = record.event::<identity::AccountDisabled>() {
        let event = event?;
        return Ok(vec![raised(&event.person_id, event.epoch, false)]);
    }
    if let Some(event) = record.event::<identity::SessionEnded>() {
        let event = event?;
        let ended = [event.session_id];
        return Ok(revoked(record, id(&event.person_id)?, &ended, false));
    }
    if let Some(event) = record.event::<identity::SessionsRevoked>() {
        let event = event?;
        let person = id(&event.person_id)?;
        let mut changes = revoked(record, person, &event.session_ids, false);
        changes.push(raised(&event.person_id, event.epoch, false));
        return Ok(changes);
    }
    if let Some(event) = record.event::<identity::CredentialReportedLost>() {
        let event = event?;
        let person = id(&event.person_id)?;
        let mut changes = revoked(record, person, &event.session_ids, true);
        changes.push(raised(&event.person_id, event.epoch, true));
        return Ok(changes);
    }
    Ok(Vec::new())
}

fn revoked(record: &Record, person: PersonId, sessions: &[String], lost: bool) -> Vec<Change> {
    let fact = Revoked {
        person,
        at: record.time,
        lost,
    };
    (sessions.iter())
        .map(|session| Change::known(kind::REVOKED, session, &fact))
        .collect()
}

fn raised(person: &str, epoch: u64, lost: bool) -> Change {
    Change::known(kind::EPOCH, person, &Epoch { epoch, lost })
}

/// What a record of the ledger says about information systems.
pub fn system_changes(record: &Record) -> Result<Vec<Change>, Trouble> {
    let system = if let Some(event) = record.event::<ledger::SystemRegistered>() {
        event?.system
    } else if let Some(event) = record.event::<ledger::SystemChanged>() {
        event?.system
    } else if let Some(event) = record.event::<ledger::SystemImportanceChanged>() {
        event?.system
    } else if let Some(event) = record.event::<ledger::SystemRetired>() {
        return Ok(vec![Change::gone(kind::SYSTEM, event?.system_id)]);
    } else {
        return Ok(Vec::new());
    };
    let system = system.ok_or_else(|| Trouble::Record("the event names no system".to_owned()))?;
    Ok(vec![Change::known(
        kind::SYSTEM,
        &system.system_id,
        &read(&system)?,
    )])
}

fn read(system: &ledger::System) -> Result<System, Trouble> {
    Ok(System {
        name: system.name.clone(),
        owner: id(&system.owner_section_id)?,
        used_by: system
            .used_by_section_ids
            .iter()
            .map(|section| id(section))
            .collect::<Result<_, _>>()?,
        network: system.network_class().word().ok_or_else(no_network)?,
        cloud: system.cloud,
        telework: system.telework,
        personal_information: system.personal_information,
        highest_class: system.highest_class().word(),
        important: system.important,
        mfa_introduced: system.mfa_consideration.as_ref().map(|c| c.introduced),
        retired: system.retired,
    })
}

fn no_network() -> Trouble {
    Trouble::Record("the system has no network class".to_owned())
}

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(unknown)
}

fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
    text: &str,
) -> Result<Option<T>, Trouble> {
    (!text.is_empty()).then(|| id(text)).transpose()
}

pub(crate) fn unknown(error: impl std::fmt::Display) -> Trouble {
    Trouble::Record(error.to_string())
}
