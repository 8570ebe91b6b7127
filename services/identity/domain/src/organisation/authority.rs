//! What somebody may do about another person, by the posts they hold: the standard's table of actions,
//! asked of one holder's posts.

use std::collections::BTreeSet;

use kernel::{BureauId, SectionId};
use standard::{Action, Charge, Role, route::At};

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

impl HeldPost {
    /// Whether an action about somebody who belongs to `home` falls to its holder.
    pub fn may(&self, action: Action, home: &Home) -> bool {
        let charges = action.charges().iter();
        let mut held = charges.filter_map(|charge| match charge {
            Charge::Holder(role, at) if self.roles.contains(role) => Some(*at),
            // What is passed on does not follow from one holder's posts.
            _ => None,
        });
        held.any(|at| match at {
            At::Anywhere => true,
            At::Bureau => self.place.bureau() == Some(&home.bureau),
            At::Chain => in_charge(self.place.section(), home),
            At::Here | At::Owner => false,
        })
    }
}

impl Authority {
    /// The authority that `posts` give over somebody who belongs to `home`.
    ///
    /// Stopping is given widely, since a wrong stop costs a sign-in and a late one costs
    /// information; managing is for the chain of command and the centre that runs the accounts.
    pub fn over(home: &Home, posts: &[HeldPost]) -> Self {
        let may = |action| posts.iter().any(|post| post.may(action, home));
        if may(Action::AccountManage) {
            Self::Manage
        } else if may(Action::AccountStop) {
            Self::Stop
        } else {
            Self::None
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
    fn what_falls_to_a_post_about_a_person_is_judged_by_the_places_that_are_understood_here() {
        let understood = [At::Anywhere, At::Bureau, At::Chain];
        for action in [
            Action::AccountManage,
            Action::AccountStop,
            Action::PrivilegeOversee,
            Action::ServiceIdKeep,
        ] {
            for charge in action.charges() {
                let known = matches!(charge, Charge::Holder(_, at) if understood.contains(at));
                assert!(known, "{action}: {charge:?}");
            }
        }
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
