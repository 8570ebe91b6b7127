//! Minor or passed on (8-3-(2)-2, 8-3-(2)-3, 2-8).

use super::*;

/// 8-3-(2)-2ウ.
#[test]
fn the_csirt_manager_judges_it_minor_with_a_reason_and_it_need_not_be_passed_on() {
    let mut story = Story::investigated();
    for who in ["im-sec-1", "bm", "clerk"] {
        assert_eq!(
            story.refused(who, &minor()),
            "incident_not_in_charge",
            "{who}"
        );
    }
    let silent = Command::JudgeMinor {
        reason: " ".to_owned(),
    };
    assert_eq!(story.refused("cm", &silent), "incident_text_missing");
    story.by("cm", &minor()).expect("minor");
    assert_eq!(story.incident.phase().as_str(), "minor");
    assert_eq!(story.open(), [""; 0]);
    let judged = story.duty(Step::JudgeMinor).done.as_ref();
    assert_eq!(judged.map(|done| done.text.as_str()), Some("影響なし"));
    assert_eq!(story.by("cm", &minor()), Ok(vec![]));
}

#[test]
fn what_speaks_against_minor() {
    type Given = fn(&mut Story);
    let cases: [(&str, Given, &str); 4] = [
        (
            "not investigated",
            |s| *s = Story::reported(None),
            "incident_not_investigated",
        ),
        (
            "grave outside harm",
            |s| {
                s.by("im-sec-1", &findings(true)).expect("grave");
            },
            "incident_grave_is_not_minor",
        ),
        (
            "passed on",
            |s| {
                s.by("cm", &pass_on(Target::CsirtChief)).expect("passed on");
            },
            "incident_passed_on_is_not_minor",
        ),
        (
            "a system is suspended",
            |s| {
                s.by("im-sec-2", &suspend("sys-1")).expect("suspended");
            },
            "incident_suspended_is_not_minor",
        ),
    ];
    for (name, given, code) in cases {
        let mut story = Story::investigated();
        given(&mut story);
        assert_eq!(story.refused("cm", &minor()), code, "{name}");
    }
}

#[test]
fn a_minor_judgement_falls_when_something_contradicts_it() {
    let cases: [(&str, &str, Command); 4] = [
        ("suspended", "im-sec-2", suspend("sys-1")),
        ("investigated", "im-sec-1", findings(true)),
        ("passed_on", "bm", pass_on(Target::Ciso)),
        ("passed_on", "cm", pass_on(Target::CsirtChief)),
    ];
    for (what, who, command) in cases {
        let mut story = Story::investigated();
        story.by("cm", &minor()).expect("minor");
        let events = story.by(who, &command).expect("contradicted");
        assert_eq!(whats(&events), ["reconsidered", what]);
        assert!(story.incident.minor.is_none());
        let open = story.open();
        assert!(open.contains(&"recover") && open.contains(&"prevent_recurrence"));
        let owed = command != pass_on(Target::CsirtChief);
        assert_eq!(open.contains(&"report_to_csirt_chief"), owed, "{what}");
    }
}

/// 8-3-(2)-2ア, 2-9-1, 2-8-1.
#[test]
fn the_csirt_manager_passes_it_on_and_the_chief_verifies() {
    let mut story = Story::investigated();
    let to_chief = pass_on(Target::CsirtChief);
    assert_eq!(story.refused("bm", &to_chief), "incident_not_in_charge");
    story.by("cm", &to_chief).expect("passed on");
    assert_eq!(story.incident.phase().as_str(), "escalated");
    assert_eq!(
        story.open(),
        ["recover", "prevent_recurrence", "verify_report"]
    );
    story.by("chief", &Command::Acknowledge).expect("verified");
    assert_eq!(story.open(), ["recover", "prevent_recurrence"]);
    assert_eq!(story.by("cm", &to_chief), Ok(vec![]));
}

#[test]
fn nobody_need_wait_for_the_findings_to_pass_it_on() {
    let mut story = Story::reported(None);
    story.by("cm", &pass_on(Target::CsirtChief)).expect("early");
    story.by("im-sec-1", &findings(false)).expect("findings");
    assert!(!story.open().contains(&"report_to_csirt_chief"));
}

/// 8-3-(2)-3.
#[test]
fn grave_outside_harm_goes_to_the_ciso_by_the_bureau_manager_and_is_never_taken_back() {
    let mut story = Story::investigated();
    story.by("im-sec-1", &findings(true)).expect("grave");
    assert!(story.open().contains(&"report_to_ciso"));
    assert_eq!(story.by("im-sec-1", &findings(false)), Ok(vec![]));
    assert!(story.incident.grave);

    let to_ciso = pass_on(Target::Ciso);
    for who in ["cm", "chief", "im-sec-1"] {
        assert_eq!(
            story.refused(who, &to_ciso),
            "incident_not_in_charge",
            "{who}"
        );
    }
    story.by("bm", &to_ciso).expect("passed on");
    assert!(!story.open().contains(&"report_to_ciso"));
}

#[test]
fn passing_it_on_to_the_ciso_says_that_outside_harm_may_be_grave() {
    let mut story = Story::investigated();
    story.by("bm", &pass_on(Target::Ciso)).expect("passed on");
    assert!(story.incident.grave);
    assert_eq!(story.refused("cm", &minor()), "incident_grave_is_not_minor");
}

/// 2-8-3.
#[test]
fn the_csirt_chief_reports_outside_what_is_confirmed() {
    let outside = |body: &str| Command::ReportOutside {
        body: body.to_owned(),
        content: "第一報".to_owned(),
    };
    let mut story = Story::reported(None);
    assert_eq!(
        story.refused("chief", &outside("宮城県")),
        "incident_not_investigated"
    );
    let mut story = Story::investigated();
    assert_eq!(
        story.refused("cm", &outside("宮城県")),
        "incident_not_in_charge"
    );
    for body in ["宮城県", "総務省"] {
        story.by("chief", &outside(body)).expect("reported");
    }
    assert_eq!(story.by("chief", &outside("総務省")), Ok(vec![]));
    let bodies: Vec<_> = story
        .incident
        .outside
        .iter()
        .map(|r| r.body.as_str())
        .collect();
    assert_eq!(bodies, ["宮城県", "総務省"]);
}
