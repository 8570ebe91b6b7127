//! Who decides at a step of a permit's route, and to whom falls what is done with it: the platform's one
//! rule ([`standard::route`], [`standard::Action`]) asked of the organisation as it stands.

use std::collections::BTreeSet;

use kernel::PersonId;
use standard::{
    Action, Charge, Pack, Role, StepRole,
    route::{self, Acting, At, Deputy, Matter, acting_at},
};

use crate::{Organisation, Place, System};

pub use standard::route::{Deciders, Move, Why};

/// What is to be decided or done.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The people it concerns: who applied and whom it is for. None of them decides.
    pub concerned: BTreeSet<&'a PersonId>,
    /// Where it belongs: where the applicant does.
    pub place: &'a Place,
    /// The system it is about.
    pub system: Option<&'a System>,
    /// What a deputy's plan must name: the kind of permit.
    pub kind: &'a str,
    /// The last step of the route, of what is done with a permit.
    pub last_step: Option<StepRole>,
}

/// Finds who decides at a step.
pub fn resolve(
    step: StepRole,
    case: &Case<'_>,
    organisation: &Organisation,
    pack: &Pack,
) -> Deciders {
    let seen = SeenFrom::new(case, organisation, pack);
    route::resolve(step, &case.concerned, pack, &seen)
}

/// To whom an action falls.
pub fn charged(
    action: Action,
    case: &Case<'_>,
    organisation: &Organisation,
    pack: &Pack,
) -> Vec<Deciders> {
    let seen = SeenFrom::new(case, organisation, pack);
    let charged = action.charged(&case.concerned, pack, &seen).into_iter();
    charged.map(|one| one.deciders).collect()
}

/// To whom an action falls, with the last step's deciders as they were known.
pub fn charged_as_known(
    action: Action,
    last: &Deciders,
    case: &Case<'_>,
    organisation: &Organisation,
    pack: &Pack,
) -> Vec<Deciders> {
    let seen = SeenFrom::new(case, organisation, pack);
    let charged = action.charges().iter().filter_map(|charge| match charge {
        Charge::LastStep => Some(last.clone()),
        other => (other.charged(&case.concerned, pack, &seen)).map(|one| one.deciders),
    });
    charged.collect()
}

/// The deputy of one of those who decide there, whether or not they may act now.
pub fn deputy_there<'a>(
    person: &PersonId,
    deciders: &Deciders,
    organisation: &'a Organisation,
) -> Option<&'a Deputy> {
    let mut deputies = organisation.deputies.iter();
    deputies.find(|deputy| deputy.person == *person && deputy.stands_by(deciders))
}

/// The organisation as seen from where a case belongs.
struct SeenFrom<'a> {
    case: &'a Case<'a>,
    owner: Option<Place>,
    organisation: &'a Organisation,
    pack: &'a Pack,
}

impl<'a> SeenFrom<'a> {
    fn new(case: &'a Case<'a>, organisation: &'a Organisation, pack: &'a Pack) -> Self {
        let owner = case.system.map(|system| {
            organisation.section(&system.owner).unwrap_or(Place {
                bureau: None,
                section: Some(system.owner.clone()),
            })
        });
        Self {
            case,
            owner,
            organisation,
            pack,
        }
    }

    fn place(&self, at: At) -> &Place {
        let owner = self.owner.as_ref().filter(|_| at == At::Owner);
        owner.unwrap_or(self.case.place)
    }
}

impl Matter for SeenFrom<'_> {
    fn important(&self) -> Option<bool> {
        self.case.system.map(|system| system.important)
    }

    fn last_step(&self) -> Option<StepRole> {
        self.case.last_step
    }

    fn holders(&self, role: Role, at: At) -> BTreeSet<PersonId> {
        match at {
            At::Anywhere => self.organisation.holders_anywhere(role),
            // As the pack seats it: nothing here falls to a section and the one above at once.
            At::Here | At::Owner | At::Chain | At::Bureau => {
                self.organisation.holders(role, self.place(at), self.pack)
            }
        }
    }

    fn acting(&self, role: Role, at: At) -> Vec<Acting> {
        let section = self.place(at).section.as_ref();
        let known = section.and_then(|section| self.organisation.sections.get(section));
        let parent = known.and_then(|known| known.parent.as_ref());
        let deputies = &self.organisation.deputies;
        acting_at(deputies, role, (section, parent), self.case.kind)
    }
}

#[cfg(test)]
mod tests;
