//! Deputies (2-6-2, 2-7-2): an absent manager's charge, inside the absence and the plan only.

use standard::{Action, Role, route::Deputy};

use super::*;

/// `deputy` of sec-1's head or of sec-2's, which owns the important system `sys-1`.
fn deputy(section: &str, role: Role, absence: Option<&str>, acts: &[&str]) -> Deputy {
    Deputy {
        person: id("deputy"),
        section: id(section),
        stands_in_for: role,
        principal: Some(id(&format!("im-{section}"))),
        absence: absence.map(id),
        actions: acts.iter().map(|one| (*one).to_owned()).collect(),
    }
}

fn reported_with(deputies: Vec<Deputy>) -> Story {
    let mut story = Story::reported(Some("sys-1"));
    story.facts.deputies = deputies;
    story
}

const MANAGER: Role = Role::InformationManager;

#[test]
fn a_deputy_acting_outside_absence_or_plan_is_refused_with_clauses() {
    let act = "incident.acknowledge";
    let cases = [
        (None, &[act][..], "incident_principal_not_absent"),
        (
            Some("a1"),
            &["incident.recover"],
            "incident_not_in_absence_plan",
        ),
    ];
    for (absence, acts, code) in cases {
        let mut story = reported_with(vec![deputy("sec-1", MANAGER, absence, acts)]);
        let refusal = story.by("deputy", &Command::Acknowledge);
        let refusal = refusal.expect_err("refused");
        assert_eq!(refusal.code(), code);
        let clauses: Vec<_> = refusal.clauses().iter().map(ToString::to_string).collect();
        assert_eq!(clauses, ["2-6-2", "2-3-4b"]);
    }
    // Of another section, and in another role than the step is for.
    for stranger in [
        deputy("sec-9", MANAGER, Some("a1"), &[act]),
        deputy("sec-1", Role::SystemManager, Some("a1"), &[act]),
    ] {
        let mut story = reported_with(vec![stranger]);
        let code = story.refused("deputy", &Command::Acknowledge);
        assert_eq!(code, "incident_not_addressed");
    }
}

#[test]
fn inside_both_a_deputy_does_the_managers_steps_and_both_names_are_on_the_record() {
    let acts = ["incident.acknowledge", "incident.investigate"];
    let mut story = reported_with(vec![deputy("sec-1", MANAGER, Some("a1"), &acts)]);
    story.by("deputy", &Command::Acknowledge).expect("told");
    let told = story.duty(Step::ReportToInformationManager).done.as_ref();
    assert_eq!(told.and_then(|done| done.by.clone()), Some(id("deputy")));
    story.by("deputy", &findings(false)).expect("investigated");
    let done: Vec<_> = story
        .incident
        .deputised
        .iter()
        .map(|(done, _)| (&done.acting.person, &done.acting.principal, done.act))
        .collect();
    let (person, principal) = (id("deputy"), id("im-sec-1"));
    assert_eq!(
        done,
        [
            (&person, &principal, Action::IncidentAcknowledge),
            (&person, &principal, Action::IncidentInvestigate),
        ]
    );
    // Nothing beyond the manager's own: the CSIRT manager judges, the bureau manager prevents.
    assert_eq!(story.refused("deputy", &minor()), "incident_not_in_charge");
    assert_eq!(
        story.refused("deputy", &prevent()),
        "incident_not_in_charge"
    );
}

/// 2-7-2: the system manager's place is taken by system staff, a plain system's by the deputy.
#[test]
fn who_contains_a_system_in_its_managers_place_depends_on_its_importance() {
    let acts = ["incident.suspend"];
    let cases = [
        ("sys-1", Role::SystemManager, None),
        ("sys-1", MANAGER, Some("incident_not_in_charge")),
        ("sys-2", MANAGER, None),
    ];
    for (system, role, refusal) in cases {
        let mut story = reported_with(vec![deputy("sec-2", role, Some("a1"), &acts)]);
        story.facts.office = crate::fixture::office("sec-1");
        let done = story.by("deputy", &suspend(system));
        assert_eq!(done.err().map(|one| one.code()), refusal, "{system} {role}");
        if refusal.is_none() {
            let acting = &story.incident.deputised[0].0.acting;
            assert_eq!(acting.principal, id("im-sec-2"));
        }
    }
}

/// Somebody in charge in their own right acts so, whatever else they are.
#[test]
fn own_authority_comes_first() {
    let also = Deputy {
        person: id("im-sec-1"),
        ..deputy("sec-2", MANAGER, None, &[])
    };
    let mut story = reported_with(vec![also]);
    story.by("im-sec-1", &Command::Acknowledge).expect("told");
    assert_eq!(story.incident.deputised, []);
}
