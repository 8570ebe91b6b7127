//! Stop and resume systems, report that, hold records (8-3-(3)).

use super::*;

/// 8-3-(3)-1a.
#[test]
fn who_may_stop_a_system() {
    for (who, allowed) in [
        ("im-sec-2", true),
        ("cm", true),
        ("chief", true),
        ("ciso", true),
        ("im-sec-1", false),
        ("bm", false),
        ("clerk", false),
    ] {
        let mut story = Story::reported(None);
        let done = story.by(who, &suspend("sys-2"));
        let wanted = (!allowed).then_some("incident_not_in_charge");
        assert_eq!(done.err().map(|r| r.code()), wanted, "{who}");
    }
}

#[test]
fn only_a_system_in_service_is_stopped_and_only_once() {
    let mut story = Story::reported(None);
    assert_eq!(
        story.refused("chief", &suspend("sys-7")),
        "incident_system_unknown"
    );
    assert_eq!(
        story.refused("chief", &suspend("sys-9")),
        "incident_system_unknown"
    );
    story.by("chief", &suspend("sys-1")).expect("suspended");
    assert_eq!(story.by("im-sec-2", &suspend("sys-1")), Ok(vec![]));
}

#[test]
fn one_incident_stops_a_bounded_number_of_systems() {
    let mut story = Story::reported(None);
    for n in 0..=100 {
        let system = story.facts.systems[&id("sys-2")].clone();
        story.facts.systems.insert(id(&format!("sys-x{n}")), system);
    }
    for n in 0..100 {
        story
            .by("chief", &suspend(&format!("sys-x{n}")))
            .expect("suspended");
    }
    assert_eq!(
        story.refused("chief", &suspend("sys-x100")),
        "incident_too_many_suspended"
    );
}

/// 8-3-(3)-1b.
#[test]
fn a_stop_is_reported_to_the_csirt_chief_unless_the_chief_did_it() {
    let report = Command::ReportContainment {
        measures: "停止した".to_owned(),
    };
    let mut story = Story::reported(None);
    assert_eq!(
        story.refused("im-sec-1", &report),
        "incident_nothing_contained"
    );
    story.by("im-sec-2", &suspend("sys-2")).expect("suspended");
    assert!(story.open().contains(&"report_containment"));
    assert_eq!(story.refused("clerk", &report), "incident_not_in_charge");
    story.by("im-sec-2", &report).expect("reported");
    assert!(!story.open().contains(&"report_containment"));
    assert_eq!(story.by("im-sec-2", &report), Ok(vec![]));

    // Another stop is another report.
    story.by("cm", &suspend("sys-1")).expect("suspended");
    assert!(story.open().contains(&"report_containment"));
    // The chief knows of the chief's own.
    story.by("chief", &suspend("sys-2")).expect("already so");
    let mut by_chief = Story::reported(None);
    by_chief.by("chief", &suspend("sys-1")).expect("suspended");
    assert!(!by_chief.open().contains(&"report_containment"));
}

/// 8-3-(4)-1a: what a higher authority stopped, a lower one does not resume.
#[test]
fn who_may_resume_what_whom_stopped() {
    let everybody = ["im-sec-2", "bm", "cm", "chief", "ciso"];
    for (stopped_by, refused) in [
        ("im-sec-2", &everybody[..0]),
        ("cm", &everybody[..1]),
        ("chief", &everybody[..3]),
        ("ciso", &everybody[..3]),
    ] {
        for who in everybody {
            let mut story = Story::reported(None);
            story.by(stopped_by, &suspend("sys-1")).expect("suspended");
            let done = story.by(who, &resume("sys-1"));
            let wanted = refused
                .contains(&who)
                .then_some("incident_suspended_from_above");
            assert_eq!(done.err().map(|r| r.code()), wanted, "{stopped_by} {who}");
        }
    }
    let mut story = Story::reported(None);
    story.by("im-sec-2", &suspend("sys-1")).expect("suspended");
    for who in ["im-sec-1", "clerk"] {
        assert_eq!(
            story.refused(who, &resume("sys-1")),
            "incident_not_in_charge",
            "{who}"
        );
    }
}

#[test]
fn a_system_is_resumed_once_and_only_if_it_was_stopped() {
    let mut story = Story::reported(None);
    assert_eq!(
        story.refused("chief", &resume("sys-1")),
        "incident_system_not_suspended"
    );
    story.by("chief", &suspend("sys-1")).expect("suspended");
    let events = story.by("chief", &resume("sys-1")).expect("resumed");
    assert_eq!(whats(&events), ["resumed"]);
    assert_eq!(story.by("chief", &resume("sys-1")), Ok(vec![]));
    story
        .by("chief", &suspend("sys-1"))
        .expect("suspended again");
    assert!(story.incident.suspended.contains_key(&id("sys-1")));
}

#[test]
fn a_system_that_left_the_ledger_meanwhile_can_still_be_resumed() {
    let mut story = Story::reported(None);
    story.by("im-sec-2", &suspend("sys-1")).expect("suspended");
    story.facts.systems.clear();
    assert_eq!(
        story.refused("im-sec-2", &resume("sys-1")),
        "incident_not_in_charge"
    );
    story.by("cm", &resume("sys-1")).expect("resumed");
}

/// 8-3-(3)-2a.
#[test]
fn a_suspected_intrusion_holds_the_access_records_once() {
    let hold = Command::HoldRecords {
        reason: "外部からの侵入の疑い".to_owned(),
    };
    let mut story = Story::reported(None);
    assert_eq!(story.refused("clerk", &hold), "incident_not_in_charge");
    story.by("im-sec-1", &hold).expect("held");
    assert_eq!(story.by("chief", &hold), Ok(vec![]));
    assert!(story.duty(Step::HoldRecords).done.is_some());
}

/// 8-3-(3)-2a: evidence outlives the incident, and is let go by a decision of those above it.
#[test]
fn records_stay_on_hold_after_closure_until_the_chief_or_the_ciso_releases_them() {
    let hold = Command::HoldRecords {
        reason: "侵入の疑い".to_owned(),
    };
    let release = |reason: &str| Command::ReleaseRecords {
        reason: reason.to_owned(),
    };
    let mut story = Story::investigated();
    assert_eq!(
        story.refused("chief", &release("不要")),
        "incident_records_not_held"
    );
    story.by("im-sec-1", &hold).expect("held");
    let minor = Command::JudgeMinor {
        reason: "単独端末".to_owned(),
    };
    story.by("cm", &minor).expect("minor");
    let close = Command::Close {
        conclusion: "再発なし".to_owned(),
    };
    story.by("cm", &close).expect("closed");
    assert!(story.incident.holds_records(), "closing lets nothing go");
    for who in ["im-sec-1", "bm", "cm"] {
        assert_eq!(
            story.refused(who, &release("不要")),
            "incident_not_in_charge",
            "{who}"
        );
    }
    assert_eq!(
        story.refused("chief", &release(" ")),
        "incident_text_missing"
    );
    let events = story.by("chief", &release("捜査の終了")).expect("released");
    assert_eq!(whats(&events), ["records_released"]);
    assert!(!story.incident.holds_records());
    assert_eq!(story.by("ciso", &release("捜査の終了")), Ok(vec![]));
}
