use standard::Role;

use super::*;
use crate::fixture::{caller, code, given, manager, now, person};

fn entry() -> Entry {
    Entry {
        name: "庁内LAN".to_owned(),
        class: NetworkClass::Lgwan,
        prefectural_security_cloud: false,
        external: false,
    }
}

fn facts(in_use: bool) -> Facts {
    Facts {
        caller: caller("sec-9", Role::NetworkManager),
        in_use,
    }
}

fn register(history: &[Event], entry: Entry, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let command = Command::Register {
        id: NetworkId::try_new("net-1").expect("an id"),
        entry,
    };
    given::<Network>(history, &command, facts, &person(now()))
}

#[test]
fn only_the_network_manager_enters_networks() {
    let section_head = Facts {
        caller: manager(),
        in_use: false,
    };
    assert_eq!(
        code(register(&[], entry(), &section_head)),
        "not_network_manager"
    );
    assert_eq!(
        register(&[], entry(), &facts(false)).map(|e| e.len()),
        Ok(1)
    );
}

#[test]
fn class_and_place_stay_while_anything_is_connected_3_3_0() {
    let history = register(&[], entry(), &facts(false)).expect("registered");
    let changed = |change: fn(&mut Entry)| {
        let mut entry = entry();
        change(&mut entry);
        entry
    };
    let class = changed(|entry| entry.class = NetworkClass::Internet);
    let place = changed(|entry| entry.external = true);
    let name = changed(|entry| entry.name = "新しい名".to_owned());
    let cloud = changed(|entry| entry.prefectural_security_cloud = true);
    for (entry, moves) in [(class, true), (place, true), (name, false), (cloud, false)] {
        let in_use = register(&history, entry.clone(), &facts(true));
        assert_eq!(in_use.is_err(), moves, "{entry:?}");
        assert!(register(&history, entry, &facts(false)).is_ok());
    }
    assert_eq!(register(&history, entry(), &facts(true)), Ok(vec![]));
}
