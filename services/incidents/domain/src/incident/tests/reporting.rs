//! Report, acknowledge, investigate (8-3-(1), 8-3-(2)-1).

use super::*;

#[test]
fn staff_report_what_people_noticed_and_machines_that_may_what_they_found() {
    let with = |origin| {
        let Command::Report(mut report) = report(None) else {
            unreachable!("a report")
        };
        report.origin = origin;
        Command::Report(report)
    };
    for (by_person, origin, wanted) in [
        (true, Origin::Staff, None),
        (true, Origin::Citizen, None),
        (true, Origin::Machine, Some("incident_origin_not_allowed")),
        (false, Origin::Machine, None),
        (false, Origin::Staff, Some("incident_origin_not_allowed")),
    ] {
        let mut story = Story::new();
        let done = match by_person {
            true => story.by("clerk", &with(origin)),
            false => story.by_platform(&with(origin)),
        };
        assert_eq!(done.err().map(|r| r.code()), wanted, "{origin:?}");
    }
    for (name, origin, wanted) in [
        ("siem", Origin::Machine, None),
        ("siem", Origin::Staff, Some("incident_origin_not_allowed")),
        ("vdi", Origin::Machine, Some("incident_machine_unknown")),
        ("vdi", Origin::Staff, Some("incident_machine_unknown")),
    ] {
        let mut story = Story::new();
        let workload = kernel::Actor::Workload(name.to_owned());
        let context = Context::new(workload, story.now, "request-1");
        let done = story.act(&with(origin), &context);
        assert_eq!(done.err().map(|r| r.code()), wanted, "{name} {origin:?}");
    }
    let mut story = Story::new();
    let context = Context::new(kernel::Actor::Anonymous, story.now, "request-1");
    let refused = story.act(&with(Origin::Machine), &context);
    assert_eq!(refused.expect_err("nobody").code(), "incident_needs_person");
}

#[test]
fn a_report_names_what_is_on_record_and_a_machine_event_is_taken_in_all_the_same() {
    let with = |change: fn(&mut Report)| {
        let Command::Report(mut report) = report(None) else {
            unreachable!("a report")
        };
        change(&mut report);
        report
    };
    for (change, code) in [
        (
            (|r| r.section = Some(id("sec-7"))) as fn(&mut Report),
            "incident_section_unknown",
        ),
        (|r| r.section = None, "incident_text_missing"),
        (|r| r.system = Some(id("sys-7")), "incident_system_unknown"),
        (|r| r.system = Some(id("sys-9")), "incident_system_unknown"),
        (|r| r.title = " ".to_owned(), "incident_text_missing"),
        (|r| r.description.clear(), "incident_text_missing"),
        (
            |r| r.noticed_at += SignedDuration::from_secs(1),
            "incident_noticed_in_future",
        ),
    ] {
        let report = with(change);
        let refused = Story::new().refused("clerk", &Command::Report(report));
        assert_eq!(refused, code);
    }
    let mut machine = with(|r| r.system = Some(id("sys-7")));
    machine.origin = Origin::Machine;
    machine.section = None;
    let mut story = Story::new();
    story
        .by_platform(&Command::Report(machine))
        .expect("taken in");
    assert_eq!(story.open(), ["report_to_information_manager"]);
}

#[test]
fn the_same_report_again_changes_nothing_and_another_one_is_refused() {
    let mut story = Story::reported(None);
    assert_eq!(story.by("clerk", &report(None)), Ok(vec![]));
    assert_eq!(
        story.refused("clerk", &report(Some("sys-2"))),
        "incident_exists"
    );
}

/// 8-3-(1)-2: the route follows from the ledger.
#[test]
fn the_system_manager_is_told_only_when_the_system_is_important() {
    let told = "report_to_system_manager";
    assert!(Story::reported(Some("sys-1")).open().contains(&told));
    assert!(!Story::reported(Some("sys-2")).open().contains(&told));
    assert!(!Story::reported(None).open().contains(&told));
}

#[test]
fn each_manager_acknowledges_what_is_addressed_to_them_and_the_first_starts_the_investigation() {
    let mut story = Story::reported(Some("sys-1"));
    assert_eq!(
        story.refused("clerk", &Command::Acknowledge),
        "incident_not_addressed"
    );
    // Not yet addressed to the bureau manager.
    assert_eq!(
        story.refused("bm", &Command::Acknowledge),
        "incident_not_addressed"
    );
    story.by("im-sec-2", &Command::Acknowledge).expect("told");
    assert_eq!(
        story.open(),
        ["report_to_information_manager", "investigate"]
    );
    story.by("im-sec-1", &Command::Acknowledge).expect("told");
    assert_eq!(story.open(), ["investigate"]);
    assert_eq!(story.by("im-sec-1", &Command::Acknowledge), Ok(vec![]));
    let done = story.duty(Step::ReportToSystemManager).done.as_ref();
    let by = done.and_then(|done| done.by.as_ref());
    assert_eq!(by.map(ToString::to_string).as_deref(), Some("im-sec-2"));
}

#[test]
fn a_manager_who_reports_has_been_told() {
    let mut story = Story::new();
    let events = story.by("im-sec-1", &report(None)).expect("a report");
    assert_eq!(whats(&events), ["reported", "acknowledged"]);
    assert_eq!(story.open(), ["investigate"]);
}

#[test]
fn while_a_post_is_empty_the_report_goes_to_the_next_role_up() {
    let mut story = Story::reported(None);
    let holders = &mut story.facts.office.holders;
    holders.remove(&standard::Role::InformationManager);
    story.by("bm", &Command::Acknowledge).expect("told");
    assert_eq!(story.open(), ["investigate"]);
}

/// 8-3-(2)-1a, b and c.
#[test]
fn all_three_findings_are_mandatory_each_by_its_clause() {
    for (blank, field, clause) in [
        (0, "what_happened", "8-3-(2)-1a"),
        (1, "cause", "8-3-(2)-1b"),
        (2, "damage_and_scope", "8-3-(2)-1c"),
    ] {
        let text = |n: usize| if n == blank { " \u{200B}" } else { "あり" }.to_owned();
        let command = Command::Investigate {
            findings: Findings {
                what_happened: text(0),
                cause: text(1),
                damage_and_scope: text(2),
            },
            grave: false,
        };
        let refusal = Story::reported(None)
            .by("im-sec-1", &command)
            .expect_err("a finding is missing");
        assert_eq!(refusal.code(), "incident_finding_missing");
        assert_eq!(refusal.field().as_deref(), Some(field));
        assert_eq!(refusal.clauses()[0].as_str(), clause);
    }
}

/// 8-3-(2)-1.
#[test]
fn the_findings_are_reported_to_both_managers() {
    let mut story = Story::reported(None);
    assert_eq!(
        story.refused("clerk", &findings(false)),
        "incident_not_in_charge"
    );
    story.by("im-sec-1", &findings(false)).expect("findings");
    assert_eq!(
        story.open(),
        [
            "report_to_bureau_manager",
            "report_to_csirt_manager",
            "report_to_csirt_chief",
            "recover",
            "prevent_recurrence"
        ]
    );
    assert_eq!(story.by("im-sec-1", &findings(false)), Ok(vec![]));
    for who in ["bm", "cm"] {
        story.by(who, &Command::Acknowledge).expect("told");
    }
    assert!(!story.open().contains(&"report_to_bureau_manager"));
    assert!(!story.open().contains(&"report_to_csirt_manager"));
}

#[test]
fn better_findings_are_reported_again() {
    let mut story = Story::investigated();
    let better = Command::Investigate {
        findings: Findings {
            what_happened: "改ざん".to_owned(),
            cause: "パスワードの漏えい".to_owned(),
            damage_and_scope: "1ページ".to_owned(),
        },
        grave: false,
    };
    story.by("im-sec-1", &better).expect("better findings");
    let open = story.open();
    assert!(open.contains(&"report_to_bureau_manager"), "{open:?}");
    assert!(open.contains(&"report_to_csirt_manager"), "{open:?}");
    let owed = open.iter().filter(|step| **step == "recover").count();
    assert_eq!(owed, 1, "what is owed already is not owed twice");
}

#[test]
fn nothing_is_done_to_an_incident_nobody_reported() {
    assert_eq!(
        Story::new().refused("im-sec-1", &Command::Acknowledge),
        "incident_not_found"
    );
}
