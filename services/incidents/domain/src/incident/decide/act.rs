//! One person's act on an incident: who is in charge of what, and how an act moves the chain.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{ClauseId, PersonId, SystemId};
use standard::Role;

use super::super::{Event, Incident, Link, Refusal, Step, What};
use crate::{Deputy, Facts, Office};

/// See the module.
pub(super) struct Act<'a> {
    pub(super) incident: &'a Incident,
    pub(super) facts: &'a Facts,
    pub(super) by: &'a PersonId,
    pub(super) now: Timestamp,
    /// The absent manager's deputy in whose authority the caller acts; none = in their own.
    pub(super) standing_in: Option<&'a Deputy>,
}

impl<'a> Act<'a> {
    pub(super) fn new(
        incident: &'a Incident,
        facts: &'a Facts,
        by: &'a PersonId,
        now: Timestamp,
    ) -> Self {
        Self {
            incident,
            facts,
            by,
            now,
            standing_in: None,
        }
    }

    /// Whether the caller is in charge of a role's duty in this incident.
    pub(super) fn has(&self, role: Role) -> bool {
        let system = self
            .incident
            .report
            .as_ref()
            .and_then(|r| r.system.as_ref());
        match (role, system.and_then(|system| self.owner(system))) {
            (Role::SystemManager, Some(owner)) => self.has_at(owner, role),
            _ => self.has_at(&self.facts.office, role),
        }
    }

    /// Whether the caller is in charge of a role's duty at an office.
    pub(super) fn has_at(&self, office: &Office, role: Role) -> bool {
        let in_charge = office.in_charge(role, &self.facts.pack);
        let Some(deputy) = self.standing_in else {
            return in_charge.contains(self.by);
        };
        let section = Some(&deputy.section);
        role == deputy.stands_in_for
            && (section == office.section.as_ref() || section == office.parent.as_ref())
            && in_charge.contains(&deputy.principal)
    }

    /// The office of the section that owns a system, as long as the ledger has it.
    pub(super) fn owner(&self, system: &SystemId) -> Option<&'a Office> {
        self.facts.systems.get(system).map(|system| &system.owner)
    }

    /// Refuses who is in charge of none of these roles.
    pub(super) fn must_have(
        &self,
        roles: &'static [Role],
        clause: ClauseId,
    ) -> Result<(), Refusal> {
        if roles.iter().any(|role| self.has(*role)) {
            Ok(())
        } else {
            Err(Refusal::NotInCharge { roles, clause })
        }
    }

    /// An event of the caller's. Whoever acts has been told: reports to them are done with it.
    pub(super) fn event(&self, what: What) -> Event {
        Event {
            what,
            at: self.now,
            by: Some(self.by.clone()),
            chain: self.told(),
            deputised: None,
        }
    }

    /// The open reports to the caller, done.
    pub(super) fn told(&self) -> Vec<Link> {
        self.incident
            .open()
            .filter(|duty| duty.step.is_report() && self.has(duty.role))
            .map(|duty| Link::Done {
                step: duty.step,
                role: duty.role,
                note: String::new(),
            })
            .collect()
    }

    /// A step that becomes a duty now.
    pub(super) fn opened(&self, step: Step) -> Link {
        opened(step, self.incident.important_system, self.facts, self.now)
    }

    /// A step that becomes a duty now unless it is one already.
    pub(super) fn opened_once(&self, step: Step) -> Option<Link> {
        let open = self.incident.open().any(|duty| duty.step == step);
        (!open).then(|| self.opened(step))
    }

    /// A step that is done with this act.
    pub(super) fn done(&self, step: Step, note: &str) -> Link {
        Link::Done {
            step,
            role: step.role(self.incident.important_system),
            note: note.to_owned(),
        }
    }

    /// Drops the steps named as far as they are open.
    pub(super) fn dropped(&self, steps: &[Step]) -> Vec<Link> {
        let open: BTreeSet<Step> = self.incident.open().map(|duty| duty.step).collect();
        let steps = steps.iter().filter(|step| open.contains(step));
        steps.map(|step| Link::Dropped(*step)).collect()
    }
}

/// A step that becomes a duty at an instant, with its clock running from then.
pub(super) fn opened(step: Step, important_system: bool, facts: &Facts, from: Timestamp) -> Link {
    let pack = &facts.pack;
    Link::Opened {
        step,
        role: step.role(important_system),
        due_at: step
            .within()
            .map(|period| pack.period(period).end(from, pack.calendar())),
    }
}

/// Refuses an empty text.
pub(super) fn text(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        Err(Refusal::TextMissing(field))
    } else {
        Ok(())
    }
}
