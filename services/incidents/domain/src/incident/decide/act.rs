//! One person's act on an incident: whether it falls to them, and how an act moves the chain.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use standard::{
    Action, Charge, Charged, Role,
    route::{Acting, At, Deciders},
};

use super::super::{Event, Incident, Link, Refusal, Step, What};
use crate::{Facts, office::Seen};

/// See the module.
pub(super) struct Act<'a> {
    pub(super) incident: &'a Incident,
    pub(super) facts: &'a Facts,
    pub(super) by: &'a PersonId,
    pub(super) now: Timestamp,
    /// What is done, in the standard's table of who may.
    pub(super) action: Action,
    /// The absent manager's authority in which the caller acts; none = in their own right.
    pub(super) standing_in: Option<&'a Acting>,
}

impl Act<'_> {
    /// The incident as a matter about one system, or about none.
    fn seen(&self, system: Option<&SystemId>) -> Seen<'_> {
        Seen {
            here: &self.facts.office,
            system: system.and_then(|system| self.facts.systems.get(system)),
            deputies: &self.facts.deputies,
            action: self.action,
        }
    }

    /// The system the incident was reported about.
    pub(super) fn reported_system(&self) -> Option<&SystemId> {
        self.incident.report.as_ref()?.system.as_ref()
    }

    /// To whom the act falls, about one system or none.
    pub(super) fn charged(&self, system: Option<&SystemId>) -> Vec<Charged> {
        let seen = self.seen(system);
        (self.action).charged(&BTreeSet::new(), &self.facts.pack, &seen)
    }

    /// Whether the caller is among them, in the capacity they act in.
    fn is_one_of(&self, deciders: &Deciders) -> bool {
        match self.standing_in {
            None => deciders.people.contains(self.by),
            Some(acting) => deciders.acting.contains(acting),
        }
    }

    /// The roles by which the act falls to the caller.
    pub(super) fn roles(&self, system: Option<&SystemId>) -> Vec<Role> {
        let charged = self.charged(system).into_iter();
        let own = charged.filter(|charged| self.is_one_of(&charged.deciders));
        own.map(|charged| charged.role).collect()
    }

    /// Refuses those to whom the act does not fall.
    pub(super) fn must_be_in_charge(&self) -> Result<(), Refusal> {
        if self.roles(self.reported_system()).is_empty() {
            Err(Refusal::NotInCharge(self.action))
        } else {
            Ok(())
        }
    }

    /// Whether the caller is in charge of a role's duty in this incident.
    pub(super) fn has(&self, role: Role) -> bool {
        let charge = match role {
            Role::SystemManager => Charge::Manager,
            role => Charge::InCharge(role, At::Here),
        };
        let seen = self.seen(self.reported_system());
        let charged = charge.charged(&BTreeSet::new(), &self.facts.pack, &seen);
        charged.is_some_and(|charged| self.is_one_of(&charged.deciders))
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
    if kernel::is_blank(text) {
        Err(Refusal::TextMissing(field))
    } else {
        Ok(())
    }
}
