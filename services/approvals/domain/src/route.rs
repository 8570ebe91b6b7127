//! Who decides at a step of a route: a pure function of the organisation as it stands.
//!
//! Nobody decides on their own request (guarantee G7). A step whose post is vacant, or whose only
//! holder is the one it concerns, goes to the next role up. With nobody above, the holder decides
//! before a witness of the role the pack names.

use std::collections::BTreeSet;

use kernel::PersonId;
use serde::{Deserialize, Serialize};
use standard::{Pack, Role, StepRole};

use crate::{Organisation, Place, System};

/// What a step is resolved for.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The people it concerns: who applied and whom it is for. None of them decides.
    pub concerned: BTreeSet<&'a PersonId>,
    /// Where the applicant belongs.
    pub place: &'a Place,
    /// The system it is about.
    pub system: Option<&'a System>,
}

/// Who decides, and how it came to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deciders {
    /// The role that decides.
    pub role: Role,
    /// Its holders, none of them concerned unless `witness` is set. Empty: nobody can decide.
    pub people: Vec<PersonId>,
    /// The roles it passed on the way up, and why.
    pub moves: Vec<Move>,
    /// The role of the second person who must witness, when nobody stands above the concerned.
    pub witness: Option<Role>,
}

/// A role that was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which.
    pub from: Role,
    /// Why.
    pub why: Why,
}

/// Why a step goes to the next role up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// Nobody holds it here.
    Vacant,
    /// Its only holder is concerned.
    OwnRequest,
}

/// Finds who decides at a step.
pub fn resolve(
    step: StepRole,
    case: &Case<'_>,
    organisation: &Organisation,
    pack: &Pack,
) -> Deciders {
    let (mut role, place) = first(step, case, organisation);
    let mut moves: Vec<Move> = Vec::new();
    loop {
        let holders = holders(role, &place, organisation, pack);
        let free: Vec<PersonId> = holders
            .iter()
            .filter(|holder| !case.concerned.contains(holder))
            .cloned()
            .collect();
        let decided_by = |people, witness| Deciders {
            role,
            people,
            moves: moves.clone(),
            witness,
        };
        if !free.is_empty() {
            return decided_by(free, None);
        }
        let why = if holders.is_empty() {
            Why::Vacant
        } else {
            Why::OwnRequest
        };
        let above = pack
            .role(role)
            .up
            .filter(|up| *up != role && moves.iter().all(|passed| passed.from != *up));
        match (above, pack.role(role).witness) {
            (Some(up), _) => {
                moves.push(Move { from: role, why });
                role = up;
            }
            (None, Some(witness)) => {
                return decided_by(holders.into_iter().collect(), Some(witness));
            }
            (None, None) => return decided_by(Vec::new(), None),
        }
    }
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
///
/// A system's manager is the head of the section that owns it: system manager if the system is
/// important (1-4-1), information manager otherwise. Without a system it is the applicant's own.
fn first(step: StepRole, case: &Case<'_>, organisation: &Organisation) -> (Role, Place) {
    let own = case.place.clone();
    match step {
        StepRole::Im => (Role::InformationManager, own),
        StepRole::Bm => (Role::BureauManager, own),
        StepRole::Nm => (Role::NetworkManager, own),
        StepRole::Ciso => (Role::Ciso, own),
        StepRole::Sm | StepRole::SmOrIm => match case.system {
            Some(system) => {
                let owner = organisation.section(&system.owner).unwrap_or(Place {
                    bureau: None,
                    section: Some(system.owner.clone()),
                });
                let role = if system.important {
                    Role::SystemManager
                } else {
                    Role::InformationManager
                };
                (role, owner)
            }
            None => (Role::InformationManager, own),
        },
    }
}

/// The system manager's post is the information manager's of the owning section.
fn holders(
    role: Role,
    place: &Place,
    organisation: &Organisation,
    pack: &Pack,
) -> BTreeSet<PersonId> {
    let seated = if role == Role::SystemManager {
        Role::InformationManager
    } else {
        role
    };
    organisation.holders(seated, place, pack)
}

#[cfg(test)]
mod tests;
