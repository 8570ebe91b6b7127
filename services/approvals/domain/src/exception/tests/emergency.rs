use super::*;
use crate::{
    Unreported,
    fixture::{by_service, people, seat},
};

#[test]
fn an_emergency_holds_at_once_and_is_bounded_at_once_8_4_2_1() {
    let exception = invoked();
    assert!(exception.emergency);
    assert!(exception.in_force(at(0)), "no decision before");
    assert!(exception.in_force(at(71)));
    assert!(
        !exception.in_force(at(72)),
        "the hard end, whether or not any job ran"
    );
    assert_eq!(exception.report_due_at, Some(at(24)));
}

#[test]
fn an_emergency_may_end_sooner_but_not_later() {
    let ending = |hours| Terms {
        ends_at: Some(at(hours)),
        ..urgent()
    };
    let short = after(&[(invoke(ending(4)), by("BM1", 0))], &facts());
    assert!(!short.in_force(at(4)));
    let reason = refused(&Exception::default(), invoke(ending(73)), by("BM1", 0));
    let Reason::RulesNotMet(violations) = reason else {
        panic!("{reason:?}");
    };
    assert_eq!(violations[0].problem.code(), "period_too_long");
    let later = Terms {
        starts_at: Some(at(100)),
        ..ending(4)
    };
    let now = after(&[(invoke(later), by("BM1", 0))], &facts());
    assert_eq!(now.starts_at, Some(at(0)), "an emergency begins now");
}

#[test]
fn the_report_comes_from_the_bureaus_manager_once_8_4_2_2() {
    assert_eq!(
        refused(&granted(), report(), by("BM1", 2)),
        Reason::NotAnEmergency
    );
    assert_eq!(
        refused(&invoked(), report(), by("IM1", 1)),
        Reason::NotTheManager
    );
    let silent = Command::Report {
        text: String::new(),
    };
    assert_eq!(
        refused(&invoked(), silent, by("BM1", 1)),
        Reason::TextMissing("report")
    );
    let exception = reported();
    assert_eq!(exception.phase, Phase::Reported);
    assert_eq!(
        exception.decide(&report(), &facts(), &by("BM1", 3)),
        Ok(vec![])
    );
    let other = Command::Report { text: "別".into() };
    assert_eq!(
        refused(&exception, other, by("BM1", 3)),
        Reason::ReportedBefore
    );
}

#[test]
fn whoever_is_manager_of_the_bureau_by_then_reports() {
    let mut facts = facts();
    seat(&mut facts, "bm1", "NEW");
    assert!(invoked().decide(&report(), &facts, &by("NEW", 1)).is_ok());
}

#[test]
fn a_report_that_does_not_come_is_recorded_once_at_its_due_time() {
    let exception = invoked();
    let mark = |e: &Exception, hours| e.decide(&Command::MarkOverdue, &facts(), &by_service(hours));
    assert_eq!(mark(&exception, 23), Ok(vec![]));
    let alarmed = people(&["AUD1", "AUD2", "CISO"]);
    let overdue = Event::ReportOverdue { alarmed };
    assert_eq!(mark(&exception, 24), Ok(vec![overdue]));
    let given = [
        (invoke(urgent()), by("BM1", 0)),
        (Command::MarkOverdue, by_service(24)),
    ];
    let marked = after(&given, &facts());
    assert_eq!(marked.alarmed, people(&["AUD1", "AUD2", "CISO"]));
    assert_eq!(mark(&marked, 25), Ok(vec![]));
    assert_eq!(mark(&reported(), 25), Ok(vec![]));
    assert!(
        marked.decide(&report(), &facts(), &by("BM1", 90)).is_ok(),
        "late, but owed still"
    );
}

#[test]
fn an_overdue_report_bars_the_bureaus_next_emergency_recorded_or_not() {
    let mut facts = facts();
    facts.unreported = vec![
        Unreported {
            id: id("E-0"),
            bureau: id("B1"),
            due_at: at(10),
        },
        Unreported {
            id: id("E-9"),
            bureau: id("B2"),
            due_at: at(0),
        },
    ];
    let ask = |hours| Exception::default().decide(&invoke(urgent()), &facts, &by("BM1", hours));
    assert!(
        ask(9).is_ok(),
        "not yet due; another bureau's does not count"
    );
    assert_eq!(ask(10).expect_err("a refusal").reason, Reason::ReportOwed);
    let ordinary = Exception::default().decide(&apply(terms()), &facts, &by("BM1", 10));
    assert!(ordinary.is_ok(), "an application is not barred");
}

#[test]
fn the_ciso_endorses_or_revokes_what_was_reported() {
    assert_eq!(
        refused(&invoked(), endorse(), by("CISO", 1)),
        Reason::NotReported
    );
    assert_eq!(
        refused(&granted(), endorse(), by("CISO", 2)),
        Reason::NotAnEmergency
    );
    assert_eq!(
        refused(&reported(), endorse(), by("BM1", 3)),
        Reason::NotTheCiso
    );
    let given = [
        (invoke(urgent()), by("BM1", 0)),
        (report(), by("BM1", 2)),
        (endorse(), by("CISO", 3)),
    ];
    let endorsed = after(&given, &facts());
    assert_eq!(endorsed.phase, Phase::Endorsed);
    assert!(
        endorsed.in_force(at(71)) && !endorsed.in_force(at(72)),
        "its end stays"
    );
    assert_eq!(
        endorsed.decide(&endorse(), &facts(), &by("CISO", 4)),
        Ok(vec![])
    );

    let revoked = after(
        &[(invoke(urgent()), by("BM1", 0)), (revoke(), by("CISO", 1))],
        &facts(),
    );
    assert!(!revoked.in_force(at(1)), "also before the report");
    assert_eq!(
        refused(&revoked, close(), by("BM1", 2)),
        Reason::NotReported
    );
}

#[test]
fn an_emergency_is_extended_only_within_its_own_longest_period() {
    assert_eq!(
        refused(&invoked(), extend(10), by("CISO", 1)),
        Reason::NotReported
    );
    assert_eq!(
        refused(&reported(), extend(10), by("CISO", 3)),
        Reason::NotJudged
    );
    let short = Terms {
        ends_at: Some(at(10)),
        ..urgent()
    };
    let given = [
        (invoke(short), by("BM1", 0)),
        (report(), by("BM1", 2)),
        (endorse(), by("CISO", 3)),
    ];
    let endorsed = after(&given, &facts());
    assert!(
        endorsed
            .decide(&extend(72), &facts(), &by("CISO", 4))
            .is_ok()
    );
    assert!(matches!(
        refused(&endorsed, extend(73), by("CISO", 4)),
        Reason::RulesNotMet(_)
    ));
}

#[test]
fn one_that_ran_out_is_still_judged_before_it_is_closed() {
    let exception = reported();
    assert_eq!(
        refused(&exception, close(), by("BM1", 80)),
        Reason::NotJudged
    );
    let given = [
        (invoke(urgent()), by("BM1", 0)),
        (report(), by("BM1", 2)),
        (Command::Expire, by_service(72)),
        (endorse(), by("CISO", 80)),
        (close(), by("BM1", 81)),
    ];
    let closed = after(&given, &facts());
    assert_eq!(closed.phase, Phase::Closed);
    assert!(!closed.in_force(at(81)));
}
