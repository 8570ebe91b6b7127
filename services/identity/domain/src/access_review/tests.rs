use jiff::SignedDuration;
use kernel::{Actor, Refusal as _, SessionId, replay};

use super::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn start() -> Timestamp {
    "2026-04-01T01:00:00Z".parse().expect("an instant")
}

/// Twenty office days from Wednesday 1 April 2026, with Shōwa Day on the way.
fn due() -> Timestamp {
    "2026-04-30T15:00:00Z".parse().expect("an instant")
}

fn by(person: &str, now: Timestamp) -> Context {
    let actor = Actor::Person {
        id: id(person),
        session: SessionId::default(),
    };
    Context::new(actor, now, "test")
}

fn clock(now: Timestamp) -> Context {
    Context::new(Actor::Service("identity".to_owned()), now, "test")
}

fn access(person: &str) -> Access {
    Access {
        person: id(person),
        kind: GrantKind::Use,
        item: None,
        permit: None,
    }
}

fn accesses(people: &[&str]) -> BTreeSet<Access> {
    people.iter().map(|person| access(person)).collect()
}

/// `M` manages the system, `B` stands above; everybody uses it.
fn facts() -> Facts {
    let people = ["A", "B", "C", "M"];
    let reviewers = people.map(|person| match person {
        "M" => ((id(person), None), [id("B")].into()),
        other => ((id(other), None), [id("M")].into()),
    });
    Facts {
        pack: Arc::new(Pack::sendai().expect("the pack")),
        system_in_service: true,
        open: None,
        managers: [id("M")].into(),
        reviewers: reviewers.into(),
        standing: accesses(&people),
    }
}

fn started(people: &[&str]) -> Command {
    Command::Start {
        id: id("R1"),
        system: id("SYS-1"),
        accesses: accesses(people),
    }
}

fn under_way(people: &[&str]) -> State {
    let events = State::default().decide(&started(people), &facts(), &by("M", start()));
    replay(&events.expect("started"))
}

fn confirm(people: &[&str]) -> Command {
    Command::Confirm(accesses(people))
}

fn remove(people: &[&str]) -> Command {
    Command::Remove {
        accesses: accesses(people),
        reason: "moved to other work".to_owned(),
    }
}

fn after(mut state: State, steps: &[(Command, Context)]) -> State {
    for (command, context) in steps {
        let events = state.decide(command, &facts(), context).expect("done");
        events.iter().for_each(|event| state.evolve(event));
    }
    state
}

fn verdicts(state: &State) -> Vec<(String, Option<Verdict>)> {
    let items = state.started.iter().flat_map(|review| &review.items);
    let shown = items.map(|item| {
        let found = item.found.as_ref().map(|found| found.verdict);
        (item.access.person.to_string(), found)
    });
    shown.collect()
}

fn closed(state: &State) -> bool {
    let review = state.started.as_ref().expect("a review");
    review.closed_at.is_some()
}

// 7-2-(3)-2
#[test]
fn the_manager_starts_it_and_everybody_is_listed_until_the_due_time() {
    let state = under_way(&["A", "B", "M"]);
    let review = state.started.as_ref().expect("a review");
    assert_eq!(review.due_at, due());
    let open: Vec<_> = review
        .open()
        .map(|item| item.access.person.as_str())
        .collect();
    assert_eq!(open, ["A", "B", "M"]);
    assert!(!closed(&state));
}

#[test]
fn many_accesses_are_listed_in_records_of_bounded_size() {
    let many = (0..=IN_ONE_RECORD).map(|n| access(&format!("P{n:04}")));
    let command = Command::Start {
        id: id("R1"),
        system: id("SYS-1"),
        accesses: many.collect(),
    };
    let events = State::default().decide(&command, &facts(), &by("M", start()));
    let sizes = events
        .expect("started")
        .into_iter()
        .filter_map(|event| match event {
            Event::Listed(some) => Some(some.len()),
            _ => None,
        });
    assert_eq!(sizes.collect::<Vec<_>>(), [IN_ONE_RECORD, 1]);
}

#[test]
fn a_system_nobody_may_use_has_been_reviewed_at_once() {
    assert!(closed(&under_way(&[])));
}

#[test]
fn who_may_not_start_or_judge_is_told_why() {
    let fresh = State::default();
    let running = under_way(&["A", "B", "M"]);
    let finished = after(under_way(&["A"]), &[(confirm(&["A"]), by("M", start()))]);
    let removed = after(
        under_way(&["A", "B"]),
        &[(remove(&["A"]), by("M", start()))],
    );
    let retired = Facts {
        system_in_service: false,
        ..facts()
    };
    let second = Facts {
        open: Some(id("R0")),
        ..facts()
    };
    let m = by("M", start());
    let cases = [
        (
            &fresh,
            started(&["A"]),
            facts(),
            clock(start()),
            "access_review_not_a_person",
        ),
        (
            &fresh,
            started(&["A"]),
            facts(),
            by("A", start()),
            "access_review_not_the_manager",
        ),
        (
            &fresh,
            started(&["A"]),
            facts(),
            by("B", start()),
            "access_review_not_the_manager",
        ),
        (
            &fresh,
            started(&["A"]),
            retired,
            m.clone(),
            "access_review_system_unknown",
        ),
        (
            &fresh,
            started(&["A"]),
            second,
            m.clone(),
            "access_review_one_is_open",
        ),
        (
            &fresh,
            confirm(&["A"]),
            facts(),
            m.clone(),
            "access_review_unknown",
        ),
        (
            &running,
            confirm(&["A"]),
            facts(),
            clock(start()),
            "access_review_not_a_person",
        ),
        (
            &running,
            confirm(&["C"]),
            facts(),
            m.clone(),
            "access_review_access_not_listed",
        ),
        (
            &running,
            confirm(&["A"]),
            facts(),
            by("B", start()),
            "access_review_not_the_manager",
        ),
        (
            &running,
            confirm(&["A"]),
            facts(),
            by("C", start()),
            "access_review_not_the_manager",
        ),
        // G7: also as one of many, and also to take it away.
        (
            &running,
            confirm(&["A", "M"]),
            facts(),
            m.clone(),
            "access_review_own_access",
        ),
        (
            &running,
            remove(&["M"]),
            facts(),
            m.clone(),
            "access_review_own_access",
        ),
        (
            &running,
            confirm(&["A"]),
            facts(),
            by("M", due()),
            "access_review_over",
        ),
        (
            &finished,
            confirm(&["A"]),
            facts(),
            m.clone(),
            "access_review_over",
        ),
        (
            &removed,
            confirm(&["A"]),
            facts(),
            m,
            "access_review_access_removed",
        ),
    ];
    for (state, command, facts, context, code) in cases {
        let refusal = state.decide(&command, &facts, &context);
        let refusal = refusal.expect_err(code);
        assert_eq!(refusal.code(), code, "{command:?}");
        let plain = [
            "access_review_unknown",
            "access_review_access_not_listed",
            "access_review_one_is_open",
        ];
        let clauses: Vec<_> = refusal.clauses();
        let named = clauses.iter().any(|one| one.as_str() == "7-2-(3)-2");
        assert_eq!(named, !plain.contains(&code), "{code}");
    }
}

#[test]
fn each_access_is_confirmed_or_removed_and_then_the_review_is_closed() {
    let state = under_way(&["A", "B", "M"]);
    let state = after(state, &[(confirm(&["A", "B"]), by("M", start()))]);
    assert!(!closed(&state));
    // Whoever stands above the manager judges the manager's own.
    let state = after(state, &[(remove(&["M"]), by("B", start()))]);
    assert!(closed(&state));
    let found = [
        ("A", Verdict::Confirmed),
        ("B", Verdict::Confirmed),
        ("M", Verdict::Removed),
    ];
    let found = found.map(|(person, verdict)| (person.to_owned(), Some(verdict)));
    assert_eq!(verdicts(&state), found);
}

#[test]
fn a_repeat_changes_nothing_and_what_was_confirmed_can_still_be_removed() {
    let state = under_way(&["A", "B"]);
    let state = after(state, &[(confirm(&["A"]), by("M", start()))]);
    let again = state.decide(&confirm(&["A"]), &facts(), &by("M", start()));
    assert_eq!(again, Ok(vec![]));
    let state = after(state, &[(remove(&["A"]), by("M", start()))]);
    assert_eq!(verdicts(&state)[0].1, Some(Verdict::Removed));
    let again = state.decide(&remove(&["A"]), &facts(), &by("M", start()));
    assert_eq!(again, Ok(vec![]));
}

#[test]
fn what_nobody_confirmed_lapses_at_the_due_time_and_not_before() {
    let state = under_way(&["A", "B", "C"]);
    let state = after(state, &[(confirm(&["A"]), by("M", start()))]);
    let early = clock(due() - SignedDuration::from_micros(1));
    assert_eq!(state.decide(&Command::Lapse, &facts(), &early), Ok(vec![]));
    let without_c = Facts {
        standing: accesses(&["A", "B"]),
        ..facts()
    };
    let events = state.decide(&Command::Lapse, &without_c, &clock(due()));
    let mut state = state;
    events
        .expect("lapsed")
        .iter()
        .for_each(|event| state.evolve(event));
    let found = [
        ("A", Verdict::Confirmed),
        ("B", Verdict::Lapsed),
        ("C", Verdict::Gone),
    ];
    let found = found.map(|(person, verdict)| (person.to_owned(), Some(verdict)));
    assert_eq!(verdicts(&state), found);
    assert!(closed(&state));
    let again = state.decide(&Command::Lapse, &facts(), &clock(due()));
    assert_eq!(again, Ok(vec![]));
}

#[test]
fn an_access_that_ended_by_itself_is_not_on_record_as_confirmed() {
    let state = under_way(&["A", "B"]);
    let without_a = Facts {
        standing: accesses(&["B"]),
        ..facts()
    };
    let events = state.decide(&confirm(&["A"]), &without_a, &by("M", start()));
    let mut state = state;
    events
        .expect("found")
        .iter()
        .for_each(|event| state.evolve(event));
    assert_eq!(verdicts(&state)[0].1, Some(Verdict::Gone));
}

#[test]
fn access_to_a_restricted_item_is_judged_by_whoever_is_in_charge_of_it_7_2_5_1() {
    let folder = Access {
        item: Some(id("FOLDER-1")),
        ..access("A")
    };
    let known = || {
        let mut facts = facts();
        let in_charge = (folder.whose(), [id("H")].into());
        facts.reviewers.extend([in_charge]);
        facts.standing.insert(folder.clone());
        facts
    };
    let start = Command::Start {
        id: id("R1"),
        system: id("SYS-1"),
        accesses: [access("A"), folder.clone()].into(),
    };
    let begun = State::default().decide(&start, &known(), &by("M", self::start()));
    let mut state: State = replay(&begun.expect("started"));
    let confirm = |access: &Access| Command::Confirm([access.clone()].into());
    for (who, what, may) in [
        ("M", &folder, false),
        ("H", &access("A"), false),
        ("H", &folder, true),
    ] {
        let judged = state.decide(&confirm(what), &known(), &by(who, self::start()));
        match judged {
            Ok(events) => {
                assert!(may, "{who}");
                events.iter().for_each(|event| state.evolve(event));
            }
            Err(refused) => assert_eq!((may, refused), (false, Refusal::NotTheManager), "{who}"),
        }
    }
    let review = state.started.expect("a review");
    let confirmed: Vec<&Access> = (review.items.iter())
        .filter(|item| item.found.is_some())
        .map(|item| &item.access)
        .collect();
    assert_eq!(confirmed, [&folder]);
}
