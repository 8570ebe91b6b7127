//! What the head of a section arranges for their absence (clauses 1-6-1, 1-7-1, 2-3-4, 2-6-2, 2-7-2).
//!
//! The head names deputies and system staff from the section's own people, and writes beforehand who
//! acts for which kinds of action while they are away. An absence is recorded by the head, or by
//! whoever stands above: never by those who act in it, and never for a time gone by. A plan is good
//! for absences that begin after it was written, until its renewal is due. While the head's post is
//! vacant, whoever stands above names deputies; nobody is absent then, and nobody acts.

mod facts;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{AbsenceId, ClauseId, Context, Decider, PersonId, SectionId};
use serde::{Deserialize, Serialize};
use standard::{Action, Period, Role};

use crate::clause;
pub use facts::Facts;
pub use refusal::Refusal;

/// What is arranged in a section; nothing before anything is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The section; none before anything is arranged.
    pub section: Option<SectionId>,
    /// Deputies and system staff.
    pub nominations: Vec<Nomination>,
    /// The plan for the head's absence.
    pub plan: Option<Plan>,
    /// Absences running or to come.
    pub absences: Vec<Absence>,
}

/// Somebody named, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nomination {
    /// Who.
    pub person: PersonId,
    /// `DeputyInformationManager` or `SystemStaff`.
    pub role: Role,
    /// First moment.
    pub since: Timestamp,
    /// First moment after it; none = until ended.
    pub until: Option<Timestamp>,
}

impl Nomination {
    fn holds(&self, now: Timestamp) -> bool {
        self.since <= now && self.until.is_none_or(|until| now < until)
    }

    /// Whether less of what another promises from now on is left.
    fn is_shorter(&self, than: &Self, now: Timestamp) -> bool {
        let ends = |one: &Self| one.until.unwrap_or(Timestamp::MAX);
        now < self.since || ends(self) < ends(than)
    }
}

/// Who acts for the head, and for which kinds of action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The head who wrote it.
    pub principal: PersonId,
    /// When it was written.
    pub since: Timestamp,
    /// When its renewal is due.
    pub until: Timestamp,
    /// Kinds of action by who acts.
    pub actions: Actions,
}

/// Kinds of action by who acts: kinds of permits, acts on incidents.
pub type Actions = BTreeMap<PersonId, BTreeSet<String>>;

/// A time in which the head is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Its id.
    pub id: AbsenceId,
    /// The head.
    pub principal: PersonId,
    /// First moment.
    pub since: Timestamp,
    /// First moment of being back.
    pub until: Timestamp,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Name somebody.
    Nominate {
        /// Who.
        person: PersonId,
        /// As what.
        role: Role,
        /// From when; none = now, or as it was.
        since: Option<Timestamp>,
        /// Until when; none = until ended.
        until: Option<Timestamp>,
    },
    /// End a nomination. Of a section's last deputy it takes a successor (2-3-4a).
    EndNomination {
        /// Whose.
        person: PersonId,
        /// As what.
        role: Role,
        /// Whom to name in their place, from now on.
        successor: Option<PersonId>,
    },
    /// Write the plan.
    Plan(Actions),
    /// Withdraw the plan.
    WithdrawPlan,
    /// Record an absence of the head.
    BeAbsent {
        /// The new absence's id.
        id: AbsenceId,
        /// From when; none = now.
        since: Option<Timestamp>,
        /// Until when.
        until: Timestamp,
    },
    /// End an absence, or drop one to come.
    Return(AbsenceId),
    /// Let nothing that somebody was named to last longer than till then: they move away or leave.
    /// It follows from that, whoever asks (7-2-(9)-1).
    EndBy {
        /// Whose.
        person: PersonId,
        /// First instant after it.
        at: Timestamp,
    },
}

/// What happens, and in which section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The section.
    pub section: SectionId,
    /// What.
    pub what: What,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Somebody was named.
    Nominated(Nomination),
    /// A nomination was ended.
    NominationEnded {
        /// Whose.
        person: PersonId,
        /// As what.
        role: Role,
    },
    /// A nomination ends, its person moving away or leaving.
    NominationEnds {
        /// Whose.
        person: PersonId,
        /// As what.
        role: Role,
        /// First instant after it.
        at: Timestamp,
    },
    /// The plan was written.
    Planned(Plan),
    /// The plan was withdrawn.
    PlanWithdrawn,
    /// The head is absent, or will be.
    Absent {
        /// When.
        absence: Absence,
        /// When that was recorded.
        at: Timestamp,
    },
    /// An absence is over, or does not come about.
    Returned(AbsenceId),
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
        let section = facts.section.as_ref().ok_or(Refusal::SectionUnknown)?;
        let by = match command {
            // What follows from a move or a leaving is nobody's to permit.
            Command::EndBy { person, .. } => person,
            _ => context.actor.person().ok_or(Refusal::NotAPerson)?,
        };
        let happened = self.judge(command, facts, by, context.now)?;
        let event = |what| Event {
            section: section.clone(),
            what,
        };
        Ok(happened.into_iter().map(event).collect())
    }

    fn evolve(&mut self, event: &Event) {
        self.section = Some(event.section.clone());
        match &event.what {
            What::Nominated(nomination) => {
                self.drop_nomination(&nomination.person, nomination.role);
                self.nominations.push(nomination.clone());
            }
            What::NominationEnded { person, role } => self.drop_nomination(person, *role),
            What::NominationEnds { person, role, at } => {
                let named = |one: &&mut Nomination| one.person == *person && one.role == *role;
                let named = self.nominations.iter_mut().filter(named);
                named.for_each(|one| one.until = Some(*at));
            }
            What::Planned(plan) => self.plan = Some(plan.clone()),
            What::PlanWithdrawn => self.plan = None,
            What::Absent { absence, at } => {
                self.absences.retain(|known| *at < known.until);
                self.absences.push(absence.clone());
            }
            What::Returned(id) => self.absences.retain(|known| known.id != *id),
        }
    }
}

impl State {
    fn judge(
        &self,
        command: &Command,
        facts: &Facts,
        by: &PersonId,
        now: Timestamp,
    ) -> Result<Vec<What>, Refusal> {
        match command {
            Command::Nominate {
                person,
                role,
                since,
                until,
            } => {
                in_charge(by, facts, Action::DeputyNominate, naming(*role)?)?;
                let since = since.or_else(|| Some(self.nomination(person, *role)?.since));
                let nomination = Nomination {
                    person: person.clone(),
                    role: *role,
                    since: since.unwrap_or(now),
                    until: *until,
                };
                let happened = self.nominate(nomination.clone(), facts)?;
                let shorter = |known: &Nomination| nomination.is_shorter(known, now);
                let known = self.nomination(person, *role);
                if known.is_some_and(|known| known.holds(now) && shorter(known))
                    && self.last_deputy(&nomination, facts, now)
                {
                    return Err(Refusal::LastDeputy);
                }
                Ok(happened)
            }
            Command::EndNomination {
                person,
                role,
                successor,
            } => {
                in_charge(by, facts, Action::DeputyNominate, naming(*role)?)?;
                let Some(known) = self.nomination(person, *role) else {
                    return Ok(vec![]);
                };
                let successor = successor.as_ref().filter(|one| *one != person);
                let mut happened = match successor {
                    Some(successor) => self.succeed(successor, *role, facts, now)?,
                    None if known.holds(now) && self.last_deputy(known, facts, now) => {
                        return Err(Refusal::LastDeputy);
                    }
                    None => vec![],
                };
                happened.push(What::NominationEnded {
                    person: person.clone(),
                    role: *role,
                });
                Ok(happened)
            }
            Command::Plan(actions) => self.write(actions, by, facts, now),
            Command::WithdrawPlan => {
                let action = Action::AbsenceWithdrawPlan;
                in_charge(by, facts, action, clause::ABSENCE_PLAN)?;
                let plan = self.plan.iter();
                Ok(plan.map(|_| What::PlanWithdrawn).collect())
            }
            Command::BeAbsent { id, since, until } => {
                self.be_absent(id, *since, *until, by, facts, now)
            }
            Command::Return(id) => {
                let known = self.absences.iter().find(|absence| absence.id == *id);
                known.ok_or(Refusal::AbsenceUnknown)?;
                if !facts.falls_to(by, Action::AbsenceRecord) {
                    return Err(Refusal::AbsenceOfAnother);
                }
                Ok(vec![What::Returned(id.clone())])
            }
            Command::EndBy { person, at } => Ok(self.end_by(person, *at)),
        }
    }

    fn end_by(&self, person: &PersonId, at: Timestamp) -> Vec<What> {
        let longer = |one: &&Nomination| {
            one.person == *person && one.since < at && one.until.is_none_or(|until| at < until)
        };
        let longer = self.nominations.iter().filter(longer);
        longer
            .map(|one| What::NominationEnds {
                person: person.clone(),
                role: one.role,
                at,
            })
            .collect()
    }

    fn nomination(&self, person: &PersonId, role: Role) -> Option<&Nomination> {
        let mut known = self.nominations.iter();
        known.find(|one| one.person == *person && one.role == role)
    }

    /// Names somebody in another's place, unless they are named already.
    fn succeed(
        &self,
        person: &PersonId,
        role: Role,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<What>, Refusal> {
        let known = self.nomination(person, role);
        if known.is_some_and(|known| known.holds(now)) {
            return Ok(vec![]);
        }
        let nomination = Nomination {
            person: person.clone(),
            role,
            since: now,
            until: None,
        };
        self.nominate(nomination, facts)
    }

    /// Whether the section would have no deputy without this one (2-3-4a).
    fn last_deputy(&self, of: &Nomination, facts: &Facts, now: Timestamp) -> bool {
        let deputy = |one: &Nomination| one.role == Role::DeputyInformationManager;
        let mut others = (self.nominations.iter())
            .filter(|one| one.person != of.person && deputy(one) && one.holds(now));
        deputy(of) && !facts.office && facts.deputies.is_empty() && others.next().is_none()
    }

    fn drop_nomination(&mut self, person: &PersonId, role: Role) {
        self.nominations
            .retain(|one| one.person != *person || one.role != role);
    }

    fn nominate(&self, nomination: Nomination, facts: &Facts) -> Result<Vec<What>, Refusal> {
        if self.nominations.contains(&nomination) {
            return Ok(vec![]);
        }
        let Nomination { person, role, .. } = &nomination;
        if nomination.until.is_some_and(|end| end <= nomination.since) {
            return Err(Refusal::PeriodEmpty);
        }
        if facts.head() == Some(person) {
            return Err(Refusal::Oneself(*role));
        }
        let home = facts.homes.get(person);
        let home = home.ok_or_else(|| Refusal::PersonUnknown(person.clone()))?;
        let section = facts.section.as_ref();
        if Some(&home.section) != section && home.parent.as_ref() != section {
            return Err(Refusal::OtherSection(*role));
        }
        Ok(vec![What::Nominated(nomination)])
    }

    fn write(
        &self,
        actions: &Actions,
        by: &PersonId,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<What>, Refusal> {
        // Whoever stands above a vacant post has no absence here to plan for.
        in_charge(by, facts, Action::AbsencePlan, clause::ABSENCE_PLAN)?;
        if self
            .absences
            .iter()
            .any(|one| one.since <= now && now < one.until)
        {
            return Err(Refusal::PlanDuringAbsence);
        }
        if actions.is_empty() || actions.values().any(BTreeSet::is_empty) {
            return Err(Refusal::PlanEmpty);
        }
        for (person, kinds) in actions {
            let mut named = self.nominations.iter();
            let nominated = named.any(|one| one.person == *person);
            if !nominated && !facts.by_post.contains(person) {
                return Err(Refusal::NotADeputy(person.clone()));
            }
            if let Some(kind) = kinds.iter().find(|kind| !facts.pack.is_deputised(kind)) {
                return Err(Refusal::ActionUnknown(kind.clone()));
            }
        }
        let renewal = facts.pack.period(Period::Periodically);
        Ok(vec![What::Planned(Plan {
            principal: by.clone(),
            since: now,
            until: renewal.end(now, facts.pack.calendar()),
            actions: actions.clone(),
        })])
    }

    fn be_absent(
        &self,
        id: &AbsenceId,
        since: Option<Timestamp>,
        until: Timestamp,
        by: &PersonId,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<What>, Refusal> {
        if !facts.falls_to(by, Action::AbsenceRecord) {
            return Err(Refusal::AbsenceOfAnother);
        }
        let principal = facts.head().ok_or(Refusal::NobodyHeads)?.clone();
        let since = since.unwrap_or(now);
        if since < now {
            return Err(Refusal::AbsenceGoneBy);
        }
        if until <= since {
            return Err(Refusal::PeriodEmpty);
        }
        let absence = Absence {
            id: id.clone(),
            principal,
            since,
            until,
        };
        Ok(vec![What::Absent { absence, at: now }])
    }
}

/// The clause by which somebody is named to a role; only two roles are given so.
fn naming(role: Role) -> Result<ClauseId, Refusal> {
    match role {
        Role::DeputyInformationManager => Ok(clause::DEPUTY),
        Role::SystemStaff => Ok(clause::SYSTEM_STAFF),
        _ => Err(Refusal::RoleNotNominated(role)),
    }
}

fn in_charge(
    by: &PersonId,
    facts: &Facts,
    action: Action,
    clause: ClauseId,
) -> Result<(), Refusal> {
    if facts.falls_to(by, action) {
        Ok(())
    } else {
        Err(Refusal::NotInCharge(clause))
    }
}

#[cfg(test)]
mod tests;
