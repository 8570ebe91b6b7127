//! Permits from application to end, over the wire.

use proto::{
    approvals::v1::{
        ApplyPermitRequest, CheckPermitRequest, DecideStepRequest, GetPermitRequest,
        ListPermitsRequest, PermitGranted, PermitScope, PermitState, RevokePermitRequest,
        StepVerdict, WithdrawPermitRequest, WitnessStepRequest,
    },
    common::v1::{InformationClass, RequestRefused},
};
use testkit::{eventually, refused};
use tonic::Code;

use crate::city::{City, on_both, registration, with_key};

fn yes(permit: &str) -> DecideStepRequest {
    DecideStepRequest {
        permit_id: permit.into(),
        verdict: StepVerdict::Permitted.into(),
        ..DecideStepRequest::default()
    }
}

/// 7-2-(1)-2: applied for, permitted by the system's manager, told to the others with its effect.
#[tokio::test]
async fn a_permit_is_applied_for_granted_told_and_revoked() {
    on_both(async |city: &City| {
        let applied = city.apply("A", registration()).await;
        let id = applied.permit_id.clone();
        assert_eq!(applied.state(), PermitState::Applied);
        assert_eq!(applied.steps[0].approver_ids, ["IM2"]);
        assert_eq!(applied.effect, "entitlement");

        let denied = city
            .permits("IM1")
            .decide_step(yes(&id))
            .await
            .expect_err("another post");
        let denied = refused(&denied);
        assert_eq!(
            (denied.status, denied.code.as_str()),
            (Code::PermissionDenied, "permit_not_the_decider")
        );
        assert_eq!(denied.clauses, ["7-2-(1)-2", "7-2-(3)-2"]);

        let granted = city
            .permits("IM2")
            .decide_step(yes(&id))
            .await
            .expect("decided");
        let granted = granted.into_inner().permit.expect("a permit");
        assert_eq!(granted.state(), PermitState::Granted);
        let again = city
            .permits("IM2")
            .decide_step(yes(&id))
            .await
            .expect("a repeat");
        assert_eq!(again.into_inner().permit.as_ref(), Some(&granted));

        let revoke = RevokePermitRequest {
            permit_id: id.clone(),
            reason: "異動".into(),
        };
        let revoked = city
            .permits("IM2")
            .revoke_permit(revoke)
            .await
            .expect("revoked");
        assert_eq!(
            revoked.into_inner().permit.expect("a permit").state(),
            PermitState::Revoked
        );
        assert_eq!(
            city.names(&id, 4).await,
            [
                "PermitApplied",
                "PermitStepDecided",
                "PermitGranted",
                "PermitRevoked"
            ]
        );
        let records = city.told(&id).await;
        let mut found = records.iter().filter_map(|record| {
            let event = record.event::<PermitGranted>()?.expect("valid");
            Some((record, event))
        });
        let (record, told) = found.next().expect("told as granted");
        let told = told.permit.expect("the permit");
        assert_eq!(told.state(), PermitState::Granted);
        assert_eq!(
            told.subject.expect("a subject").person_id,
            "A",
            "named for the listeners"
        );
        assert_eq!(record.clauses[0].as_str(), "7-2-(1)-2");
        assert_eq!(record.actor.person().map(|id| id.as_str()), Some("IM2"));
    })
    .await;
}

#[tokio::test]
async fn an_application_that_fails_rules_is_refused_with_all_of_them_and_leaves_a_record() {
    on_both(async |city: &City| {
        let mut application = registration();
        application.content.clear();
        application.subject.get_or_insert_default().person_id = "nobody".into();
        let request = ApplyPermitRequest {
            application: Some(application.clone()),
        };
        let status = city
            .permits("A")
            .apply_permit(request)
            .await
            .expect_err("refused");
        let answer = refused(&status);
        assert_eq!(
            (answer.status, answer.code.as_str()),
            (Code::FailedPrecondition, "permit_rules_not_met")
        );
        assert_eq!(answer.clauses, ["7-2-(1)-2", "7-2-(3)-2"]);
        for named in [
            "Person (7-2-(1)-2)",
            "Need for the work (7-2-(1)-2)",
            "Extent of use (7-2-(3)-2)",
        ] {
            assert!(
                status.message().contains(named),
                "{named} in {}",
                status.message()
            );
        }

        let request = CheckPermitRequest {
            application: Some(application),
        };
        let check = city
            .permits("A")
            .check_permit(request)
            .await
            .expect("judged")
            .into_inner();
        let told: Vec<_> = check
            .violations
            .iter()
            .map(|v| (v.field.as_str(), v.clause.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("subject.person_id", "7-2-(1)-2"),
                ("content.need", "7-2-(1)-2"),
                ("content.usage", "7-2-(3)-2")
            ]
        );
        assert!(
            check
                .violations
                .iter()
                .all(|v| !v.message_ja.is_empty() && !v.code.is_empty())
        );

        let records = eventually("the refusal is on record", async || {
            let told = city.told("nobody").await;
            (!told.is_empty()).then_some(told)
        })
        .await;
        let refusal: RequestRefused = records[0].event().expect("its type").expect("valid");
        assert_eq!(refusal.code, "permit_rules_not_met");
        assert_eq!(refusal.clauses, ["7-2-(1)-2", "7-2-(3)-2"]);
        assert_eq!(records[0].actor.person().map(|id| id.as_str()), Some("A"));
        let nothing = city
            .permits("AUD1")
            .list_permits(ListPermitsRequest::default())
            .await;
        assert_eq!(
            nothing.expect("a list").into_inner().permits,
            [],
            "nothing was kept"
        );
    })
    .await;
}

#[tokio::test]
async fn malformed_fields_are_all_named() {
    on_both(async |city: &City| {
        let mut application = registration();
        application.kind.clear();
        application.information_class = 77;
        application.subject.get_or_insert_default().system_id = "a b".into();
        let request = ApplyPermitRequest {
            application: Some(application),
        };
        let status = city
            .permits("A")
            .apply_permit(request)
            .await
            .expect_err("refused");
        let answer = refused(&status);
        assert_eq!(answer.status, Code::InvalidArgument);
        assert_eq!(
            answer.fields,
            [
                "application.kind",
                "application.subject.system_id",
                "application.information_class"
            ]
        );
        let empty = city
            .permits("A")
            .apply_permit(ApplyPermitRequest::default())
            .await;
        assert_eq!(
            refused(&empty.expect_err("refused")).fields,
            ["application"]
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_request_under_the_same_key_is_one_application() {
    on_both(async |city: &City| {
        let request = || ApplyPermitRequest {
            application: Some(registration()),
        };
        let mut client = city.permits("A");
        let first = client
            .apply_permit(with_key(request(), "k1"))
            .await
            .expect("applied");
        let again = client
            .apply_permit(with_key(request(), "k1"))
            .await
            .expect("a repeat");
        assert_eq!(first.get_ref(), again.get_ref());

        let mut other = request();
        other
            .application
            .get_or_insert_default()
            .content
            .insert("remarks".into(), "別".into());
        let status = client
            .apply_permit(with_key(other, "k1"))
            .await
            .expect_err("another request");
        assert_eq!(refused(&status).code, "idempotency_key_reused");
    })
    .await;
}

/// G7: where nobody stands above, an auditor confirms in a session of their own.
#[tokio::test]
async fn the_cisos_own_request_waits_for_a_witness() {
    on_both(async |city: &City| {
        let mut application = registration();
        application.kind = "mail.other_domain".into();
        application.subject = None;
        application.content = [
            ("need".to_owned(), "災害時".to_owned()),
            ("mail_domain".to_owned(), "example.jp".to_owned()),
        ]
        .into();
        let applied = city.apply("CISO", application).await;
        assert_eq!(applied.steps[0].witness_role, "auditor");
        let id = applied.permit_id;
        let alone = city
            .permits("CISO")
            .decide_step(yes(&id))
            .await
            .expect_err("no witness");
        assert_eq!(refused(&alone).fields, ["witness_id"]);

        let mut asked = yes(&id);
        asked.witness_id = "AUD1".into();
        let waiting = city
            .permits("CISO")
            .decide_step(asked)
            .await
            .expect("asked");
        let waiting = waiting.into_inner().permit.expect("a permit");
        assert_eq!(waiting.state(), PermitState::Applied);

        let waits = ListPermitsRequest {
            scope: PermitScope::WaitingForMe.into(),
            ..ListPermitsRequest::default()
        };
        let listed = city
            .permits("AUD1")
            .list_permits(waits.clone())
            .await
            .expect("a list");
        assert_eq!(
            listed.into_inner().permits[0].permit_id,
            id,
            "it waits for the witness"
        );
        let listed = city
            .permits("CISO")
            .list_permits(waits)
            .await
            .expect("a list");
        assert_eq!(
            listed.into_inner().permits,
            [],
            "and no longer for the decider"
        );

        let confirm = || WitnessStepRequest {
            permit_id: id.clone(),
            step_index: 0,
        };
        let own = city
            .permits("CISO")
            .witness_step(confirm())
            .await
            .expect_err("not oneself");
        assert_eq!(refused(&own).code, "permit_not_the_witness");
        let other = city
            .permits("AUD2")
            .witness_step(confirm())
            .await
            .expect_err("not asked");
        assert_eq!(refused(&other).code, "permit_not_the_witness");
        let granted = city
            .permits("AUD1")
            .witness_step(confirm())
            .await
            .expect("confirmed");
        let granted = granted.into_inner().permit.expect("a permit");
        assert_eq!(granted.state(), PermitState::Granted);
        assert_eq!(granted.steps[0].decided_by, "CISO");
        assert_eq!(granted.steps[0].witnessed_by, "AUD1");
    })
    .await;
}

#[tokio::test]
async fn two_decisions_at_once_make_one() {
    on_both(async |city: &City| {
        let id = city.apply("A", registration()).await.permit_id;
        let no = DecideStepRequest {
            verdict: StepVerdict::Refused.into(),
            reason: "不要".into(),
            ..yes(&id)
        };
        let (mut one, mut two) = (city.permits("IM2"), city.permits("IM2"));
        let (granted, refusal) = tokio::join!(one.decide_step(yes(&id)), two.decide_step(no));
        assert!(
            granted.is_ok() != refusal.is_ok(),
            "exactly one: {granted:?} {refusal:?}"
        );
        assert_eq!(
            city.names(&id, 3).await.len(),
            3,
            "applied, decided, and its end"
        );
    })
    .await;
}

#[tokio::test]
async fn the_ledgers_class_counts_when_the_applicant_names_a_laxer_one() {
    on_both(async |city: &City| {
        let mut application = registration();
        application.kind = "mail.classified_attachment".into();
        application.information_class = InformationClass::Iii.into();
        application.subject.get_or_insert_default().information_id = "INFO-1".into();
        application.content = ["need", "recipient", "virus_check"]
            .map(|field| (field.to_owned(), "記入済み".to_owned()))
            .into();
        let request = CheckPermitRequest {
            application: Some(application),
        };
        let check = city
            .permits("A")
            .check_permit(request)
            .await
            .expect("judged")
            .into_inner();
        assert_eq!(check.information_class(), InformationClass::I);
        let told: Vec<_> = check.violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            told,
            ["content.protection"],
            "asked of class I by 7-1-(7)-6"
        );
    })
    .await;
}

#[tokio::test]
async fn only_the_applicant_withdraws_and_strangers_see_nothing() {
    on_both(async |city: &City| {
        let id = city.apply("A", registration()).await.permit_id;
        let get = || GetPermitRequest {
            permit_id: id.clone(),
        };
        for (who, sees) in [
            ("A", true),
            ("IM2", true),
            ("IM1", true),
            ("BM1", true),
            ("AUD1", true),
            ("A2", false),
            ("C", false),
        ] {
            let answer = city.permits(who).get_permit(get()).await;
            assert_eq!(answer.is_ok(), sees, "{who}");
            if let Err(status) = answer {
                assert_eq!(refused(&status).code, "permit_not_found", "{who}");
            }
        }
        let withdraw = || WithdrawPermitRequest {
            permit_id: id.clone(),
            reason: String::new(),
        };
        let other = city
            .permits("A2")
            .withdraw_permit(withdraw())
            .await
            .expect_err("not theirs");
        assert_eq!(refused(&other).code, "permit_not_the_applicant");
        let gone = city
            .permits("A")
            .withdraw_permit(withdraw())
            .await
            .expect("withdrawn");
        assert_eq!(
            gone.into_inner().permit.expect("a permit").state(),
            PermitState::Withdrawn
        );
        let late = city
            .permits("IM2")
            .decide_step(yes(&id))
            .await
            .expect_err("too late");
        assert_eq!(refused(&late).code, "permit_not_open");
    })
    .await;
}

#[tokio::test]
async fn nobody_without_a_session_gets_in() {
    on_both(async |city: &City| {
        let anonymous = city.process.anonymous();
        let mut client = proto::approvals::v1::permits_client::PermitsClient::new(anonymous);
        let status = client
            .get_permit(GetPermitRequest::default())
            .await
            .expect_err("refused");
        assert_eq!(status.code(), Code::Unauthenticated);
        let gateway = city.process.workload("vdi-gateway");
        let mut client = proto::approvals::v1::permits_client::PermitsClient::new(gateway);
        let status = client
            .get_permit(GetPermitRequest::default())
            .await
            .expect_err("refused");
        assert_eq!(status.code(), Code::PermissionDenied);
    })
    .await;
}

#[tokio::test]
async fn days_may_be_written_in_the_eras() {
    on_both(async |city: &City| {
        let mut application = registration();
        application.kind = "equipment.takeout".into();
        application.subject.get_or_insert_default().device_id = "PC-1".into();
        application.content = [
            ("need", "出張"),
            ("destination", "県庁"),
            ("return_date", "令和8年4月2日"),
        ]
        .map(|(field, text)| (field.to_owned(), text.to_owned()))
        .into();
        application.ends_at = city.in_hours(48);
        let permit = city.apply("A", application).await;
        assert_eq!(permit.content["return_date"], "2026-04-02");
        assert_eq!(permit.effect, "takeout_record");
    })
    .await;
}
