//! Who is in charge. Roles sit on posts, and whoever holds the post holds the role (充て職); while
//! a post stands empty, its duty is the next role's up, so that no report waits for nobody.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{BureauId, PersonId, SectionId};
use standard::{Pack, Role};

/// A section with those who hold each role for it: its own posts (a third-class office without a
/// holder has its section's), its bureau's, and the city's. Without a section, the city's only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Office {
    /// The section; none at city level, or when the directory does not know it.
    pub section: Option<SectionId>,
    /// For a third-class office: the section it belongs to.
    pub parent: Option<SectionId>,
    /// Its bureau.
    pub bureau: Option<BureauId>,
    /// Holders of each role for it, as the pack seats the role.
    pub holders: BTreeMap<Role, BTreeSet<PersonId>>,
}

impl Office {
    /// Who is in charge of a role's duty: its holders, else those of the next role up.
    ///
    /// The head of a section that owns an important system is its system manager (1-4-1).
    pub fn in_charge(&self, role: Role, pack: &Pack) -> BTreeSet<PersonId> {
        let mut role = role;
        for _ in Role::ALL {
            let mut holders = self.holding(role);
            if role == Role::SystemManager {
                holders.extend(self.holding(Role::InformationManager));
            }
            match pack.role(role).up {
                Some(up) if holders.is_empty() => role = up,
                _ => return holders,
            }
        }
        BTreeSet::new()
    }

    fn holding(&self, role: Role) -> BTreeSet<PersonId> {
        self.holders.get(&role).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{office, pack, person};

    #[test]
    fn an_empty_posts_duty_is_the_next_roles_up() {
        let pack = pack();
        let mut office = office("sec-1");
        let names = |office: &Office, role| -> Vec<String> {
            let people = office.in_charge(role, &pack);
            people.iter().map(ToString::to_string).collect()
        };
        assert_eq!(names(&office, Role::InformationManager), ["im-sec-1"]);
        assert_eq!(names(&office, Role::SystemManager), ["im-sec-1"]);

        office.holders.remove(&Role::InformationManager);
        assert_eq!(names(&office, Role::InformationManager), ["bm"]);
        assert_eq!(names(&office, Role::SystemManager), ["bm"]);
        office.holders.remove(&Role::BureauManager);
        assert_eq!(names(&office, Role::InformationManager), ["ciso"]);
        office.holders.insert(Role::CsirtManager, BTreeSet::new());
        assert_eq!(names(&office, Role::CsirtManager), ["chief"]);
        office.holders.clear();
        assert!(names(&office, Role::CsirtManager).is_empty());
    }

    #[test]
    fn a_system_manager_of_the_posts_own_stands_beside_the_head() {
        let mut office = office("sec-1");
        office
            .holders
            .insert(Role::SystemManager, BTreeSet::from([person("sm")]));
        let people = office.in_charge(Role::SystemManager, &pack());
        assert!(people.contains(&person("sm")) && people.contains(&person("im-sec-1")));
    }
}
