//! One incident for all that a rule says of the same thing.

use super::*;
use crate::incident::{Suspicion, Suspicions};

fn suspicion(record: usize) -> Suspicion {
    Suspicion {
        record: format!("record-{record}"),
        rule: "denied_burst".to_owned(),
        subject: "person/clerk".to_owned(),
        description: "5分以内に10回を超えて拒否".to_owned(),
        log_indexes: vec![record as u64],
        seen_at: now(),
    }
}

fn suspect(record: usize) -> Command {
    Command::Suspect(Box::new(suspicion(record)))
}

#[test]
fn further_suspicions_are_added_once_each_and_nobody_is_told_anew() {
    let mut story = Story::reported(None);
    let open = story.open();
    let added = story.by_platform(&suspect(1)).expect("added");
    assert_eq!(whats(&added), ["suspected"]);
    assert_eq!(story.by_platform(&suspect(1)), Ok(vec![]), "the same again");
    story.by_platform(&suspect(2)).expect("another");
    let expected = Suspicions {
        count: 2,
        latest: vec![suspicion(1), suspicion(2)],
    };
    assert_eq!(story.incident.suspicions, expected);
    assert_eq!(story.open(), open);
}

#[test]
fn only_the_platform_suspects_and_only_while_the_incident_is_open() {
    let mut story = Story::new();
    let refused = story
        .by_platform(&suspect(1))
        .expect_err("nothing reported");
    assert_eq!(refused.code(), "incident_not_found");
    let mut story = Story::reported(None);
    assert_eq!(
        story.refused("cm", &suspect(1)),
        "incident_origin_not_allowed"
    );
    story.incident.closure = Some(super::super::Remark {
        by: None,
        at: now(),
        text: "終結".to_owned(),
    });
    let refused = story.by_platform(&suspect(1)).expect_err("closed");
    assert_eq!(refused.code(), "incident_closed");
}

#[test]
fn an_incident_carries_the_latest_suspicions_and_counts_all() {
    let mut story = Story::reported(None);
    for record in 0..30 {
        story.by_platform(&suspect(record)).expect("added");
    }
    let suspicions = &story.incident.suspicions;
    assert_eq!(
        (suspicions.count, suspicions.latest.len()),
        (30, Suspicions::MOST)
    );
    assert_eq!(suspicions.latest[0], suspicion(10));
}
