use jiff::Timestamp;
use kernel::{Actor, Context, Decider};

use super::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn record(bureau: &str, parent: Option<&str>) -> Record {
    Record {
        id: id("office"),
        bureau: id(bureau),
        name: "税制課".to_owned(),
        parent: parent.map(id),
    }
}

fn decide(state: &State, wanted: Record, facts: Facts) -> Result<Vec<Event>, Refusal> {
    let context = Context::new(
        Actor::Service("identity".to_owned()),
        Timestamp::UNIX_EPOCH,
        "t",
    );
    state.decide(&Command::Record(wanted), &facts, &context)
}

fn surroundings(parent: Option<Record>) -> Facts {
    Facts {
        bureau_known: true,
        parent,
        has_offices: false,
        has_posts: false,
    }
}

#[test]
fn a_section_belongs_to_a_recorded_bureau() {
    let wanted = record("finance", None);
    let refused = decide(&State::default(), wanted.clone(), Facts::default());
    assert_eq!(refused, Err(Refusal::BureauUnknown(id("finance"))));
    let recorded = decide(&State::default(), wanted.clone(), surroundings(None));
    assert_eq!(recorded, Ok(vec![Event::Recorded(wanted)]));
}

#[test]
fn a_third_class_office_belongs_directly_to_a_section_of_its_own_bureau() {
    let office = record("finance", Some("tax"));
    let cases = [
        (Some(record("finance", None)), Ok(())),
        (None, Err(Refusal::ParentUnknown(id("tax")))),
        (Some(record("works", None)), Err(Refusal::ParentUnfit)),
        (
            Some(record("finance", Some("other"))),
            Err(Refusal::ParentUnfit),
        ),
    ];
    for (parent, expected) in cases {
        let answer = decide(
            &State::default(),
            office.clone(),
            surroundings(parent.clone()),
        );
        assert_eq!(answer.map(|_| ()), expected, "{parent:?}");
    }
}

#[test]
fn a_section_with_offices_of_its_own_does_not_become_an_office() {
    let facts = Facts {
        has_offices: true,
        ..surroundings(Some(record("finance", None)))
    };
    let answer = decide(&State::default(), record("finance", Some("tax")), facts);
    assert_eq!(answer, Err(Refusal::ParentUnfit));
}

#[test]
fn recording_the_same_again_changes_nothing() {
    let mut state = State::default();
    state.evolve(&Event::Recorded(record("finance", None)));
    assert_eq!(
        decide(&state, record("finance", None), Facts::default()),
        Ok(vec![])
    );
}

#[test]
fn a_section_in_use_keeps_its_bureau() {
    let mut state = State::default();
    state.evolve(&Event::Recorded(record("finance", None)));
    let in_use = [(true, false), (false, true)];
    for (has_posts, has_offices) in in_use {
        let facts = Facts {
            has_posts,
            has_offices,
            ..surroundings(None)
        };
        assert_eq!(
            decide(&state, record("works", None), facts),
            Err(Refusal::InUse)
        );
    }
    assert!(decide(&state, record("works", None), surroundings(None)).is_ok());
}
