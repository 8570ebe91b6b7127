//! What a section's manager has arranged for their absence, as the records of identity say it.

use std::collections::{BTreeMap, BTreeSet};

use bus::Trouble;
use jiff::Timestamp;
use kernel::{AbsenceId, PersonId, SectionId};
use proto::{identity::v1 as identity, record::Record};
use serde::{Deserialize, Serialize};
use standard::Role;

use crate::{
    changes::{id, unknown},
    said::{instant, no_beginning},
};

/// Deputies named by a section's manager, who acts for what, and when the manager is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Deputies and system staff, from when to when.
    pub nominations: Vec<Nomination>,
    /// The plan for the manager's absence.
    pub plan: Option<Plan>,
    /// The absences recorded.
    pub absences: Vec<Absence>,
}

/// Somebody named deputy information manager (1-6-1) or system staff (1-7-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nomination {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it; none = until ended.
    pub until: Option<Timestamp>,
}

impl Nomination {
    /// Whether it holds at that instant.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.since <= now && self.until.is_none_or(|until| now < until)
    }
}

/// Who acts for the manager, and for which kinds of action (2-3-4b).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The manager who wrote it. It serves nobody else's absence.
    pub principal: PersonId,
    /// When it was written.
    pub since: Timestamp,
    /// When its yearly renewal is due; from then on it gives no authority.
    pub until: Timestamp,
    /// Kinds of action by who acts: kinds of permits, acts on incidents.
    pub actions: BTreeMap<PersonId, BTreeSet<String>>,
}

/// A time in which the manager is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Its id.
    pub id: AbsenceId,
    /// Who is absent.
    pub principal: PersonId,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}

/// A section's delegation as a record leaves it; none if it is about no such thing.
pub(crate) fn delegation_said(record: &Record) -> Result<Option<(SectionId, Delegation)>, Trouble> {
    let said = if let Some(event) = record.event::<identity::DeputyNominated>() {
        event?.delegation
    } else if let Some(event) = record.event::<identity::DeputyNominationEnded>() {
        event?.delegation
    } else if let Some(event) = record.event::<identity::AbsencePlanRecorded>() {
        event?.delegation
    } else if let Some(event) = record.event::<identity::AbsencePlanWithdrawn>() {
        event?.delegation
    } else if let Some(event) = record.event::<identity::AbsenceRecorded>() {
        event?.delegation
    } else if let Some(event) = record.event::<identity::AbsenceEnded>() {
        event?.delegation
    } else {
        return Ok(None);
    };
    let said = said.ok_or_else(|| unknown("the event names no delegation"))?;
    let delegation = Delegation {
        nominations: said
            .nominations
            .iter()
            .map(nomination)
            .collect::<Result<_, _>>()?,
        plan: said.plan.as_ref().map(plan).transpose()?,
        absences: said
            .absences
            .iter()
            .map(absence)
            .collect::<Result<_, _>>()?,
    };
    Ok(Some((id(&said.section_id)?, delegation)))
}

fn nomination(said: &identity::DeputyNomination) -> Result<Nomination, Trouble> {
    Ok(Nomination {
        person: id(&said.person_id)?,
        role: said.role.parse().map_err(unknown)?,
        since: instant(said.since.as_ref())?.ok_or_else(no_beginning)?,
        until: instant(said.until.as_ref())?,
    })
}

fn plan(said: &identity::AbsencePlan) -> Result<Plan, Trouble> {
    let entries = said.entries.iter().map(|entry| {
        let actions = entry.actions.iter().cloned().collect();
        Ok((id(&entry.person_id)?, actions))
    });
    Ok(Plan {
        principal: id(&said.principal_id)?,
        since: instant(said.recorded_at.as_ref())?.ok_or_else(no_beginning)?,
        until: instant(said.renewal_due_at.as_ref())?.ok_or_else(no_end)?,
        actions: entries.collect::<Result<_, Trouble>>()?,
    })
}

fn absence(said: &identity::Absence) -> Result<Absence, Trouble> {
    Ok(Absence {
        id: id(&said.absence_id)?,
        principal: id(&said.principal_id)?,
        since: instant(said.since.as_ref())?.ok_or_else(no_beginning)?,
        until: instant(said.until.as_ref())?.ok_or_else(no_end)?,
    })
}

fn no_end() -> Trouble {
    unknown("a period has no end")
}
