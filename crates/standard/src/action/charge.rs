//! To whom an action falls, as the standard says it: by a role and a place, never by a name.

use std::collections::BTreeSet;

use kernel::PersonId;

use crate::{
    Pack, Role, StepRole,
    route::{At, Deciders, Matter, Move, Why, begins_with, climb},
};

/// One of those to whom an action falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// Whoever decides for a role: its holder, or while the post is vacant whoever stands above.
    InCharge(Role, At),
    /// Whoever manages the system it is about, in the same way; about no system, the section (1-4-1).
    Manager,
    /// Its system manager, in the same way, if the system is important.
    SystemManager,
    /// Whoever decides at the last step of the permit's route.
    LastStep,
    /// The holders of a role and nobody in their place.
    Holder(Role, At),
    /// The holders of the role that witnesses where nobody stands above.
    Witness,
}

/// A charge in one matter, and who is charged there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// The role it begins with.
    pub role: Role,
    /// Where.
    pub at: At,
    /// Who it is now, and how it came to them.
    pub deciders: Deciders,
}

impl Charge {
    /// The role it begins with; none where the permit or the pack tells.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::InCharge(role, _) | Self::Holder(role, _) => Some(role),
            Self::Manager | Self::SystemManager => Some(Role::SystemManager),
            Self::LastStep | Self::Witness => None,
        }
    }

    /// Who is charged in a matter, none of them `barred`; none where there is no such thing.
    pub fn charged(
        self,
        barred: &BTreeSet<&PersonId>,
        pack: &Pack,
        matter: &impl Matter,
    ) -> Option<Charged> {
        let (role, at) = self.begins(pack, matter)?;
        let deciders = match self {
            Self::InCharge(..) | Self::Manager | Self::SystemManager | Self::LastStep => {
                climb((role, at), barred, pack, matter)
            }
            Self::Holder(..) | Self::Witness => holders(role, at, barred, matter),
        };
        Some(Charged { role, at, deciders })
    }

    /// The role it begins with in a matter, and where; none where there is no such thing.
    pub(super) fn begins(self, pack: &Pack, matter: &impl Matter) -> Option<(Role, At)> {
        let important = matter.important();
        match self {
            Self::InCharge(_, At::Owner) | Self::Holder(_, At::Owner) if important.is_none() => {
                None
            }
            Self::InCharge(role, at) | Self::Holder(role, at) => Some((role, at)),
            Self::Manager => Some(begins_with(StepRole::SmOrIm, important)),
            Self::SystemManager if important != Some(true) => None,
            Self::SystemManager => Some((Role::SystemManager, At::Owner)),
            Self::LastStep => Some(begins_with(matter.last_step()?, important)),
            Self::Witness => Some((pack.witness()?, At::Anywhere)),
        }
    }
}

impl Deciders {
    /// What falls to those who would witness, since nobody stands above those it is about.
    pub(super) fn left_to(
        mut self,
        witness: Role,
        barred: &BTreeSet<&PersonId>,
        matter: &impl Matter,
    ) -> Self {
        self.moves.push(Move {
            from: self.role,
            why: Why::OwnRequest,
        });
        Self {
            moves: self.moves,
            ..holders(witness, At::Anywhere, barred, matter)
        }
    }
}

/// The holders of a role as they are, with nobody in their place.
fn holders(role: Role, at: At, barred: &BTreeSet<&PersonId>, matter: &impl Matter) -> Deciders {
    let mut people = matter.holders(role, at);
    people.retain(|person| !barred.contains(person));
    Deciders {
        role,
        people: people.into_iter().collect(),
        acting: Vec::new(),
        moves: Vec::new(),
        witness: None,
    }
}
