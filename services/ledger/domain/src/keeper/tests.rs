use super::*;
use crate::fixture::{at, caller, person};

#[test]
fn a_section_is_kept_by_its_own_manager_or_deputy_only() {
    for (role, section, keeps) in [
        (Role::InformationManager, "sec-1", true),
        (Role::DeputyInformationManager, "sec-1", true),
        (Role::InformationManager, "sec-2", false),
        (Role::Staff, "sec-1", false),
        (Role::BureauManager, "sec-1", false),
        (Role::NetworkManager, "sec-1", false),
    ] {
        let judged = caller(section, role).must_keep(
            &SectionId::try_new("sec-1").expect("an id"),
            &person(at("2026-04-01T00:00:00Z")),
        );
        assert_eq!(judged.is_ok(), keeps, "{role} of {section}");
    }
}

#[test]
fn a_role_counts_only_in_the_section_of_the_post_it_sits_on() {
    let mut both = caller("sec-1", Role::Staff);
    both.posts
        .extend(caller("sec-2", Role::InformationManager).posts);
    let context = person(at("2026-04-01T00:00:00Z"));
    let section = |id| SectionId::try_new(id).expect("an id");
    assert!(both.must_keep(&section("sec-1"), &context).is_err());
    assert!(both.must_keep(&section("sec-2"), &context).is_ok());
}

/// A connection is written by the keeper of its system's section and by the network manager.
#[test]
fn connections_fall_to_both_keepers_in_the_standards_table() {
    let sections = Action::LedgerKeep.roles();
    let both: Vec<Role> = (sections.into_iter())
        .chain(Action::LedgerKeepNetworks.roles())
        .collect();
    assert_eq!(Action::LedgerKeepConnections.roles(), both);
}

#[test]
fn networks_are_kept_by_the_network_manager_and_the_platform() {
    let now = at("2026-04-01T00:00:00Z");
    let network = caller("sec-1", Role::NetworkManager);
    let information = caller("sec-1", Role::InformationManager);
    assert!(network.must_keep_networks(&person(now)).is_ok());
    assert_eq!(
        information.must_keep_networks(&person(now)),
        Err(NotYours::Networks)
    );
    let platform = Context::new(Actor::Service("cli".to_owned()), now, "r");
    assert!(Caller::default().must_keep_networks(&platform).is_ok());
    let anonymous = Context::new(Actor::Anonymous, now, "r");
    assert!(Caller::default().must_keep_networks(&anonymous).is_err());
}
