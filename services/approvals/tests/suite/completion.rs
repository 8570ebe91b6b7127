//! What was done with a permit: recorded, told, and missed when it is late.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    approvals::v1::{
        Application, CompletePermitRequest, DecideStepRequest, GetPermitRequest,
        ListPermitsRequest, Permit, PermitCompleted, PermitScope, PermitState, PermitSubject,
        StepVerdict,
    },
    common::v1::InformationClass,
};
use testkit::refused;
use tonic::{Code, IntoRequest as _};

use crate::city::{City, on_both, with_key};

fn application(kind: &str, subject: PermitSubject, content: &[(&str, &str)]) -> Application {
    let pair = |(id, text): &(&str, &str)| ((*id).to_owned(), (*text).to_owned());
    Application {
        kind: kind.into(),
        subject: Some(subject),
        information_class: InformationClass::I.into(),
        content: content.iter().map(pair).collect(),
        ..Application::default()
    }
}

fn disposal() -> Application {
    let subject = PermitSubject {
        medium_id: "USB-7".into(),
        ..PermitSubject::default()
    };
    let content = [("need", "保存期間満了"), ("disposal_method", "破砕")];
    application("medium.disposal", subject, &content)
}

async fn granted(city: &City, application: Application) -> String {
    let id = city.apply("A", application).await.permit_id;
    let yes = DecideStepRequest {
        permit_id: id.clone(),
        verdict: StepVerdict::Permitted.into(),
        ..DecideStepRequest::default()
    };
    let decided = city.permits("IM1").decide_step(yes).await;
    decided.expect("granted");
    id
}

fn done(id: &str, completion: &[(&str, String)]) -> CompletePermitRequest {
    let pair = |(id, text): &(&str, String)| ((*id).to_owned(), text.clone());
    CompletePermitRequest {
        permit_id: id.into(),
        completion: completion.iter().map(pair).collect(),
    }
}

fn in_hours(city: &City, hours: i64) -> String {
    (city.process.clock.now() + SignedDuration::from_hours(hours)).to_string()
}

async fn overdue(city: &City) -> Vec<String> {
    let request = ListPermitsRequest {
        scope: PermitScope::Overdue.into(),
        ..ListPermitsRequest::default()
    };
    let answer = city.permits("IM1").list_permits(request).await;
    let permits = answer.expect("a list").into_inner().permits;
    permits.into_iter().map(|permit| permit.permit_id).collect()
}

/// 3-4-(4)-3b: a disposal is done only with time, person and method.
#[tokio::test]
async fn a_disposal_is_on_record_with_time_person_and_method_or_not_at_all() {
    on_both(async |city: &City| {
        let id = granted(city, disposal()).await;
        let short = done(&id, &[("done_at", in_hours(city, 1))]);
        let status = city.permits("A").complete_permit(short).await;
        let told = refused(&status.expect_err("not yet done"));
        assert_eq!(
            (told.status, told.code.as_str()),
            (Code::FailedPrecondition, "permit_rules_not_met")
        );
        assert_eq!(told.clauses, ["3-4-(4)-3b"]);
        assert_eq!(
            told.fields,
            [
                "completion.done_by",
                "completion.done_how",
                "completion.done_at"
            ]
        );
        let whole = done(
            &id,
            &[
                ("done_at", in_hours(city, 0)),
                ("done_by", "職員0001".into()),
                ("done_how", "破砕".into()),
            ],
        );
        let status = city.permits("B").complete_permit(whole.clone()).await;
        let told = refused(&status.expect_err("not theirs"));
        assert_eq!(told.code, "permit_not_the_completer");

        let answer = city.permits("A").complete_permit(whole.clone()).await;
        let permit = answer.expect("completed").into_inner().permit;
        let permit = permit.expect("a permit");
        assert_eq!(permit.state(), PermitState::Completed);
        for again in [with_key(whole.clone(), "another"), whole.into_request()] {
            let answer = city.permits("A").complete_permit(again).await;
            let again = answer.expect("a repeat").into_inner().permit;
            assert_eq!(again.as_ref(), Some(&permit));
        }
        let get = GetPermitRequest {
            permit_id: id.clone(),
        };
        let shown = city.permits("A").get_permit(get).await.expect("the permit");
        let shown: Permit = shown.into_inner().permit.expect("a permit");
        let completion = shown.completion.expect("a completion");
        assert_eq!(completion.recorded_by, "A");
        assert_eq!(completion.content["done_how"], "破砕");
        assert_eq!(
            city.names(&id, 4).await,
            [
                "PermitApplied",
                "PermitStepDecided",
                "PermitGranted",
                "PermitCompleted"
            ]
        );
        let records = city.told(&id).await;
        let record = records
            .iter()
            .find(|record| record.event::<PermitCompleted>().is_some());
        let clauses = &record.expect("the record").clauses;
        assert!(clauses.iter().any(|one| one.as_str() == "3-4-(4)-3b"));
    })
    .await;
}

/// 3-4-(1)-7: what is out past its return date is listed until it is back, also past the permit's end.
#[tokio::test]
async fn what_was_not_brought_back_is_listed_until_its_return_is_on_record() {
    on_both(async |city: &City| {
        let day = standard::pack::jst_date(city.process.clock.now()).to_string();
        let subject = PermitSubject {
            information_id: "INFO-1".into(),
            ..PermitSubject::default()
        };
        let content = [
            ("need", "出張"),
            ("destination", "会議"),
            ("return_date", day.as_str()),
            ("protection", "暗号化"),
            ("virus_check", "済"),
        ];
        let mut own = application("information.takeout", subject, &content);
        own.ends_at = city.in_hours(30);
        let id = granted(city, own).await;
        assert_eq!(overdue(city).await, [""; 0]);
        city.advance(25);
        assert_eq!(overdue(city).await, [id.as_str()]);
        city.advance(24);
        assert_eq!(
            overdue(city).await,
            [id.as_str()],
            "its end brings nothing back"
        );
        let back = done(&id, &[("returned_at", in_hours(city, 0))]);
        let answer = city.permits("IM1").complete_permit(back).await;
        let permit = answer.expect("completed").into_inner().permit;
        assert_eq!(permit.expect("a permit").state(), PermitState::Completed);
        assert_eq!(overdue(city).await, [""; 0]);
    })
    .await;
}
