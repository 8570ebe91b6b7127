//! Who decides at a step of a route: the one function by which every service answers that.
//!
//! Nobody decides on their own request (guarantee G7). A step whose post is vacant, or whose only
//! holder is the one it concerns, goes to the next role up. With nobody above, the holder decides
//! before a witness of the role the pack names. Who stands in for an absent holder decides in the
//! holder's place, never on what concerns either of them (2-6-2, 2-7-2).

mod deputy;

use std::collections::BTreeSet;

use kernel::PersonId;
use serde::{Deserialize, Serialize};

use crate::{Pack, Role, StepRole};

pub use deputy::{Acting, Deputy, acting_at};

/// Who decides, and how it came to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deciders {
    /// The role that decides.
    pub role: Role,
    /// Its holders, none of them concerned unless `witness` is set. Empty: nobody can decide.
    pub people: Vec<PersonId>,
    /// Who may decide in the place of one of them.
    pub acting: Vec<Acting>,
    /// The roles it passed on the way up, and why.
    pub moves: Vec<Move>,
    /// The role of the second person who must witness, when nobody stands above the concerned.
    pub witness: Option<Role>,
}

impl Deciders {
    /// Whether somebody is among them, in their own right or for an absent holder.
    pub fn include(&self, person: &PersonId) -> bool {
        self.people.contains(person) || self.acting.iter().any(|one| one.person == *person)
    }
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

/// Where a role is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Where the matter belongs: in its section, its bureau or the city, as the pack seats the role.
    /// A third-class office without a holder of its own has its section's.
    Here,
    /// The same, of the section that owns the system it is about.
    Owner,
    /// In its section, and if that is a third-class office in the section above as well.
    Chain,
    /// In its bureau.
    Bureau,
    /// Wherever in the city.
    Anywhere,
}

/// Something to be done in an organisation as it stands at an instant.
pub trait Matter {
    /// Whether the system it is about is important; none = it is about no system.
    fn important(&self) -> Option<bool>;

    /// The last step of the route, of what is done with a permit.
    fn last_step(&self) -> Option<StepRole> {
        None
    }

    /// Who holds a role there.
    fn holders(&self, role: Role, at: At) -> BTreeSet<PersonId>;

    /// Who may act there for absent holders of a role, in what is to be done.
    fn acting(&self, role: Role, at: At) -> Vec<Acting>;
}

/// Finds who decides at a step of a route.
pub fn resolve(
    step: StepRole,
    concerned: &BTreeSet<&PersonId>,
    pack: &Pack,
    matter: &impl Matter,
) -> Deciders {
    climb(
        begins_with(step, matter.important()),
        concerned,
        pack,
        matter,
    )
}

/// Finds who decides, from a role on upwards.
pub(crate) fn climb(
    (first, at): (Role, At),
    concerned: &BTreeSet<&PersonId>,
    pack: &Pack,
    matter: &impl Matter,
) -> Deciders {
    let mut role = first;
    let mut moves: Vec<Move> = Vec::new();
    loop {
        let holders = matter.holders(seated(role), at);
        let free: Vec<PersonId> = holders
            .iter()
            .filter(|holder| !concerned.contains(holder))
            .cloned()
            .collect();
        let why = if holders.is_empty() {
            Why::Vacant
        } else {
            Why::OwnRequest
        };
        let entry = pack.role(role);
        let above = entry
            .up
            .filter(|up| *up != role && moves.iter().all(|passed| passed.from != *up));
        let (people, acting, witness) = if !free.is_empty() {
            let mut acting = matter.acting(role, at);
            acting.retain(|one| {
                free.contains(&one.principal)
                    && !free.contains(&one.person)
                    && !concerned.contains(&one.person)
            });
            (free, acting, None)
        } else if let Some(up) = above {
            moves.push(Move { from: role, why });
            role = up;
            continue;
        } else if entry.witness.is_some() {
            (holders.into_iter().collect(), Vec::new(), entry.witness)
        } else {
            (Vec::new(), Vec::new(), None)
        };
        return Deciders {
            role,
            people,
            acting,
            moves,
            witness,
        };
    }
}

/// The role a step begins with, and where. `important`: of the system it is about; none = about no
/// system.
///
/// A system's manager is the head of the section that owns it: system manager if the system is
/// important (1-4-1), information manager otherwise.
pub const fn begins_with(step: StepRole, important: Option<bool>) -> (Role, At) {
    match (step, important) {
        (StepRole::Im, _) => (Role::InformationManager, At::Here),
        (StepRole::Bm, _) => (Role::BureauManager, At::Here),
        (StepRole::Nm, _) => (Role::NetworkManager, At::Here),
        (StepRole::Ciso, _) => (Role::Ciso, At::Here),
        (StepRole::Sm | StepRole::SmOrIm, Some(true)) => (Role::SystemManager, At::Owner),
        (StepRole::Sm | StepRole::SmOrIm, Some(false)) => (Role::InformationManager, At::Owner),
        (StepRole::Sm | StepRole::SmOrIm, None) => (Role::InformationManager, At::Here),
    }
}

/// The role that is on the post: a system manager's post is the information manager's of the
/// section that owns the system (1-4-1).
pub const fn seated(role: Role) -> Role {
    match role {
        Role::SystemManager => Role::InformationManager,
        other => other,
    }
}

/// Whose place a deputy takes: the deputy information manager the information manager's (2-6-2),
/// system staff the system manager's (2-7-2). None for a role that takes nobody's.
pub const fn stands_in_for(role: Role) -> Option<Role> {
    match role {
        Role::DeputyInformationManager => Some(Role::InformationManager),
        Role::SystemStaff => Some(Role::SystemManager),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One information manager `IM` with a deputy `D`, a bureau manager `BM`, a CISO.
    struct Town {
        acting: Vec<(&'static str, &'static str)>,
    }

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("an id")
    }

    impl Matter for Town {
        fn important(&self) -> Option<bool> {
            None
        }

        fn holders(&self, role: Role, _: At) -> BTreeSet<PersonId> {
            let who = match role {
                Role::InformationManager => "IM",
                Role::BureauManager => "BM",
                Role::Ciso => "CISO",
                _ => return BTreeSet::new(),
            };
            [id(who)].into()
        }

        fn acting(&self, role: Role, _: At) -> Vec<Acting> {
            let known = self.acting.iter();
            known
                .filter(|_| role == Role::InformationManager)
                .map(|(person, principal)| Acting {
                    person: id(person),
                    principal: id(principal),
                    absence: id("a1"),
                })
                .collect()
        }
    }

    #[test]
    fn who_stands_in_decides_for_the_holder_but_on_neither_ones_request() {
        let pack = Pack::sendai().expect("the pack");
        let town = Town {
            acting: vec![("D", "IM"), ("E", "IM9"), ("IM", "IM")],
        };
        // (concerned, role that decides, its holder, who may act)
        let cases = [
            ("A", Role::InformationManager, "IM", vec!["D"]),
            ("D", Role::InformationManager, "IM", vec![]),
            ("IM", Role::BureauManager, "BM", vec![]),
        ];
        for (concerned, role, holder, acting) in cases {
            let one: PersonId = id(concerned);
            let deciders = resolve(StepRole::Im, &[&one].into(), &pack, &town);
            assert_eq!(deciders.role, role, "{concerned}");
            assert_eq!(deciders.people, [id(holder)], "{concerned}");
            let people: Vec<_> = deciders
                .acting
                .iter()
                .map(|one| one.person.as_str())
                .collect();
            assert_eq!(people, acting, "{concerned}");
        }
    }
}
