//! Who reads what is decided by roles and posts, and by nothing a reader says.

use jiff::Timestamp;
use kernel::{PersonId, Spell, Timeline};
use serde_json::json;
use standard::Role;
use store::facts::{Change, Fact, FactSet as _};

use super::Scope;
use crate::index::term;

fn city() -> directory::Directory {
    let mut city = directory::Directory::default();
    let holders: Timeline<PersonId> = std::iter::once(Spell {
        value: PersonId::try_new("S0100").expect("a staff number"),
        since: Timestamp::UNIX_EPOCH,
        until: Some("2030-01-01T00:00:00Z".parse().expect("an instant")),
    })
    .collect();
    for change in [
        Change::known(
            "bureau",
            "finance",
            &json!({"name": "財政局", "ward": false}),
        ),
        Change::known(
            "section",
            "tax",
            &json!({"name": "税務課", "bureau": "finance", "parent": null}),
        ),
        Change::known(
            "post",
            "finance-head",
            &json!({"title": "局長", "section": null, "bureau": "finance", "roles": ["bureau_manager"]}),
        ),
        Change::known("post_holders", "finance-head", &holders),
    ] {
        let Change { kind, id, body } = change;
        city.apply(&Fact {
            kind: kind.to_owned(),
            id,
            body,
            position: 1,
        });
    }
    city
}

#[test]
fn roles_open_the_city_posts_a_bureau_while_they_are_held_and_everybody_has_their_own() {
    let (manager, staff) = ("S0100", "S0200");
    let own = |id: &str| vec![term::own(id)];
    let with_bureau = [vec![term::bureau("finance")], own(manager)].concat();
    let (held, over) = ("2029-06-01T00:00:00Z", "2030-06-01T00:00:00Z");
    for (person, role, at, expected) in [
        (staff, Role::Auditor, held, Scope::City),
        (staff, Role::Ciso, held, Scope::City),
        (staff, Role::CsirtChief, held, Scope::City),
        (staff, Role::CsirtStaff, held, Scope::City),
        // The token says what somebody is, the post of which bureau.
        (staff, Role::BureauManager, held, Scope::Part(own(staff))),
        (
            staff,
            Role::InformationManager,
            held,
            Scope::Part(own(staff)),
        ),
        (staff, Role::SystemManager, held, Scope::Part(own(staff))),
        (manager, Role::BureauManager, held, Scope::Part(with_bureau)),
        (
            manager,
            Role::BureauManager,
            over,
            Scope::Part(own(manager)),
        ),
    ] {
        let id = PersonId::try_new(person).expect("a staff number");
        let at = at.parse().expect("an instant");
        assert_eq!(
            Scope::of(&id, &[role], &city(), at),
            expected,
            "{person} {role} {at}"
        );
    }
}
