//! One story only: what does not continue what was signed is not signed (7-1-(4)-3).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::{Leaf, Plan, Tree};

const ORIGIN: &str = "log.city.example/sekisho";

fn checkpoint(story: &str, size: u64) -> Checkpoint {
    let mut tree = Tree::default();
    tree.append((0..size).map(|n| Leaf::of(format!("{story} {n}").as_bytes()).hash()));
    Checkpoint {
        origin: ORIGIN.to_owned(),
        root: tree.root(),
    }
}

fn asked(story: &str, old: u64, new: u64) -> Continuation {
    let mut tree = Tree::default();
    let nodes = tree.append((0..new).map(|n| Leaf::of(format!("{story} {n}").as_bytes()).hash()));
    let plan = Plan::consistency(old, new).unwrap();
    let read: Vec<_> = plan
        .needs()
        .iter()
        .map(|at| nodes[*at as usize].hash)
        .collect();
    Continuation {
        old,
        proof: plan.build(&read).unwrap(),
        checkpoint: checkpoint(story, new),
    }
}

#[test]
fn what_continues_the_last_is_signed_and_nothing_else() {
    for last in 0..20 {
        let signed = checkpoint("true", last);
        for new in last..40 {
            assert_eq!(asked("true", last, new).judge(&signed), Ok(()));
        }
    }
    let signed = checkpoint("true", 20);
    for (what, asked, why) in [
        ("rolled back", asked("true", 7, 10), Rejection::Conflict(20)),
        ("begun anew", asked("true", 0, 30), Rejection::Conflict(20)),
        ("a fork", asked("other", 20, 20), Rejection::Conflict(20)),
        ("it went on", asked("other", 20, 30), Rejection::NoGrowth),
        ("ahead", asked("true", 25, 30), Rejection::Conflict(20)),
    ] {
        assert_eq!(asked.judge(&signed), Err(why), "{what}");
    }
    let mut other = asked("true", 20, 30);
    other.checkpoint.origin = "log.other.example/sekisho".to_owned();
    assert_eq!(other.judge(&signed), Err(Rejection::OtherLog));
}

#[test]
fn a_request_has_one_text_only() {
    for (old, new) in [(0, 0), (0, 7), (7, 7), (7, 30)] {
        let asked = asked("true", old, new);
        let text = asked.text().unwrap();
        assert_eq!(Continuation::parse(&text), Ok(asked));
    }
    let good = asked("true", 7, 30).text().unwrap();
    for bad in [
        String::new(),
        good.replace("old 7", "old 07"),
        good.replace("old 7", "old +7"),
        good.replace("old 7", "old 31"),
        good.replace("old 7\n", "old 7\n\n"),
        good.replace("\n30\n", "\n030\n"),
        good.trim_end().to_owned(),
        format!("{good}extension\n"),
        format!("{good}\n— {ORIGIN} AAAA\n"),
        good.replace("\n\n", &format!("\n{}\n", "A".repeat(LONGEST_CONTINUATION))),
    ] {
        assert_eq!(
            Continuation::parse(&bad),
            Err(Rejection::Malformed),
            "{bad:?}"
        );
    }
    let long = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(LONGEST_PROOF);
    let fits = good.replace("old 7\n", &format!("old 7\n{long}"));
    assert_eq!(Continuation::parse(&fits), Err(Rejection::Malformed));
}
