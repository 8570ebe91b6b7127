//! Exceptions and permits relax exactly what they name (8-4-(1)-1, 8-4-(2)-1, 7-2-(4)-2b).

use standard::FactorKind::{Password, Totp};

use super::*;

const NANO: SignedDuration = SignedDuration::from_nanos(1);

/// A cloud system of class I, reached over telework with a password only.
fn cloud(relaxation: impl FnOnce(&mut Relaxation)) -> World {
    let mut exception = exception("E-1", &["7-2-(2)-2ア"]);
    relaxation(&mut exception);
    given(|w| {
        w.system().cloud = true;
        w.system().highest_class = Some(InformationClass::I);
        w.from("telework");
        w.relax(exception);
    })
}

#[test]
fn an_exception_that_covers_the_case_allows_and_is_named_with_its_end() {
    let decision = cloud(|_| ()).decide();
    assert_eq!(decision.outcome, Outcome::AllowByException);
    assert!(decision.reasons.is_empty());
    assert_eq!(decision.relaxed_by.len(), 1);
    let by = &decision.relaxed_by[0];
    assert_eq!(by.id, exception("E-1", &[]).id);
    assert_eq!(clause_ids(&by.clauses), ["7-2-(2)-2ア"]);
    assert_eq!(by.ends_at, Some(after(3600)));
    // The clause it relaxed still shows: excepted, never compliant.
    assert!(rule_ids(&decision).contains(&"mfa_cloud"));
}

#[test]
fn an_exception_that_is_not_needed_is_not_named() {
    let mut world = cloud(|_| ());
    world.factors(&[Password, Totp]);
    let decision = world.decide();
    assert_eq!(decision.outcome, Outcome::Allow);
    assert!(decision.relaxed_by.is_empty());
}

#[test]
fn each_dimension_of_the_scope_counts() {
    let other = |r: &mut Relaxation| r.scope.people.clear();
    type Change = (&'static str, fn(&mut Relaxation), Outcome);
    let table: &[Change] = &[
        (
            "another clause",
            |r| r.clauses = [ClauseId::known("7-2-(2)-2イ")].into(),
            Outcome::StepUp,
        ),
        ("no clause", |r| r.clauses.clear(), Outcome::StepUp),
        (
            "another person",
            |r| r.scope.people = [PersonId::try_new("S0002").expect("an id")].into(),
            Outcome::StepUp,
        ),
        ("nobody", |r| r.scope.people.clear(), Outcome::StepUp),
        (
            "the holder of the post",
            |r| {
                r.scope.people.clear();
                r.scope.posts = [PostId::try_new("clerk").expect("an id")].into();
            },
            Outcome::AllowByException,
        ),
        (
            "the holder of another post",
            |r| {
                r.scope.people.clear();
                r.scope.posts = [PostId::try_new("chief").expect("an id")].into();
            },
            Outcome::StepUp,
        ),
        (
            "the section",
            |r| {
                r.scope.people.clear();
                r.scope.sections = [SectionId::try_new("tax").expect("an id")].into();
            },
            Outcome::AllowByException,
        ),
        (
            "another section",
            |r| {
                r.scope.people.clear();
                r.scope.sections = [SectionId::try_new("water").expect("an id")].into();
            },
            Outcome::StepUp,
        ),
        (
            "another system",
            |r| r.scope.systems = [SystemId::try_new("SYS-2").expect("an id")].into(),
            Outcome::StepUp,
        ),
        ("no system", |r| r.scope.systems.clear(), Outcome::StepUp),
        (
            "this path",
            |r| r.scope.paths = vec![AccessPath::Telework],
            Outcome::AllowByException,
        ),
        (
            "other paths",
            |r| r.scope.paths = vec![AccessPath::Office, AccessPath::PublicLine],
            Outcome::StepUp,
        ),
        (
            "this device",
            |r| r.scope.devices = [DeviceId::try_new("D-1").expect("an id")].into(),
            Outcome::AllowByException,
        ),
        (
            "another device",
            |r| r.scope.devices = [DeviceId::try_new("D-2").expect("an id")].into(),
            Outcome::StepUp,
        ),
        (
            "up to this class",
            |r| r.scope.ceiling = Some(InformationClass::I),
            Outcome::AllowByException,
        ),
        (
            "a lower class",
            |r| r.scope.ceiling = Some(InformationClass::II),
            Outcome::StepUp,
        ),
        ("no class", |r| r.scope.ceiling = None, Outcome::StepUp),
        (
            "from now",
            |r| r.starts_at = noon(),
            Outcome::AllowByException,
        ),
        (
            "from later",
            |r| r.starts_at = noon() + NANO,
            Outcome::StepUp,
        ),
        (
            "until just after now",
            |r| r.ends_at = Some(noon() + NANO),
            Outcome::AllowByException,
        ),
        ("until now", |r| r.ends_at = Some(noon()), Outcome::StepUp),
    ];
    for (name, change, outcome) in table {
        let decision = cloud(change).decide();
        assert_eq!(decision.outcome, *outcome, "{name}");
        assert_eq!(
            decision.relaxed_by.is_empty(),
            *outcome == Outcome::StepUp,
            "{name}"
        );
    }
    assert_eq!(cloud(other).decide().outcome, Outcome::StepUp);
}

#[test]
fn a_post_covers_its_holder_from_the_day_of_taking_it_up() {
    let mut world = cloud(|r| {
        r.scope.people.clear();
        r.scope.posts = [PostId::try_new("clerk").expect("an id")].into();
    });
    let other = PersonId::try_new("S0002").expect("an id");
    for (holder, from, outcome) in [
        (person_id(), noon() + NANO, Outcome::StepUp),
        (person_id(), noon(), Outcome::AllowByException),
        (other, noon(), Outcome::StepUp),
    ] {
        world.holders.holders = since(holder, from);
        assert_eq!(world.decide().outcome, outcome, "{from}");
    }
    world.holders.holders = since(person_id(), before(60));
    world.holders.holders.end(noon(), |_| true);
    assert_eq!(world.decide().outcome, Outcome::StepUp, "vacated");
}

#[test]
fn a_class_raised_above_the_ceiling_is_not_covered() {
    let mut world = cloud(|r| r.scope.ceiling = Some(InformationClass::I));
    world.request.class = Some(InformationClass::S);
    assert_eq!(world.decide().outcome, Outcome::StepUp);
}

// A rule under two clauses stands until both are relaxed; what still stands is named.
#[test]
fn exactly_the_named_clauses_are_relaxed() {
    let decision = given(|w| {
        w.grants.clear();
        w.relax(exception("E-1", &["7-2-(1)-1"]));
    })
    .decide();
    assert_eq!(decision.outcome, Outcome::Deny);
    assert_eq!(clause_ids(&decision.reasons[0].clauses), ["7-2-(3)-2"]);
    assert!(decision.relaxed_by.is_empty());

    let both = given(|w| {
        w.grants.clear();
        w.relax(exception("E-1", &["7-2-(1)-1"]));
        w.relax(exception("E-2", &["7-2-(3)-2"]));
    })
    .decide();
    assert_eq!(both.outcome, Outcome::AllowByException);
    assert_eq!(both.relaxed_by.len(), 2);
}

// 7-2-(4)-2b
#[test]
fn a_permit_for_a_public_line_relaxes_the_line_and_nothing_else() {
    let line = |w: &mut World| {
        w.from("public");
        w.relax(permit("P-1", &["7-2-(4)-2a"]));
    };
    let decision = given(line).decide();
    assert_eq!(decision.outcome, Outcome::Allow, "no exception");
    assert_eq!(decision.relaxed_by[0].id, permit("P-1", &[]).id);
    assert_eq!(decision.relaxed_by[0].ends_at, None);

    // Two categories are asked all the same; the permit weakened the answer and is named.
    let cloud = given(|w| {
        line(w);
        w.system().cloud = true;
    })
    .decide();
    assert_eq!(cloud.outcome, Outcome::StepUp);
    assert_eq!(codes(&cloud.reasons), ["mfa_cloud"]);
    assert_eq!(cloud.relaxed_by.len(), 1);
}

#[test]
fn a_relaxed_requirement_is_not_asked_in_the_step_up() {
    let decision = given(|w| {
        w.system().cloud = true;
        w.system().important = true;
        w.session().factors = vec![verified(Password, before(9 * 3600))];
        w.relax(exception("E-1", &["7-2-(2)-2ア"]));
    })
    .decide();
    assert_eq!(decision.outcome, Outcome::StepUp);
    let asked = decision.step_up.expect("a step-up");
    assert_eq!(asked.acr_values(), ["urn:sekisho:aal1"]);
    assert_eq!(asked.max_age, Some(SignedDuration::from_hours(8)));
    assert_eq!(decision.relaxed_by.len(), 1);
}

#[test]
fn a_permit_is_relied_on_before_an_exception() {
    let decision = given(|w| {
        w.from("public");
        w.relax(exception("A-1", &["7-2-(4)-2a"]));
        w.relax(permit("P-1", &["7-2-(4)-2a"]));
    })
    .decide();
    assert_eq!(decision.outcome, Outcome::Allow);
    assert_eq!(decision.relaxed_by.len(), 1);
    assert_eq!(decision.relaxed_by[0].id, permit("P-1", &[]).id);
}

// 8-4: what a proviso allows by a permit is no exception; one exception beside it makes the whole one.
#[test]
fn only_an_exception_makes_an_access_an_exception() {
    let line = |w: &mut World| {
        w.from("public");
        w.system().cloud = true;
        w.relax(permit("P-1", &["7-2-(4)-2a"]));
    };
    let both = given(|w| {
        line(w);
        w.relax(exception("E-1", &["7-2-(2)-2ア"]));
    })
    .decide();
    assert_eq!(both.outcome, Outcome::AllowByException);
    assert_eq!(both.relaxed_by.len(), 2);

    let verified = given(|w| {
        line(w);
        w.factors(&[Password, Totp]);
    })
    .decide();
    assert_eq!(verified.outcome, Outcome::Allow);
    assert_eq!(verified.relaxed_by.len(), 1);
    // The clause that the permit relaxed still shows.
    assert!(rule_ids(&verified).contains(&"public_line"));
}

#[test]
fn one_exception_for_several_clauses_is_named_once() {
    let decision = given(|w| {
        w.system().cloud = true;
        w.system().telework = true;
        w.relax(exception("E-1", &["7-2-(2)-2ア", "7-2-(2)-2イ"]));
    })
    .decide();
    assert_eq!(decision.outcome, Outcome::AllowByException);
    assert_eq!(decision.relaxed_by.len(), 1);
    assert_eq!(
        clause_ids(&decision.relaxed_by[0].clauses),
        ["7-2-(2)-2ア", "7-2-(2)-2イ"]
    );
}

// Who asks, a live session, an account in use, fresh facts: no exception does without.
#[test]
fn no_exception_relaxes_what_is_never_relaxed() {
    let every_clause: Vec<&'static str> = RULES
        .iter()
        .flat_map(|rule| rule.clauses.iter().map(ClauseId::as_str))
        .collect();
    let breaks: [fn(&mut World); 9] = [
        |w| w.from("nobody"),
        |w| w.session = None,
        |w| w.request.epoch = 1,
        |w| w.person = None,
        |w| w.disabled = true,
        |w| w.lost = vec!["password-1"],
        |w| w.request.as_of = None,
        |w| w.system().retired = true,
        |w| w.factors(&[]),
    ];
    for (at, change) in breaks.into_iter().enumerate() {
        let decision = given(|w| {
            w.relax(exception("E-1", &every_clause));
            change(w);
        })
        .decide();
        assert!(!decision.outcome.allows(), "break {at}");
    }
}
