use jiff::Timestamp;

use super::*;
use crate::Violation;

fn disposal() -> Application {
    let mut own = application("medium.disposal", &["need", "disposal_method"]);
    own.class = Some(InformationClass::I);
    own.subject.medium = Some("USB-7".into());
    own
}

fn takeout() -> Application {
    let own = application(
        "information.takeout",
        &["need", "destination", "protection", "virus_check"],
    );
    let mut own = Application {
        ends_at: Some(at(24 * 10)),
        ..own
    };
    own.content
        .insert("return_date".into(), "2026-04-03".into());
    own.subject.information = Some(id("info-III"));
    own
}

/// Applied for by A at 0 h and permitted by IM1 at 1 h.
fn permitted(own: Application) -> Permit {
    let given = [
        (apply(own), by("A", 0)),
        (decide(0, Verdict::Permitted), by("IM1", 1)),
    ];
    after(&given, &facts())
}

fn complete(content: &[(&str, &str)]) -> Command {
    let pair = |(id, text): &(&str, &str)| ((*id).to_owned(), (*text).to_owned());
    Command::Complete {
        content: content.iter().map(pair).collect(),
    }
}

fn destroyed(hours: i64) -> Command {
    complete(&[
        ("done_at", &at(hours).to_string()),
        ("done_by", "職員0001"),
        ("done_how", "破砕"),
    ])
}

fn returned(hours: i64) -> Command {
    complete(&[("returned_at", &at(hours).to_string())])
}

/// What is told of a completion three hours on, as `field code clause`.
#[track_caller]
fn against(permit: &Permit, command: Command) -> Vec<String> {
    let Reason::RulesNotMet(violations) = refused(permit, command, by("A", 3), &facts()) else {
        panic!("refused for another reason");
    };
    let told = |one: &Violation| format!("{} {} {}", one.field, one.problem.code(), one.clause);
    violations.iter().map(told).collect()
}

/// 3-4-(4)-3b
#[test]
fn a_medium_is_disposed_of_only_with_time_person_and_method() {
    let permit = permitted(disposal());
    assert_eq!(
        against(&permit, complete(&[("done_by", " ")])),
        [
            "completion.done_at missing 3-4-(4)-3b",
            "completion.done_by missing 3-4-(4)-3b",
            "completion.done_how missing 3-4-(4)-3b"
        ]
    );
    let events = permit.decide(&destroyed(2), &facts(), &by("A", 3));
    let events = events.expect("completed");
    let done: Permit = events.iter().fold(permit, |mut permit, event| {
        permit.evolve(event);
        permit
    });
    assert_eq!(done.phase_at(at(3)), Phase::Completed);
    assert!(!done.in_force(at(3)), "it permits nothing more");
    let completion = done.completion.expect("a completion");
    assert_eq!((completion.by, completion.at), (id("A"), at(3)));
    assert_eq!(completion.content["done_how"], "破砕");
}

#[test]
fn what_is_done_was_done_by_now_while_it_was_permitted_and_in_the_fields_form() {
    let permit = permitted(disposal());
    let at_time = |time: &str| complete(&[("done_at", time), ("done_by", "x"), ("done_how", "x")]);
    let text = |time: Timestamp| time.to_string();
    for (time, code) in [
        (text(at(4)), "in_future"),
        (text(at(0)), "before_permitted"),
        ("昨日".to_owned(), "format"),
    ] {
        let told = format!("completion.done_at {code} 3-4-(4)-3b");
        assert_eq!(against(&permit, at_time(&time)), [told]);
    }
    let mut more = destroyed(2);
    if let Command::Complete { content } = &mut more {
        content.insert("returned_at".into(), text(at(2)));
        content.insert("done_by".into(), "長".repeat(201));
    }
    assert_eq!(
        against(&permit, more),
        [
            "completion.done_by too_long 3-4-(4)-3b",
            "completion.returned_at unknown_field 3-4-(4)-3b"
        ]
    );
}

#[test]
fn those_it_concerns_and_the_last_approvers_complete_it() {
    let permit = permitted(disposal());
    for (who, may) in [("A", true), ("IM1", true), ("B", false), ("CISO", false)] {
        let decided = permit.decide(&destroyed(2), &facts(), &by(who, 3));
        assert_eq!(decided.is_ok(), may, "{who}");
    }
    assert_eq!(
        refused(&permit, destroyed(2), by("B", 3), &facts()),
        Reason::NotTheCompleter
    );
}

#[test]
fn only_what_was_granted_and_asks_for_it_is_completed() {
    let open = applied(disposal(), "A");
    assert_eq!(
        refused(&open, destroyed(0), by("A", 1), &facts()),
        Reason::NotGranted
    );
    assert_eq!(
        refused(&granted(), destroyed(2), by("A", 3), &facts()),
        Reason::NothingToComplete
    );
    assert_eq!(
        refused(&Permit::default(), destroyed(2), by("A", 3), &facts()),
        Reason::Unknown
    );
}

#[test]
fn the_same_completion_again_changes_nothing_and_another_is_refused() {
    let given = [
        (apply(disposal()), by("A", 0)),
        (decide(0, Verdict::Permitted), by("IM1", 1)),
        (destroyed(2), by("A", 3)),
    ];
    let done = after(&given, &facts());
    let again = |command: &Command, who: &str| done.decide(command, &facts(), &by(who, 4));
    assert_eq!(again(&destroyed(2), "A"), Ok(vec![]));
    for (command, who) in [(destroyed(3), "A"), (destroyed(2), "IM1")] {
        let refusal = again(&command, who).expect_err("on record already");
        assert_eq!(refusal.reason, Reason::Completed);
    }
    let revoke = Command::Revoke { reason: "x".into() };
    assert_eq!(
        refused(&done, revoke, by("IM1", 4), &facts()),
        Reason::Completed
    );
}

/// 3-4-(1)-7
#[test]
fn what_was_taken_out_is_due_back_on_its_day_and_its_late_return_is_still_recorded() {
    let permit = permitted(takeout());
    let evening: Timestamp = "2026-04-03T15:00:00Z".parse().expect("an instant");
    assert_eq!(permit.awaits_completion_by(), Some(evening));
    assert_eq!(
        applied(takeout(), "A").awaits_completion_by(),
        None,
        "nothing is out"
    );
    let late = 24 * 12;
    for last in [
        (Command::Expire, crate::fixture::by_service(late)),
        (Command::Revoke { reason: "x".into() }, by("IM1", 5)),
    ] {
        let given = [
            (apply(takeout()), by("A", 0)),
            (decide(0, Verdict::Permitted), by("IM1", 1)),
            last,
            (returned(late), by("A", late)),
        ];
        let back = after(&given, &facts());
        assert_eq!(back.phase, Phase::Completed);
        assert_eq!(back.awaits_completion_by(), None);
    }
}

#[test]
fn the_clause_that_asks_for_a_completion_is_one_the_kind_serves() {
    let facts = facts();
    let asking = facts.pack.permit_kinds().iter();
    let asking: Vec<_> = asking.filter(|kind| kind.completion.is_some()).collect();
    assert_eq!(asking.len(), 3);
    for kind in asking {
        let completion = kind.completion.as_ref().expect("a completion");
        assert!(kind.clauses.contains(&completion.clause), "{}", kind.id);
    }
}
