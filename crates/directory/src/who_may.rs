//! Who may decide or do something, and by what: the post they hold, or an absence and a plan.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{BureauId, ClauseId, PersonId, SectionId, SystemId};
use standard::{
    Action, Pack, PermitKind, Reference, Role, Seat, StepRole,
    route::{Acting, At, Deciders, Deputy, Matter, acting_at, begins_with, resolve},
};

use crate::{Directory, seats::Place};

/// What is to be done, and about what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// A kind of permit to apply for, or an action.
    pub action: String,
    /// The kind, of what is done with a permit.
    pub permit_kind: Option<String>,
    /// The section it belongs to.
    pub section: Option<SectionId>,
    /// The bureau it belongs to; none = the section's.
    pub bureau: Option<BureauId>,
    /// The system it is about.
    pub system: Option<SystemId>,
    /// The people it is about.
    pub concerned: BTreeSet<PersonId>,
}

/// Who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The steps.
    pub steps: Vec<Step>,
    /// One of the steps is enough; else all are taken, in this order.
    pub alternatives: bool,
    /// The clause by which it falls to them.
    pub clause: ClauseId,
}

impl Answer {
    /// Everybody in it, whatever step they take.
    pub fn people(self) -> BTreeSet<PersonId> {
        let deciders = self.steps.into_iter().map(|step| step.deciders);
        let people = deciders.flat_map(|one| {
            let acting = one.acting.into_iter().map(|acting| acting.person);
            one.people.into_iter().chain(acting)
        });
        people.collect()
    }
}

/// One step of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The step as the pack names it, or the role it falls to.
    pub step: &'static str,
    /// At which section.
    pub section: Option<SectionId>,
    /// Who, and how it came to them.
    pub deciders: Deciders,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// Neither an action nor a kind of permit to apply for.
    ActionUnknown(String),
    /// No kind of permit to apply for.
    KindUnknown(String),
    /// No such section.
    SectionUnknown(SectionId),
    /// No such bureau.
    BureauUnknown(BureauId),
    /// The ledger does not have the system, or it is out of service.
    SystemUnknown(SystemId),
    /// Who may depends on something the question leaves open: which field of it.
    Missing(&'static str),
}

impl Directory {
    /// The steps of a kind of permit in their order, or those to whom an action falls.
    ///
    /// # Errors
    /// What is asked about does not exist, or is not said.
    pub fn who_may(
        &self,
        question: &Question,
        pack: &Pack,
        now: Timestamp,
    ) -> Result<Answer, NoAnswer> {
        let asked = Asked::of(question, pack)?;
        let seen = Seen {
            directory: self,
            here: self.here(question)?,
            system: self.asked_system(question, &asked)?,
            last_step: asked.last_step(),
            action: asked.as_str(),
            deputies: self.deputies_on_routes(now),
            pack,
            now,
        };
        asked.must_be_placed(&seen)?;
        let concerned: BTreeSet<&PersonId> = question.concerned.iter().collect();
        let at = |at: At| seen.place(at).section.cloned();
        Ok(match asked {
            Asked::Permit(kind) => Answer {
                steps: (kind.route.iter())
                    .map(|step| Step {
                        step: step.as_str(),
                        section: at(begins_with(*step, seen.important()).1),
                        deciders: resolve(*step, &concerned, pack, &seen),
                    })
                    .collect(),
                alternatives: false,
                clause: kind.asked_by().clone(),
            },
            Asked::Action(action, clause, _) => Answer {
                steps: (action.charged(&concerned, pack, &seen).into_iter())
                    .map(|charged| Step {
                        step: charged.role.as_str(),
                        section: at(charged.at),
                        deciders: charged.deciders,
                    })
                    .collect(),
                alternatives: true,
                clause,
            },
        })
    }

    fn here<'a>(&'a self, question: &'a Question) -> Result<Place<'a>, NoAnswer> {
        if let Some(section) = &question.section {
            let known = self.section(section);
            known.ok_or_else(|| NoAnswer::SectionUnknown(section.clone()))?;
        }
        if let Some(bureau) = &question.bureau {
            let known = self.bureau(bureau);
            known.ok_or_else(|| NoAnswer::BureauUnknown(bureau.clone()))?;
        }
        let place = self.place(question.section.as_ref());
        Ok(Place {
            bureau: question.bureau.as_ref().or(place.bureau),
            ..place
        })
    }

    fn asked_system<'a>(
        &'a self,
        question: &Question,
        asked: &Asked<'_>,
    ) -> Result<Option<&'a crate::System>, NoAnswer> {
        let Some(id) = &question.system else {
            let missing = NoAnswer::Missing("system_id");
            return if asked.needs_system() {
                Err(missing)
            } else {
                Ok(None)
            };
        };
        let known = self.system(id);
        known
            .map(Some)
            .ok_or_else(|| NoAnswer::SystemUnknown(id.clone()))
    }
}

/// What a question is about.
enum Asked<'a> {
    Permit(&'a PermitKind),
    Action(Action, ClauseId, Option<&'a PermitKind>),
}

impl<'a> Asked<'a> {
    fn of(question: &Question, pack: &'a Pack) -> Result<Self, NoAnswer> {
        let kind = |id: &String| {
            let known = pack.permit_kind(id);
            known.filter(|kind| kind.is_applied_for())
        };
        if let Some(kind) = kind(&question.action) {
            return Ok(Self::Permit(kind));
        }
        let action = question.action.parse::<Action>();
        let action = action.map_err(|_| NoAnswer::ActionUnknown(question.action.clone()))?;
        if let Some(clause) = action.clause() {
            return Ok(Self::Action(action, clause, None));
        }
        let id = question.permit_kind.as_ref();
        let id = id.ok_or(NoAnswer::Missing("permit_kind"))?;
        let kind = kind(id).ok_or_else(|| NoAnswer::KindUnknown(id.clone()))?;
        Ok(Self::Action(action, kind.asked_by().clone(), Some(kind)))
    }

    fn as_str(&self) -> &'a str {
        match self {
            Self::Permit(kind) => &kind.id,
            Self::Action(action, ..) => action.as_str(),
        }
    }

    fn kind(&self) -> Option<&'a PermitKind> {
        match self {
            Self::Permit(kind) => Some(kind),
            Self::Action(_, _, kind) => *kind,
        }
    }

    fn last_step(&self) -> Option<StepRole> {
        self.kind().and_then(|kind| kind.route.last().copied())
    }

    fn needs_system(&self) -> bool {
        match (self, self.kind()) {
            (_, Some(kind)) => kind.needs.contains(&Reference::System),
            (Self::Action(action, ..), None) => action.needs_system(),
            (Self::Permit(_), None) => false,
        }
    }

    /// Whoever holds a section's or a bureau's post holds it somewhere. Only an incident may belong
    /// nowhere: what a machine tells of need not name a section.
    fn must_be_placed(&self, seen: &Seen<'_>) -> Result<(), NoAnswer> {
        let begins = match self {
            Self::Action(action, ..) if action.is_of_incidents() => return Ok(()),
            Self::Action(action, ..) => action.begins(seen.pack, seen),
            Self::Permit(kind) => {
                let steps = kind.route.iter();
                let begins = steps.map(|step| begins_with(*step, seen.important()));
                begins.collect()
            }
        };
        let sits = |wanted: Seat| {
            let here = |(role, at): &(Role, At)| match at {
                At::Here | At::Chain => seen.pack.role(*role).seat == wanted,
                At::Bureau => wanted == Seat::Bureau,
                At::Owner | At::Anywhere => false,
            };
            begins.iter().any(here)
        };
        if seen.here.section.is_none() && sits(Seat::Section) {
            Err(NoAnswer::Missing("section_id"))
        } else if seen.here.bureau.is_none() && sits(Seat::Bureau) {
            Err(NoAnswer::Missing("bureau_id"))
        } else {
            Ok(())
        }
    }
}

/// The city as seen from where a matter belongs, for one kind of action.
struct Seen<'a> {
    directory: &'a Directory,
    here: Place<'a>,
    system: Option<&'a crate::System>,
    last_step: Option<StepRole>,
    action: &'a str,
    deputies: Vec<Deputy>,
    pack: &'a Pack,
    now: Timestamp,
}

impl<'a> Seen<'a> {
    fn place(&self, at: At) -> Place<'a> {
        let owner = self.system.filter(|_| at == At::Owner);
        match owner {
            Some(system) => self.directory.place(Some(&system.owner)),
            None => self.here,
        }
    }
}

impl Matter for Seen<'_> {
    fn important(&self) -> Option<bool> {
        self.system.map(|system| system.important)
    }

    fn last_step(&self) -> Option<StepRole> {
        self.last_step
    }

    fn holders(&self, role: Role, at: At) -> BTreeSet<PersonId> {
        let place = self.place(at);
        (self.directory).holders_at(role, at, place, self.pack, self.now)
    }

    fn acting(&self, role: Role, at: At) -> Vec<Acting> {
        let section = self.place(at).section;
        let place = (section, self.directory.parent(section));
        acting_at(&self.deputies, role, place, self.action)
    }
}
