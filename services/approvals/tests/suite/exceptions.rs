//! Exceptions from application or emergency to their review, over the wire (section 8-4).

use proto::approvals::v1::{
    ApplyExceptionRequest, CloseExceptionRequest, DecideExceptionRequest, EndorseExceptionRequest,
    Exception, ExceptionReportOverdue, ExceptionState, ExtendExceptionRequest, GetExceptionRequest,
    InvokeEmergencyExceptionRequest, ListExceptionsRequest, ReportEmergencyExceptionRequest,
    RevokeExceptionRequest, StepVerdict, WitnessExceptionRequest,
};
use testkit::{eventually, refused};
use tonic::{Code, Status};

use crate::city::{City, of, on_both, terms};

async fn apply(city: &City, who: &str) -> Result<Exception, Status> {
    let request = ApplyExceptionRequest {
        terms: Some(terms(city)),
    };
    let answer = city.exceptions(who).apply_exception(request).await?;
    Ok(of(answer.into_inner().exception))
}

async fn invoke(city: &City, who: &str) -> Result<Exception, Status> {
    let mut terms = terms(city);
    terms.ends_at = None;
    terms.substitute_measure.clear();
    let request = InvokeEmergencyExceptionRequest { terms: Some(terms) };
    let answer = city
        .exceptions(who)
        .invoke_emergency_exception(request)
        .await?;
    Ok(of(answer.into_inner().exception))
}

fn grant(id: &str) -> DecideExceptionRequest {
    DecideExceptionRequest {
        exception_id: id.into(),
        verdict: StepVerdict::Permitted.into(),
        ..DecideExceptionRequest::default()
    }
}

fn report(id: &str) -> ReportEmergencyExceptionRequest {
    ReportEmergencyExceptionRequest {
        exception_id: id.into(),
        report: "経緯".into(),
    }
}

/// 8-4-(1)-1, every step an event.
#[tokio::test]
async fn an_exception_is_applied_for_granted_extended_revoked_and_closed() {
    on_both(async |city: &City| {
        let denied = apply(city, "IM1").await.expect_err("no bureau manager");
        assert_eq!(denied.code(), Code::PermissionDenied);
        let id = apply(city, "BM1").await.expect("applied").exception_id;
        let denied = city
            .exceptions("BM1")
            .decide_exception(grant(&id))
            .await
            .expect_err("no CISO");
        assert_eq!(refused(&denied).code, "role_missing");
        let granted = city
            .exceptions("CISO")
            .decide_exception(grant(&id))
            .await
            .expect("granted");
        assert_eq!(
            of(granted.into_inner().exception).state(),
            ExceptionState::Granted
        );

        let extend = |hours| ExtendExceptionRequest {
            exception_id: id.clone(),
            ends_at: city.in_hours(hours),
            reason: "部品待ち".into(),
            witness_id: String::new(),
        };
        let long = city
            .exceptions("CISO")
            .extend_exception(extend(24 * 366))
            .await
            .expect_err("too long");
        let long = refused(&long);
        assert_eq!(
            (long.code.as_str(), &long.fields[..]),
            ("exception_rules_not_met", &["ends_at".to_owned()][..])
        );
        assert_eq!(long.clauses, ["8-4-(1)-1"]);
        let extended = city
            .exceptions("CISO")
            .extend_exception(extend(48))
            .await
            .expect("extended");
        assert_eq!(
            of(extended.into_inner().exception).ends_at,
            city.in_hours(48)
        );

        let revoke = RevokeExceptionRequest {
            exception_id: id.clone(),
            reason: "復旧".into(),
        };
        city.exceptions("CISO")
            .revoke_exception(revoke)
            .await
            .expect("revoked");
        let close = CloseExceptionRequest {
            exception_id: id.clone(),
            review: "二要素に戻した".into(),
        };
        let closed = city
            .exceptions("BM1")
            .close_exception(close)
            .await
            .expect("closed");
        assert_eq!(
            of(closed.into_inner().exception).state(),
            ExceptionState::Closed
        );
        assert_eq!(
            city.names(&id, 5).await,
            [
                "ExceptionApplied",
                "ExceptionGranted",
                "ExceptionExtended",
                "ExceptionRevoked",
                "ExceptionClosed"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_never_relaxed_is_refused_by_its_clause() {
    on_both(async |city: &City| {
        let mut terms = terms(city);
        terms.clauses.push("4-4-4".into());
        let request = ApplyExceptionRequest { terms: Some(terms) };
        let status = city
            .exceptions("BM1")
            .apply_exception(request)
            .await
            .expect_err("refused");
        let answer = refused(&status);
        assert_eq!(answer.code, "exception_rules_not_met");
        assert_eq!(answer.fields, ["clauses[1]"]);
        assert!(answer.ja.contains("4-4-4"), "{}", answer.ja);
    })
    .await;
}

/// 8-4-(2): holds at once, is reported, endorsed; whoever owes a report has no second one.
#[tokio::test]
async fn an_emergency_holds_at_once_and_an_overdue_report_bars_the_next() {
    on_both(async |city: &City| {
        let first = invoke(city, "BM1").await.expect("invoked");
        assert_eq!(first.state(), ExceptionState::Invoked);
        assert_eq!(first.ends_at, city.in_hours(72));
        assert_eq!(first.report_due_at, city.in_hours(24));
        invoke(city, "BM1")
            .await
            .expect("the report is not yet due");

        city.advance(24);
        let barred = refused(&invoke(city, "BM1").await.expect_err("barred"));
        assert_eq!(
            (barred.status, barred.code.as_str()),
            (Code::FailedPrecondition, "exception_report_owed")
        );
        assert_eq!(barred.clauses, ["8-4-(2)-2"]);
        let late = eventually("the overdue report is told", async || {
            let names = city.names(&first.exception_id, 1).await;
            names
                .contains(&"ExceptionReportOverdue".to_owned())
                .then_some(names)
        });
        assert_eq!(
            late.await,
            ["ExceptionInvoked", "ExceptionReportOverdue"],
            "once"
        );

        let early = EndorseExceptionRequest {
            exception_id: first.exception_id.clone(),
            ..EndorseExceptionRequest::default()
        };
        let status = city
            .exceptions("CISO")
            .endorse_exception(early.clone())
            .await;
        assert_eq!(
            refused(&status.expect_err("not reported")).code,
            "exception_not_reported"
        );
        for exception in owed(city, "AUD1").await {
            let report = report(&exception.exception_id);
            city.exceptions("BM1")
                .report_emergency_exception(report)
                .await
                .expect("reported");
        }
        let endorsed = city
            .exceptions("CISO")
            .endorse_exception(early)
            .await
            .expect("endorsed");
        assert_eq!(
            of(endorsed.into_inner().exception).state(),
            ExceptionState::Endorsed
        );
        invoke(city, "BM1").await.expect("nothing is owed any more");
    })
    .await;
}

/// 8-4-(2)-2: the CISO and the auditors are told, whatever they had to do with it before.
#[tokio::test]
async fn an_overdue_report_alarms_the_ciso_and_the_auditors_until_it_comes() {
    on_both(async |city: &City| {
        let id = invoke(city, "BM1").await.expect("invoked").exception_id;
        for person in ["CISO", "AUD1"] {
            assert_eq!(owed(city, person).await, [], "{person}: not yet due");
        }
        city.advance(24);
        let event = eventually("the overdue report is told", async || {
            let told = city.told(&id).await;
            told.iter()
                .find_map(|record| record.event::<ExceptionReportOverdue>())
        });
        let exception = of(event.await.expect("an event").exception);
        assert_eq!(exception.alarmed_ids, ["AUD1", "AUD2", "CISO"]);
        for person in ["CISO", "AUD1", "AUD2", "BM1"] {
            let listed = owed(city, person).await;
            assert_eq!(listed.len(), 1, "{person}");
            assert_eq!(listed[0].alarmed_ids, exception.alarmed_ids, "{person}");
        }
        assert_eq!(owed(city, "C").await, [], "nobody else");

        let mut manager = city.exceptions("BM1");
        let reported = manager.report_emergency_exception(report(&id)).await;
        reported.expect("late, but owed still");
        assert_eq!(owed(city, "CISO").await, []);
    })
    .await;
}

/// What somebody sees of the emergencies whose report is overdue.
async fn owed(city: &City, person: &str) -> Vec<Exception> {
    let overdue = ListExceptionsRequest {
        overdue: true,
        ..ListExceptionsRequest::default()
    };
    let answer = city.exceptions(person).list_exceptions(overdue).await;
    answer.expect("a list").into_inner().exceptions
}

/// G7: the CISO is manager of bureau B2, too.
#[tokio::test]
async fn the_cisos_own_bureau_gets_its_exception_before_an_auditor() {
    on_both(async |city: &City| {
        let mut own = terms(city);
        own.section_ids = vec!["S9".into()];
        own.system_ids = vec!["SYS-9".into()];
        let request = ApplyExceptionRequest { terms: Some(own) };
        let applied = city
            .exceptions("CISO")
            .apply_exception(request)
            .await
            .expect("applied");
        let id = of(applied.into_inner().exception).exception_id;
        let alone = city
            .exceptions("CISO")
            .decide_exception(grant(&id))
            .await
            .expect_err("alone");
        assert_eq!(refused(&alone).code, "exception_witness_missing");
        let asked = DecideExceptionRequest {
            witness_id: "AUD1".into(),
            ..grant(&id)
        };
        let waiting = city
            .exceptions("CISO")
            .decide_exception(asked)
            .await
            .expect("asked");
        assert_eq!(
            of(waiting.into_inner().exception).state(),
            ExceptionState::Applied
        );
        let confirm = || WitnessExceptionRequest {
            exception_id: id.clone(),
        };
        let other = city
            .exceptions("AUD2")
            .witness_exception(confirm())
            .await
            .expect_err("not asked");
        assert_eq!(refused(&other).code, "exception_not_the_witness");
        let granted = city
            .exceptions("AUD1")
            .witness_exception(confirm())
            .await
            .expect("confirmed");
        let granted = of(granted.into_inner().exception);
        assert_eq!(granted.state(), ExceptionState::Granted);
        assert_eq!(
            (granted.decided_by.as_str(), granted.witnessed_by.as_str()),
            ("CISO", "AUD1")
        );
    })
    .await;
}

#[tokio::test]
async fn an_exception_is_shown_to_those_it_covers_and_those_answerable() {
    on_both(async |city: &City| {
        let id = apply(city, "BM1").await.expect("applied").exception_id;
        for (who, sees) in [
            ("A", true),
            ("BM1", true),
            ("CISO", true),
            ("AUD1", true),
            ("B", false),
            ("C", false),
        ] {
            let get = GetExceptionRequest {
                exception_id: id.clone(),
            };
            let answer = city.exceptions(who).get_exception(get).await;
            assert_eq!(answer.is_ok(), sees, "{who}");
        }
    })
    .await;
}
