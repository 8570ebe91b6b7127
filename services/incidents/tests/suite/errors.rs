//! Bad input, missing rights, repeats: precise answers and no trace.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::incidents::v1 as wire;
use testkit::refused;
use tonic::{Code, Request};

use super::city::{Client, acknowledge, findings, on_both, report, suspend};

fn keyed<T>(key: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let key = key.parse().expect("a key");
    request.metadata_mut().insert("idempotency-key", key);
    request
}

async fn count(client: &mut Client) -> usize {
    let answer = client
        .list_incidents(wire::ListIncidentsRequest::default())
        .await;
    answer.expect("the list").into_inner().incidents.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_fields_at_fault_are_named_at_once_and_nothing_is_kept() {
    on_both(async |city| {
        let before = count(&mut city.client("ciso")).await;
        let request = wire::ReportIncidentRequest {
            title: "あ".repeat(201),
            origin: 9,
            section_id: "a b".to_owned(),
            system_id: "a/b".to_owned(),
            person_id: "a\tb".to_owned(),
            description: "い".repeat(2_001),
            noticed_at: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
        };
        let answer = city.client("clerk").report_incident(request).await;
        let refusal = refused(&answer.expect_err("bad fields"));
        assert_eq!(refusal.status, Code::InvalidArgument);
        assert_eq!(refusal.code, "invalid_fields");
        assert_eq!(
            refusal.fields,
            [
                "title",
                "origin",
                "section_id",
                "system_id",
                "person_id",
                "description",
                "noticed_at"
            ]
        );
        assert_eq!(count(&mut city.client("ciso")).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_stands_against_it_names_field_code_and_clause() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        let mut clerk = city.client("clerk");

        let mut request = report("機械");
        request.set_origin(wire::ReportOrigin::Machine);
        let refusal = refused(
            &clerk
                .report_incident(request)
                .await
                .expect_err("not a machine"),
        );
        assert_eq!(
            (refusal.code.as_str(), refusal.status),
            ("incident_origin_not_allowed", Code::InvalidArgument)
        );
        assert_eq!(refusal.fields, ["origin"]);

        let later = city.clock().now() + SignedDuration::from_secs(1);
        let mut request = report("未来");
        request.noticed_at = Some(proto::timestamp(later));
        let refusal = refused(&clerk.report_incident(request).await.expect_err("not yet"));
        assert_eq!(refusal.code, "incident_noticed_in_future");

        let mut request = report("不明");
        request.section_id = "s9".to_owned();
        let refusal = refused(
            &clerk
                .report_incident(request)
                .await
                .expect_err("no such section"),
        );
        assert_eq!(refusal.code, "incident_section_unknown");
        assert_eq!(refusal.fields, ["section_id"]);

        let request = wire::JudgeMinorRequest {
            incident_id: id.to_owned(),
            reason: "影響なし".to_owned(),
        };
        let answer = city.client("cm").judge_minor(request).await;
        let refusal = refused(&answer.expect_err("not investigated"));
        assert_eq!(refusal.status, Code::FailedPrecondition);
        assert_eq!(refusal.code, "incident_not_investigated");
        assert_eq!(refusal.clauses, ["8-3-(2)-1"]);
        assert!(!refusal.ja.is_empty());

        let mut request = findings(id, false);
        if let Some(findings) = &mut request.findings {
            findings.cause.clear();
        }
        let answer = city.client("im1").record_investigation(request).await;
        let refusal = refused(&answer.expect_err("a finding is missing"));
        assert_eq!(refusal.fields, ["findings.cause"]);

        let mut ciso = city.client("ciso");
        let answer = ciso.acknowledge_report(acknowledge("nothing")).await;
        let refusal = refused(&answer.expect_err("no such incident"));
        assert_eq!(
            (refusal.code.as_str(), refusal.status),
            ("incident_not_found", Code::NotFound)
        );
    })
    .await;
}

/// G8: what the standard gives to nobody like the caller is refused, and so is who is nobody.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_in_charge_is_refused_and_so_is_nobody() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        let answer = city
            .client("clerk")
            .suspend_system(suspend(id, "sys-1"))
            .await;
        let refusal = refused(&answer.expect_err("staff stops no system"));
        assert_eq!(
            (refusal.code.as_str(), refusal.status),
            ("incident_not_in_charge", Code::PermissionDenied)
        );

        for channel in [city.process.anonymous(), city.process.workload("vdi")] {
            let mut client = Client::new(channel);
            let answer = client.report_incident(report("誰か")).await;
            let status = answer.expect_err("only staff report").code();
            assert!(matches!(
                status,
                Code::Unauthenticated | Code::PermissionDenied
            ));
        }
    })
    .await;
}

/// A manager of another bureau holds the role, yet is not in charge here.
#[tokio::test(flavor = "multi_thread")]
async fn a_manager_of_elsewhere_is_not_in_charge() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        let answer = city
            .client("im3")
            .record_investigation(findings(id, false))
            .await;
        let refusal = refused(&answer.expect_err("another section"));
        assert_eq!(refusal.code, "incident_not_in_charge");
        assert_eq!(refusal.clauses, ["8-3-(2)-1"]);
        let request = wire::EscalateRequest {
            incident_id: id.to_owned(),
            target: wire::EscalationTarget::Ciso.into(),
            reason: "重大".to_owned(),
        };
        let answer = city.client("bm2").escalate(request).await;
        let refusal = refused(&answer.expect_err("another bureau"));
        assert_eq!(refusal.clauses, ["8-3-(2)-3"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gets_the_same_answer_and_another_request_under_it_none() {
    on_both(async |city| {
        let mut clerk = city.client("clerk");
        let first = clerk.report_incident(keyed("k1", report("一"))).await;
        let first = first.expect("a report").into_inner();
        let before = count(&mut city.client("ciso")).await;
        let again = clerk.report_incident(keyed("k1", report("一"))).await;
        assert_eq!(again.expect("the same answer").into_inner(), first);
        let other = clerk.report_incident(keyed("k1", report("二"))).await;
        let refusal = refused(&other.expect_err("the key is used"));
        assert_eq!(
            (refusal.code.as_str(), refusal.status),
            ("idempotency_key_reused", Code::Aborted)
        );
        assert_eq!(count(&mut city.client("ciso")).await, before);
    })
    .await;
}
