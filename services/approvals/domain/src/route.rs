//! Who decides at a step of a permit's route: the platform's one rule ([`standard::route`]) asked of
//! the organisation as it stands.

use std::collections::BTreeSet;

use kernel::PersonId;
use standard::{
    Pack, Role, StepRole,
    route::{Acting, Seats, begins_with, climb, seated},
};

use crate::{Organisation, Place, System, organisation::Deputy};

pub use standard::route::{Deciders, Move, Why};

/// What a step is resolved for.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The people it concerns: who applied and whom it is for. None of them decides.
    pub concerned: BTreeSet<&'a PersonId>,
    /// Where the applicant belongs.
    pub place: &'a Place,
    /// The system it is about.
    pub system: Option<&'a System>,
    /// The kind of permit: what a deputy's plan must name.
    pub kind: &'a str,
}

/// Finds who decides at a step.
pub fn resolve(
    step: StepRole,
    case: &Case<'_>,
    organisation: &Organisation,
    pack: &Pack,
) -> Deciders {
    let (role, place) = first(step, case, organisation);
    let seen = SeenFrom {
        place: &place,
        kind: case.kind,
        organisation,
        pack,
    };
    climb(role, &case.concerned, pack, &seen)
}

/// The deputy of one of those who decide there, whether or not they may act now.
pub fn deputy_there<'a>(
    person: &PersonId,
    deciders: &Deciders,
    organisation: &'a Organisation,
) -> Option<&'a Deputy> {
    let mut deputies = organisation.deputies.iter();
    deputies.find(|deputy| {
        let principal = deputy.principal.as_ref();
        deputy.person == *person
            && deputy.stands_in_for == deciders.role
            && principal.is_some_and(|principal| deciders.people.contains(principal))
    })
}

/// Whether a person may stand as witness: holds the role, and is neither concerned nor the decider.
pub fn may_witness(
    person: &PersonId,
    role: Role,
    concerned: &BTreeSet<&PersonId>,
    decider: &PersonId,
    organisation: &Organisation,
) -> bool {
    person != decider && !concerned.contains(person) && organisation.holds(person, role)
}

/// The role a step begins with, and the place whose holder is meant.
fn first(step: StepRole, case: &Case<'_>, organisation: &Organisation) -> (Role, Place) {
    let (role, at_owner) = begins_with(step, case.system.map(|system| system.important));
    let owner = case.system.filter(|_| at_owner).map(|system| {
        organisation.section(&system.owner).unwrap_or(Place {
            bureau: None,
            section: Some(system.owner.clone()),
        })
    });
    (role, owner.unwrap_or_else(|| case.place.clone()))
}

/// The organisation as seen from a place, for one kind of permit.
struct SeenFrom<'a> {
    place: &'a Place,
    kind: &'a str,
    organisation: &'a Organisation,
    pack: &'a Pack,
}

impl Seats for SeenFrom<'_> {
    fn holders(&self, role: Role) -> BTreeSet<PersonId> {
        let organisation = self.organisation;
        organisation.holders(seated(role), self.place, self.pack)
    }

    fn acting(&self, role: Role) -> Vec<Acting> {
        let Some(section) = &self.place.section else {
            return Vec::new();
        };
        let known = self.organisation.sections.get(section);
        let parent = known.and_then(|known| known.parent.as_ref());
        let deputies = self.organisation.deputies.iter();
        deputies
            .filter(|deputy| deputy.section == *section || Some(&deputy.section) == parent)
            .filter(|deputy| deputy.stands_in_for == role)
            .filter_map(|deputy| deputy.acting(self.kind))
            .collect()
    }
}

#[cfg(test)]
mod tests;
