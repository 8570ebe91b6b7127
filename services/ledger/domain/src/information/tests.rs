use kernel::Refusal as _;
use standard::{ClassificationGround as Ground, InformationClass as Class, Role};

use super::*;
use crate::fixture::{caller, code, given, manager, now, person, platform};

fn section(id: &str) -> SectionId {
    SectionId::try_new(id).expect("an id")
}

fn id() -> InformationId {
    InformationId::try_new("inf-1").expect("an id")
}

fn classified(class: Class, ground: Ground) -> Classification {
    Classification {
        class,
        ground,
        class_i_ground: None,
        reason: None,
    }
}

fn entry(classification: Classification) -> Entry {
    Entry {
        name: "住民基本台帳".to_owned(),
        section: section("sec-1"),
        classification,
        system: None,
        personal: true,
        retention_until: None,
    }
}

fn facts() -> Facts {
    Facts {
        caller: manager(),
        system_in_service: true,
        section_known: true,
        existing_ledger: false,
    }
}

fn classify(history: &[Event], entry: &Entry, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let command = Command::Classify {
        id: id(),
        entry: entry.clone(),
    };
    given::<Information>(history, &command, facts, &person(now()))
}

#[test]
fn a_ground_gives_exactly_its_classes_3_1() {
    let gives = |class, ground| match (class, ground) {
        (Class::S, ground) => ground == Ground::Irrecoverable,
        (Class::I, ground) => matches!(
            ground,
            Ground::Ordinance1To4 | Ground::OperationalSecret | Ground::Discretion
        ),
        (Class::II, ground) => matches!(ground, Ground::Ordinance5To6 | Ground::Discretion),
        (Class::III, ground) => ground == Ground::NoneOfThese,
    };
    for class in Class::ALL {
        for ground in Ground::ALL {
            let entry = entry(Classification {
                class: *class,
                ground: *ground,
                class_i_ground: (*class == Class::S).then_some(Ground::Ordinance1To4),
                reason: Some("理由".to_owned()),
            });
            let judged = classify(&[], &entry, &facts());
            if gives(*class, *ground) {
                assert_eq!(judged.map(|events| events.len()), Ok(1), "{class} {ground}");
            } else {
                assert_eq!(
                    judged,
                    Err(Refusal::GroundDoesNotGiveClass {
                        ground: *ground,
                        class: *class
                    })
                );
            }
        }
    }
}

#[test]
fn class_s_rests_on_a_ground_of_class_i_3_1_2_1() {
    let s = |class_i_ground| Classification {
        class: Class::S,
        ground: Ground::Irrecoverable,
        class_i_ground,
        reason: Some("復元に一年以上かかる".to_owned()),
    };
    for (within, fits) in [
        (None, false),
        (Some(Ground::Ordinance1To4), true),
        (Some(Ground::OperationalSecret), true),
        (Some(Ground::Discretion), true),
        (Some(Ground::Ordinance5To6), false),
        (Some(Ground::NoneOfThese), false),
        (Some(Ground::Irrecoverable), false),
    ] {
        let judged = classify(&[], &entry(s(within)), &facts());
        if fits {
            assert!(judged.is_ok(), "{within:?}");
        } else {
            assert_eq!(judged, Err(Refusal::ClassSOutsideClassI), "{within:?}");
        }
    }
    let elsewhere = Classification {
        class_i_ground: Some(Ground::Ordinance1To4),
        ..classified(Class::II, Ground::Ordinance5To6)
    };
    assert_eq!(
        classify(&[], &entry(elsewhere), &facts()),
        Err(Refusal::SecondGroundWithoutS)
    );
}

#[test]
fn discretion_and_hardness_to_restore_need_a_reason() {
    let with = |class, ground, reason: Option<&str>| Classification {
        class,
        ground,
        class_i_ground: (class == Class::S).then_some(Ground::Ordinance1To4),
        reason: reason.map(str::to_owned),
    };
    for (class, ground, clause) in [
        (Class::I, Ground::Discretion, "3-1-(1)-3"),
        (Class::II, Ground::Discretion, "3-1-(3)-2"),
        (Class::S, Ground::Irrecoverable, "3-1-(2)-1"),
    ] {
        for blank in [None, Some(""), Some("　 ")] {
            let refusal = classify(&[], &entry(with(class, ground, blank)), &facts())
                .expect_err("a reason is needed");
            assert_eq!(refusal.code(), "information_reason_missing");
            assert_eq!(refusal.clauses(), [kernel::ClauseId::new(clause)]);
        }
        assert!(classify(&[], &entry(with(class, ground, Some("理由"))), &facts()).is_ok());
    }
    assert!(
        classify(
            &[],
            &entry(with(Class::I, Ground::Ordinance1To4, None)),
            &facts()
        )
        .is_ok()
    );
}

#[test]
fn classifying_again_keeps_the_class_it_had() {
    let first = entry(classified(Class::III, Ground::NoneOfThese));
    let second = entry(classified(Class::II, Ground::Ordinance5To6));
    let mut history = classify(&[], &first, &facts()).expect("classified");
    assert!(matches!(
        history.as_slice(),
        [Event::Classified {
            previous_class: None,
            ..
        }]
    ));
    assert_eq!(classify(&history, &first, &facts()), Ok(vec![]), "a repeat");
    history.extend(classify(&history, &second, &facts()).expect("classified again"));
    assert!(matches!(
        history.last(),
        Some(Event::Classified {
            previous_class: Some(Class::III),
            ..
        })
    ));
}

#[test]
fn information_is_handled_only_by_a_system_in_service() {
    let entry = Entry {
        system: Some(SystemId::try_new("sys-9").expect("an id")),
        ..entry(classified(Class::I, Ground::Ordinance1To4))
    };
    let unknown = Facts {
        system_in_service: false,
        ..facts()
    };
    assert_eq!(
        code(classify(&[], &entry, &unknown)),
        "information_system_unknown"
    );
    assert!(classify(&[], &entry, &facts()).is_ok());
}

#[test]
fn only_the_holding_sections_keeper_writes_an_entry() {
    let stranger = Facts {
        caller: caller("sec-2", Role::InformationManager),
        ..facts()
    };
    let mine = entry(classified(Class::I, Ground::Ordinance1To4));
    assert_eq!(code(classify(&[], &mine, &stranger)), "not_own_section");

    let history = classify(&[], &mine, &facts()).expect("classified");
    let taken = Entry {
        section: section("sec-2"),
        ..mine
    };
    assert_eq!(
        code(classify(&history, &taken, &stranger)),
        "not_own_section"
    );
    assert!(
        classify(&history, &taken, &facts()).is_ok(),
        "its holder may hand it over"
    );
    let remove = Command::Remove {
        reason: "消去".to_owned(),
    };
    assert_eq!(
        code(given::<Information>(
            &history,
            &remove,
            &stranger,
            &person(now())
        )),
        "not_own_section"
    );
}

#[test]
fn a_removed_number_is_not_used_again() {
    let entry = entry(classified(Class::I, Ground::Ordinance1To4));
    let remove = Command::Remove {
        reason: "保存期間満了".to_owned(),
    };
    let context = person(now());
    assert_eq!(
        code(given::<Information>(&[], &remove, &facts(), &context)),
        "information_not_found"
    );
    let mut history = classify(&[], &entry, &facts()).expect("classified");
    history.extend(given::<Information>(&history, &remove, &facts(), &context).expect("removed"));
    assert_eq!(
        given::<Information>(&history, &remove, &facts(), &context),
        Ok(vec![])
    );
    assert_eq!(
        code(classify(&history, &entry, &facts())),
        "information_removed"
    );
    assert_eq!(kernel::replay::<Information>(&history).live(), None);
}

#[test]
fn an_entry_that_rises_to_class_s_keeps_the_ground_that_made_it_class_i() {
    let s = Classification {
        class: Class::S,
        ground: Ground::Irrecoverable,
        class_i_ground: None,
        reason: Some("復元できない".to_owned()),
    };
    for (before, carried) in [
        (
            classified(Class::I, Ground::OperationalSecret),
            Some(Ground::OperationalSecret),
        ),
        (classified(Class::II, Ground::Ordinance5To6), None),
        (classified(Class::III, Ground::NoneOfThese), None),
    ] {
        let history = classify(&[], &entry(before), &facts()).expect("classified");
        let judged = classify(&history, &entry(s.clone()), &facts());
        if carried.is_none() {
            assert_eq!(judged, Err(Refusal::ClassSOutsideClassI));
            continue;
        }
        let history = [history, judged.expect("risen")].concat();
        let information: Information = kernel::replay(&history);
        let classification = information.entry.clone().expect("an entry").classification;
        assert_eq!(classification.class_i_ground, carried);
        assert_eq!(
            classify(&history, &entry(s.clone()), &facts()),
            Ok(vec![]),
            "a repeat"
        );
    }
    let table = Facts {
        existing_ledger: true,
        ..facts()
    };
    assert_eq!(
        classify(&[], &entry(s.clone()), &table),
        Err(Refusal::ClassSOutsideClassI),
        "a section's own table is no way around the rule"
    );
    let command = Command::Classify {
        id: id(),
        entry: entry(s),
    };
    assert!(
        given::<Information>(&[], &command, &table, &platform(now())).is_ok(),
        "an existing ledger that the platform takes over may not have named it"
    );
}

#[test]
fn the_city_must_have_the_section_that_holds_it() {
    let unknown = Facts {
        section_known: false,
        ..facts()
    };
    let new = entry(classified(Class::I, Ground::Ordinance1To4));
    assert_eq!(
        code(classify(&[], &new, &unknown)),
        "information_section_unknown"
    );
    let history = classify(&[], &new, &facts()).expect("classified");
    let renamed = Entry {
        name: "改称".to_owned(),
        ..new
    };
    assert!(classify(&history, &renamed, &unknown).is_ok());
}
