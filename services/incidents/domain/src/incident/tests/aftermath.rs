//! Recover, prevent, close (8-3-(4)).

use super::*;

/// 8-3-(4)-1a and b.
#[test]
fn recovery_waits_for_every_system_and_goes_to_both_managers() {
    let mut story = Story::investigated();
    story.by("im-sec-2", &suspend("sys-1")).expect("suspended");
    assert_eq!(
        story.refused("im-sec-1", &recover()),
        "incident_still_suspended"
    );
    story.by("im-sec-2", &resume("sys-1")).expect("resumed");
    assert_eq!(story.refused("bm", &recover()), "incident_not_in_charge");
    story.by("im-sec-1", &recover()).expect("recovered");
    assert_eq!(story.incident.phase().as_str(), "recovered");
    let open = story.open();
    assert!(!open.contains(&"recover"));
    assert!(open.contains(&"report_recovery_to_bureau_manager"));
    assert!(open.contains(&"report_recovery_to_csirt_manager"));
    assert_eq!(story.by("im-sec-1", &recover()), Ok(vec![]));
}

#[test]
fn nothing_is_recovered_or_prevented_before_it_is_investigated() {
    let mut story = Story::reported(None);
    assert_eq!(
        story.refused("im-sec-1", &recover()),
        "incident_not_investigated"
    );
    assert_eq!(story.refused("bm", &prevent()), "incident_not_investigated");
}

/// 8-3-(4)-2a and b.
#[test]
fn the_bureau_manager_prevents_and_reports_the_result_when_harm_was_grave() {
    for grave in [false, true] {
        let mut story = Story::investigated();
        story.by("im-sec-1", &findings(grave)).expect("findings");
        assert_eq!(
            story.refused("im-sec-1", &prevent()),
            "incident_not_in_charge"
        );
        story.by("bm", &prevent()).expect("prevented");
        let open = story.open();
        assert!(!open.contains(&"prevent_recurrence"));
        assert_eq!(open.contains(&"report_result_to_ciso"), grave);
        assert_eq!(open.contains(&"report_result_to_csirt_manager"), grave);
    }
}

#[test]
fn the_result_is_owed_also_when_grave_harm_shows_afterwards() {
    for (who, command) in [("im-sec-1", findings(true)), ("bm", pass_on(Target::Ciso))] {
        let mut story = Story::investigated();
        story.by("bm", &prevent()).expect("prevented");
        assert!(!story.open().contains(&"report_result_to_ciso"));
        story.by(who, &command).expect("grave");
        assert!(story.open().contains(&"report_result_to_ciso"));
    }
}

#[test]
fn it_is_closed_when_every_step_is_done_and_not_before() {
    let mut story = Story::reported(Some("sys-1"));
    assert_eq!(story.refused("bm", &close()), "incident_not_investigated");
    let chain: [(&str, Command); 11] = [
        ("im-sec-1", Command::Acknowledge),
        ("im-sec-2", Command::Acknowledge),
        ("im-sec-1", findings(true)),
        ("bm", Command::Acknowledge),
        ("cm", Command::Acknowledge),
        ("cm", pass_on(Target::CsirtChief)),
        ("chief", Command::Acknowledge),
        ("bm", pass_on(Target::Ciso)),
        ("im-sec-1", recover()),
        ("bm", prevent()),
        ("ciso", Command::Acknowledge),
    ];
    for (who, command) in chain {
        story.by(who, &command).expect("the chain");
        // The CSIRT manager still has recovery and result to acknowledge.
        assert!(story.by("bm", &close()).is_err(), "{who}");
    }
    let refusal = story.by("bm", &close()).expect_err("steps are open");
    assert_eq!(
        refusal,
        Refusal::StepsOpen(vec![
            Step::ReportRecoveryToCsirtManager,
            Step::ReportResultToCsirtManager
        ])
    );
    let clauses: Vec<_> = refusal.clauses().iter().map(ToString::to_string).collect();
    assert_eq!(clauses, ["8-3-(4)-1b", "8-3-(4)-2b"]);
    assert_eq!(
        story.refused("im-sec-1", &close()),
        "incident_not_in_charge"
    );

    // Whoever closes it has been told of what was still addressed to them.
    story.by("cm", &close()).expect("closed");
    assert_eq!(story.incident.phase().as_str(), "closed");
    assert_eq!(story.by("cm", &close()), Ok(vec![]));
    assert_eq!(story.refused("cm", &suspend("sys-1")), "incident_closed");
    assert!(story.incident.chain.iter().all(|duty| !duty.is_open()));
}

#[test]
fn a_minor_one_is_closed_without_the_rest_but_not_while_a_system_is_stopped() {
    let mut story = Story::reported(None);
    story.by("im-sec-1", &findings(false)).expect("findings");
    story.by("cm", &minor()).expect("minor");
    assert_eq!(story.open(), ["report_to_bureau_manager"]);
    story.by("cm", &close()).expect("closed");
    assert_eq!(
        story.incident.due_at(),
        None,
        "a closed incident has no clock"
    );

    let mut story = Story::investigated();
    story.by("chief", &suspend("sys-1")).expect("suspended");
    assert_eq!(story.refused("cm", &close()), "incident_still_suspended");
}
