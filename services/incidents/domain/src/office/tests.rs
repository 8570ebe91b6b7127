use super::*;
use crate::fixture::{facts, office, pack};

/// Who takes in the reports that go to a role, seen from an office or about a system of sec-2.
fn in_charge(here: &Office, system: Option<&str>, role: Role) -> Vec<String> {
    let facts = facts();
    let seen = Seen {
        here,
        system: system.map(|id| &facts.systems[&id.parse().expect("an id")]),
        deputies: &[],
        action: Action::IncidentAcknowledge,
    };
    let charged = (seen.action).charged(&BTreeSet::new(), &pack(), &seen);
    let meant = charged.into_iter().find(|charged| charged.role == role);
    let people = meant.map(|charged| charged.deciders.people);
    let people = people.unwrap_or_default();
    people.iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_posts_duty_is_the_next_roles_up() {
    let mut office = office("sec-1");
    let manager = Role::InformationManager;
    assert_eq!(in_charge(&office, None, manager), ["im-sec-1"]);
    office.holders.remove(&manager);
    assert_eq!(in_charge(&office, None, manager), ["bm"]);
    office.holders.remove(&Role::BureauManager);
    assert_eq!(in_charge(&office, None, manager), ["ciso"]);
    office.holders.insert(Role::CsirtManager, BTreeSet::new());
    assert_eq!(in_charge(&office, None, Role::CsirtManager), ["chief"]);
    office.holders.clear();
    assert!(in_charge(&office, None, Role::CsirtManager).is_empty());
}

/// 1-4-1.
#[test]
fn the_head_of_the_section_that_owns_an_important_system_is_its_manager() {
    let office = office("sec-1");
    let manager = Role::SystemManager;
    assert_eq!(in_charge(&office, Some("sys-1"), manager), ["im-sec-2"]);
    assert!(in_charge(&office, Some("sys-2"), manager).is_empty());
}
