//! Every step has its clock, judged by now (8-3-0a); an overdue one is told once.

use super::*;

/// At once = 1 h, promptly = 24 h, as the pack says.
#[test]
fn the_clock_of_each_step_follows_its_clause() {
    let hour = SignedDuration::from_hours(1);
    let mut story = Story::reported(Some("sys-1"));
    story.by("im-sec-1", &findings(true)).expect("findings");
    story
        .by("cm", &pass_on(Target::CsirtChief))
        .expect("passed on");
    story.by("im-sec-2", &suspend("sys-1")).expect("suspended");
    for (step, within) in [
        (Step::ReportToInformationManager, Some(hour)),
        (Step::ReportToSystemManager, Some(hour)),
        (Step::ReportToBureauManager, Some(hour)),
        (Step::ReportToCsirtManager, Some(hour)),
        (Step::ReportToCsirtChief, Some(hour * 24)),
        (Step::VerifyReport, Some(hour * 24)),
        (Step::ReportToCiso, Some(hour)),
        (Step::ReportContainment, Some(hour * 24)),
        (Step::Recover, Some(hour)),
        (Step::PreventRecurrence, None),
    ] {
        let due = within.map(|within| now() + within);
        assert_eq!(story.duty(step).due_at, due, "{step:?}");
    }
}

/// 8-3-(1)-1: the duty begins when it is noticed.
#[test]
fn a_late_report_is_overdue_when_it_comes() {
    let mut story = Story::new();
    story
        .later(90)
        .by("clerk", &report(None))
        .expect("a report");
    assert!(
        story
            .duty(Step::ReportToInformationManager)
            .is_overdue(story.now)
    );
}

#[test]
fn a_step_is_overdue_from_its_last_instant_on_and_recorded_once() {
    let mut story = Story::reported(Some("sys-1"));
    assert_eq!(
        story.incident.next_overdue_at(),
        Some(now() + SignedDuration::from_hours(1))
    );
    assert_eq!(
        story.later(59).by_platform(&Command::MarkOverdue),
        Ok(vec![])
    );
    let events = story
        .later(1)
        .by_platform(&Command::MarkOverdue)
        .expect("due");
    let steps: Vec<_> = events
        .iter()
        .map(|event| match &event.what {
            What::Overdue { step } => *step,
            other => unreachable!("{other:?}"),
        })
        .collect();
    assert_eq!(
        steps,
        [
            Step::ReportToInformationManager,
            Step::ReportToSystemManager
        ]
    );
    assert_eq!(
        story.later(600).by_platform(&Command::MarkOverdue),
        Ok(vec![])
    );
    assert_eq!(story.incident.next_overdue_at(), None);
    assert!(story.incident.due_at().is_some(), "it is still owed");
}

#[test]
fn a_step_done_in_time_is_never_overdue_and_one_done_late_stays_so() {
    let mut story = Story::reported(Some("sys-1"));
    story
        .later(30)
        .by("im-sec-1", &Command::Acknowledge)
        .expect("in time");
    story
        .later(31)
        .by("im-sec-2", &Command::Acknowledge)
        .expect("late");
    story.later(600);
    assert!(
        !story
            .duty(Step::ReportToInformationManager)
            .is_overdue(story.now)
    );
    assert!(
        story
            .duty(Step::ReportToSystemManager)
            .is_overdue(story.now)
    );
}

#[test]
fn a_reopened_step_has_a_clock_of_its_own() {
    let mut story = Story::investigated();
    story.later(120);
    let better = Command::Investigate {
        findings: Findings {
            what_happened: "改ざん".to_owned(),
            cause: "別の原因".to_owned(),
            damage_and_scope: "2ページ".to_owned(),
        },
        grave: false,
    };
    story.by("im-sec-1", &better).expect("better findings");
    let duty = story.duty(Step::ReportToBureauManager);
    assert_eq!(duty.due_at, Some(story.now + SignedDuration::from_hours(1)));
    assert!(duty.is_open() && !duty.is_overdue(story.now));
}

#[test]
fn state_survives_being_kept() {
    let mut story = Story::investigated();
    story.by("chief", &suspend("sys-1")).expect("suspended");
    let events = vec![Event {
        what: What::Acknowledged,
        at: now(),
        by: None,
        chain: vec![Link::Dropped(Step::Recover)],
        deputised: None,
    }];
    let text = serde_json::to_string(&(&story.incident, &events)).expect("json");
    let back: (Incident, Vec<Event>) = serde_json::from_str(&text).expect("json");
    assert_eq!(back, (story.incident, events));
}
