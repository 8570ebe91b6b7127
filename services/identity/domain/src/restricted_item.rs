//! What only those admitted to it may see or use: specifications (7-1-(3)-2), shared folders
//! (7-2-(5)-1), equipment and media (2-3-1).
//!
//! An item is kept or reached by means of a system, and the head of a section is in charge of it: of a
//! specification the head of the section that owns the system. They, or who acts for them, register it
//! and admit people to it, each until an end or until dismissed; whoever stands above admits the head.
//! Being admitted is an entitlement with a narrower scope than a system: it ends with the time in the
//! section, and reviews of access list it like any other. Nobody else gets in.

mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{ClauseId, Context, Decider, PersonId, RestrictedItemId, SectionId, SystemId};
use serde::{Deserialize, Serialize};

use crate::clause;
pub use refusal::Refusal;

/// What is known of it; nothing before it is registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub registered: Option<Record>,
    /// It is kept no longer.
    pub withdrawn: bool,
}

/// An item's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: RestrictedItemId,
    /// What it is; it never changes.
    pub kind: ItemKind,
    /// The name it is known by.
    pub name: String,
    /// The system it is kept or reached by; it never changes.
    pub system: SystemId,
    /// The section whose head is in charge of it.
    pub section: SectionId,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Documents that specify a system (仕様書等).
    Specification,
    /// A shared folder.
    Folder,
    /// Equipment.
    Equipment,
    /// A medium.
    Medium,
}

impl ItemKind {
    /// The clause by which access to it is kept to the least.
    pub const fn clause(self) -> ClauseId {
        match self {
            Self::Specification => clause::SPECIFICATIONS,
            Self::Folder => clause::SHARED_FOLDERS,
            Self::Equipment | Self::Medium => clause::EQUIPMENT_AND_MEDIA,
        }
    }
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Register it, or change its name or the section in charge.
    Register(Record),
    /// Let people see or use it.
    Admit {
        /// Whom.
        people: BTreeSet<PersonId>,
        /// First instant after it; none = until dismissed.
        until: Option<Timestamp>,
    },
    /// Let people see or use it no longer.
    Dismiss {
        /// Whom.
        people: BTreeSet<PersonId>,
        /// Why.
        reason: String,
    },
    /// Keep it no longer: everybody is dismissed.
    Withdraw {
        /// Why.
        reason: String,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Registered or changed.
    Registered(Record),
    /// People were admitted; each has an entitlement to it.
    Admitted {
        /// Who.
        people: BTreeSet<PersonId>,
        /// First instant after it.
        until: Option<Timestamp>,
        /// Who decided it.
        by: PersonId,
    },
    /// People were dismissed; their entitlements have ended.
    Dismissed {
        /// Who.
        people: BTreeSet<PersonId>,
        /// Who decided it.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// Kept no longer.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The system is in the ledger and in service.
    pub system_in_service: bool,
    /// Section that owns the system.
    pub owner: Option<SectionId>,
    /// The section to be in charge is recorded.
    pub section_known: bool,
    /// Who heads the section in charge now, or acts for its head: of the one recorded, else of the one
    /// to be.
    pub managers: BTreeSet<PersonId>,
    /// Who may admit a person who is one of the managers.
    pub above: BTreeMap<PersonId, BTreeSet<PersonId>>,
    /// Those of the people named who are admitted now.
    pub admitted: BTreeSet<PersonId>,
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(
        &self,
        command: &Command,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let by = context.actor.person().ok_or(Refusal::NotAPerson)?;
        if let Command::Register(record) = command {
            return self.register(record, facts, by);
        }
        let record = self.registered.as_ref().ok_or(Refusal::Unknown)?;
        match command {
            Command::Register(_) => Ok(vec![]),
            Command::Admit { people, until } => {
                if self.withdrawn {
                    return Err(Refusal::Withdrawn);
                }
                if until.is_some_and(|end| end <= context.now) {
                    return Err(Refusal::PeriodOver);
                }
                for person in people {
                    let may = facts.above.get(person).unwrap_or(&facts.managers);
                    if person == by {
                        return Err(Refusal::OwnAdmission);
                    }
                    in_charge(by, may, record.kind)?;
                }
                Ok(vec![Event::Admitted {
                    people: people.clone(),
                    until: *until,
                    by: by.clone(),
                }])
            }
            Command::Dismiss { people, reason } => {
                in_charge(by, &facts.managers, record.kind)?;
                let people: BTreeSet<_> = people.intersection(&facts.admitted).cloned().collect();
                let dismissed = (!people.is_empty()).then(|| Event::Dismissed {
                    people,
                    by: by.clone(),
                    reason: reason.clone(),
                });
                Ok(dismissed.into_iter().collect())
            }
            Command::Withdraw { reason } => {
                in_charge(by, &facts.managers, record.kind)?;
                let event = (!self.withdrawn).then(|| Event::Withdrawn {
                    reason: reason.clone(),
                });
                Ok(event.into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered(record) => {
                self.registered = Some(record.clone());
                self.withdrawn = false;
            }
            Event::Withdrawn { .. } => self.withdrawn = true,
            Event::Admitted { .. } | Event::Dismissed { .. } => {}
        }
    }
}

impl State {
    fn register(
        &self,
        wanted: &Record,
        facts: &Facts,
        by: &PersonId,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.registered.as_ref();
        if known.is_some_and(|one| (one.kind, &one.system) != (wanted.kind, &wanted.system)) {
            return Err(Refusal::Another);
        }
        if !facts.system_in_service {
            return Err(Refusal::SystemUnknown(wanted.system.clone()));
        }
        if !facts.section_known {
            return Err(Refusal::SectionUnknown(wanted.section.clone()));
        }
        let owns = facts.owner.as_ref() == Some(&wanted.section);
        if wanted.kind == ItemKind::Specification && !owns {
            return Err(Refusal::NotTheOwner);
        }
        in_charge(by, &facts.managers, wanted.kind)?;
        if known == Some(wanted) && !self.withdrawn {
            return Ok(vec![]);
        }
        Ok(vec![Event::Registered(wanted.clone())])
    }
}

fn in_charge(by: &PersonId, may: &BTreeSet<PersonId>, kind: ItemKind) -> Result<(), Refusal> {
    if may.contains(by) {
        Ok(())
    } else {
        Err(Refusal::NotInCharge(kind))
    }
}

#[cfg(test)]
mod tests;
