//! What somebody may do to another person's account, by the posts they hold.

use std::collections::BTreeSet;

use kernel::{BureauId, SectionId};
use standard::Role;

use super::Place;

/// A post somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPost {
    /// Where it sits.
    pub place: Place,
    /// The roles on it.
    pub roles: BTreeSet<Role>,
}

/// Where a person belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The section, or third-class office.
    pub section: SectionId,
    /// The section a third-class office belongs to.
    pub parent: Option<SectionId>,
    /// The bureau.
    pub bureau: BureauId,
}

/// How far an authority over an account goes; each step includes those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Authority {
    /// Not at all.
    #[default]
    None,
    /// May report a credential lost and end sessions (4-4-4).
    Stop,
    /// May open enrolments, register cards, disable and enable (7-2-(9)-1).
    Manage,
}

impl Authority {
    /// The authority that `posts` give over somebody who belongs to `home`.
    ///
    /// Stopping is given widely, since a wrong stop costs a sign-in and a late one costs
    /// information; managing is for the chain of command and the centre that runs the accounts.
    pub fn over(home: &Home, posts: &[HeldPost]) -> Self {
        posts
            .iter()
            .flat_map(|post| post.roles.iter().map(|role| (*role, &post.place)))
            .map(|(role, place)| Self::of_role(role, place, home))
            .max()
            .unwrap_or_default()
    }

    fn of_role(role: Role, place: &Place, home: &Home) -> Self {
        match role {
            Role::Ciso | Role::NetworkManager => Self::Manage,
            Role::BureauManager if place.bureau() == Some(&home.bureau) => Self::Manage,
            Role::InformationManager if in_charge(place.section(), home) => Self::Manage,
            Role::SystemManager | Role::CsirtChief | Role::CsirtManager | Role::CsirtStaff => {
                Self::Stop
            }
            _ => Self::None,
        }
    }
}

fn in_charge(section: Option<&SectionId>, home: &Home) -> bool {
    section.is_some_and(|section| *section == home.section || Some(section) == home.parent.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("an id")
    }

    fn post(role: Role, place: Place) -> HeldPost {
        HeldPost {
            place,
            roles: [role].into(),
        }
    }

    fn section(section: &str, bureau: &str) -> Place {
        Place::Section {
            section: id(section),
            bureau: id(bureau),
        }
    }

    #[test]
    fn authority_follows_the_chain_of_command_and_the_centre() {
        let home = Home {
            section: id("office"),
            parent: Some(id("tax")),
            bureau: id("finance"),
        };
        let cases = [
            (
                Role::InformationManager,
                section("office", "finance"),
                Authority::Manage,
            ),
            (
                Role::InformationManager,
                section("tax", "finance"),
                Authority::Manage,
            ),
            (
                Role::InformationManager,
                section("roads", "finance"),
                Authority::None,
            ),
            (
                Role::BureauManager,
                Place::Bureau(id("finance")),
                Authority::Manage,
            ),
            (
                Role::BureauManager,
                Place::Bureau(id("works")),
                Authority::None,
            ),
            (Role::Ciso, Place::City, Authority::Manage),
            (
                Role::NetworkManager,
                section("centre", "digital"),
                Authority::Manage,
            ),
            (
                Role::SystemManager,
                section("roads", "works"),
                Authority::Stop,
            ),
            (
                Role::CsirtStaff,
                section("centre", "digital"),
                Authority::Stop,
            ),
            (
                Role::DeputyInformationManager,
                section("tax", "finance"),
                Authority::None,
            ),
            (Role::Auditor, Place::City, Authority::None),
        ];
        for (role, place, expected) in cases {
            let held = [post(role, place.clone())];
            assert_eq!(
                Authority::over(&home, &held),
                expected,
                "{role} at {place:?}"
            );
        }
        assert_eq!(Authority::over(&home, &[]), Authority::None);
    }

    #[test]
    fn of_several_posts_the_furthest_authority_counts() {
        let home = Home {
            section: id("tax"),
            parent: None,
            bureau: id("finance"),
        };
        let held = [
            post(Role::CsirtManager, section("tax", "finance")),
            post(Role::InformationManager, section("tax", "finance")),
        ];
        assert_eq!(Authority::over(&home, &held), Authority::Manage);
    }
}
