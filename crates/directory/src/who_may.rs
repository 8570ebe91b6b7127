//! Who may decide or do something, and by what: the post they hold, or an absence and a plan.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{PersonId, PostId, SectionId, SystemId};
use standard::{
    IncidentAct, Pack, Role, Seat, StepRole,
    route::{self, Acting, Deciders, Seats, begins_with, climb, seated},
};

use crate::{Deputy, Directory};

/// What is to be done, and about what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// A kind of permit, or an act on an incident.
    pub action: String,
    /// The section it comes from.
    pub section: Option<SectionId>,
    /// The system it is about.
    pub system: Option<SystemId>,
    /// The people it concerns: none of them decides.
    pub concerned: BTreeSet<PersonId>,
}

/// One step of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The step as the pack names it.
    pub step: StepRole,
    /// At which section.
    pub section: Option<SectionId>,
    /// Who, and how it came to them.
    pub deciders: Deciders,
}

impl Directory {
    /// The steps of a kind of permit in their order, or those in charge of an act on an incident.
    /// None when there is no such action, section or system.
    pub fn who_may(&self, question: &Question, pack: &Pack, now: Timestamp) -> Option<Vec<Step>> {
        let system = match &question.system {
            Some(id) => Some(self.system(id)?),
            None => None,
        };
        if let Some(section) = &question.section {
            self.section(section)?;
        }
        let route = match pack.permit_kind(&question.action) {
            Some(kind) => kind.route.clone(),
            None => {
                question.action.parse::<IncidentAct>().ok()?;
                let of_section = question.section.is_some() || system.is_none();
                let steps = [
                    of_section.then_some(StepRole::Im),
                    system.map(|_| StepRole::SmOrIm),
                ];
                steps.into_iter().flatten().collect()
            }
        };
        let deputies = self.deputies(now);
        let concerned = question.concerned.iter().collect();
        let steps = route.into_iter().map(|step| {
            let (role, at_owner) = begins_with(step, system.map(|system| system.important));
            let owner = system.map(|system| &system.owner).filter(|_| at_owner);
            let seen = SeenFrom {
                directory: self,
                section: owner.or(question.section.as_ref()),
                action: &question.action,
                deputies: &deputies,
                pack,
                now,
            };
            Step {
                step,
                section: seen.section.cloned(),
                deciders: climb(role, &concerned, pack, &seen),
            }
        });
        Some(steps.collect())
    }

    /// Who holds a role for a section as the pack seats it: in the section, its bureau or the city.
    /// A third-class office without a holder of its own has its section's.
    pub fn holders_for(
        &self,
        role: Role,
        section: Option<&SectionId>,
        pack: &Pack,
        now: Timestamp,
    ) -> BTreeSet<PersonId> {
        let known = section.and_then(|id| Some((id, self.section(id)?)));
        match (pack.role(role).seat, known) {
            (Seat::City | Seat::Anywhere, _) => self.holders(role, now),
            (_, None) => BTreeSet::new(),
            (Seat::Bureau, Some((_, known))) => self.holders_in_bureau(role, &known.bureau, now),
            (Seat::Section, Some((id, known))) => {
                let here = self.holders_in_section(role, id, now);
                match &known.parent {
                    Some(parent) if here.is_empty() => self.holders_in_section(role, parent, now),
                    _ => here,
                }
            }
        }
    }

    /// The post by which a person holds a role.
    pub fn post_with(&self, person: &PersonId, role: Role, now: Timestamp) -> Option<&PostId> {
        let mut held = self.posts_of(person, now);
        held.find(|(_, post)| post.roles.contains(&seated(role)))
            .map(|(id, _)| id)
    }
}

/// The city as seen from a section, for one kind of action.
struct SeenFrom<'a> {
    directory: &'a Directory,
    section: Option<&'a SectionId>,
    action: &'a str,
    deputies: &'a [Deputy],
    pack: &'a Pack,
    now: Timestamp,
}

impl Seats for SeenFrom<'_> {
    fn holders(&self, role: Role) -> BTreeSet<PersonId> {
        let directory = self.directory;
        directory.holders_for(seated(role), self.section, self.pack, self.now)
    }

    fn acting(&self, role: Role) -> Vec<Acting> {
        let parent = self.section.and_then(|id| self.directory.section(id));
        let parent = parent.and_then(|section| section.parent.as_ref());
        let here = |deputy: &&Deputy| {
            let section = Some(&deputy.section);
            section == self.section || (section == parent && parent.is_some())
        };
        let deputies = self.deputies.iter().filter(here);
        deputies
            .filter(|deputy| route::stands_in_for(deputy.role) == Some(role))
            .filter_map(|deputy| {
                let (principal, charge) = deputy.charge_for(self.action)?;
                Some(Acting {
                    person: deputy.person.clone(),
                    principal: principal.clone(),
                    absence: charge.absence.clone(),
                })
            })
            .collect()
    }
}
