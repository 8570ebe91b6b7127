//! The whole chain over gRPC, and what the others hear of it.

use proto::incidents::v1 as wire;

use super::city::{acknowledge, findings, on_both, open, report, resume, suspend};

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_goes_through_the_whole_chain_and_every_step_is_published() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        assert!(incident.important_system);
        assert_eq!(incident.reporter_id, "clerk");
        assert_eq!(
            open(&incident),
            ["report_to_information_manager", "report_to_system_manager"]
        );

        for who in ["im1", "im2"] {
            let told = city.client(who).acknowledge_report(acknowledge(id)).await;
            told.expect("told");
        }
        let found = city
            .client("im1")
            .record_investigation(findings(id, true))
            .await;
        found.expect("findings");
        for who in ["bm", "cm"] {
            let told = city.client(who).acknowledge_report(acknowledge(id)).await;
            told.expect("told");
        }
        for (who, target) in [
            ("cm", wire::EscalationTarget::CsirtChief),
            ("bm", wire::EscalationTarget::Ciso),
        ] {
            let request = wire::EscalateRequest {
                incident_id: id.to_owned(),
                target: target.into(),
                reason: "支援が必要".to_owned(),
            };
            city.client(who).escalate(request).await.expect("passed on");
        }
        let request = wire::ReportOutsideRequest {
            incident_id: id.to_owned(),
            body: "宮城県".to_owned(),
            content: "第一報".to_owned(),
        };
        let mut chief = city.client("chief");
        chief
            .report_outside(request)
            .await
            .expect("reported outside");
        let request = wire::HoldRecordsRequest {
            incident_id: id.to_owned(),
            reason: "侵入の疑い".to_owned(),
        };
        chief.hold_records(request).await.expect("held");

        let mut manager = city.client("im2");
        manager
            .suspend_system(suspend(id, "sys-1"))
            .await
            .expect("suspended");
        let request = wire::ReportContainmentRequest {
            incident_id: id.to_owned(),
            measures: "停止した".to_owned(),
        };
        manager.report_containment(request).await.expect("reported");
        manager
            .resume_system(resume(id, "sys-1"))
            .await
            .expect("resumed");
        let request = wire::RecordRecoveryRequest {
            incident_id: id.to_owned(),
            measures: "復元した".to_owned(),
        };
        manager.record_recovery(request).await.expect("recovered");
        let request = wire::RecordPreventionRequest {
            incident_id: id.to_owned(),
            measures: "更新手順を改めた".to_owned(),
        };
        let mut bureau = city.client("bm");
        bureau.record_prevention(request).await.expect("prevented");
        for who in ["ciso", "cm"] {
            let told = city.client(who).acknowledge_report(acknowledge(id)).await;
            told.expect("told");
        }
        let request = wire::CloseIncidentRequest {
            incident_id: id.to_owned(),
            conclusion: "終結".to_owned(),
        };
        let closed = bureau.close_incident(request).await.expect("closed");
        let closed = closed.into_inner().incident.expect("the incident");
        assert_eq!(closed.state(), wire::IncidentState::Closed);
        assert_eq!(open(&closed), [""; 0]);
        assert!(closed.chain.iter().all(|step| !step.overdue));

        city.hears::<wire::IncidentClosed>(id).await;
        let records = city.published(id).await;
        let heard: Vec<_> = records
            .iter()
            .map(|record| {
                let name = record.kind.rsplit('.').next().unwrap_or_default();
                let clauses: Vec<_> = record.clauses.iter().map(|c| c.as_str()).collect();
                (name, clauses.join(" "))
            })
            .collect();
        let heard: Vec<_> = heard.iter().map(|(name, c)| (*name, c.as_str())).collect();
        assert_eq!(
            heard,
            [
                ("IncidentReported", "8-3-(1)-1 8-3-(1)-2"),
                ("ReportAcknowledged", "8-3-(1)-1"),
                ("ReportAcknowledged", "8-3-(1)-2"),
                (
                    "IncidentInvestigated",
                    "8-3-(2)-1 8-3-(2)-1a 8-3-(2)-1b 8-3-(2)-1c"
                ),
                ("ReportAcknowledged", "8-3-(2)-1"),
                ("ReportAcknowledged", "8-3-(2)-1"),
                ("IncidentEscalated", "8-3-(2)-2ア 2-9-1"),
                ("IncidentEscalated", "8-3-(2)-3"),
                ("IncidentReportedOutside", "2-8-3"),
                ("RecordsHeld", "8-3-(3)-2a"),
                ("SystemSuspended", "8-3-(3)-1a"),
                ("ContainmentReported", "8-3-(3)-1b"),
                ("SystemResumed", "8-3-(4)-1a"),
                ("IncidentRecovered", "8-3-(4)-1a 8-3-(4)-1b"),
                ("PreventionRecorded", "8-3-(4)-2a"),
                ("ReportAcknowledged", "8-3-(4)-2b"),
                ("ReportAcknowledged", "8-3-(4)-1b 8-3-(4)-2b"),
                ("IncidentClosed", "8-3-0a 7-1-(5)-1"),
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minor_incident_is_closed_with_the_reason_on_record() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        city.client("im1")
            .record_investigation(findings(id, false))
            .await
            .expect("findings");
        let mut csirt = city.client("cm");
        let request = wire::JudgeMinorRequest {
            incident_id: id.to_owned(),
            reason: "影響なし".to_owned(),
        };
        csirt.judge_minor(request).await.expect("minor");
        let (_, judged) = city.hears::<wire::IncidentJudgedMinor>(id).await;
        assert_eq!(judged.reason, "影響なし");
        let request = wire::CloseIncidentRequest {
            incident_id: id.to_owned(),
            conclusion: "終結".to_owned(),
        };
        csirt.close_incident(request).await.expect("closed");
    })
    .await;
}

/// 8-3-(1)-1: a citizen's call is taken by staff, about the caller's own section by default.
#[tokio::test(flavor = "multi_thread")]
async fn a_citizens_call_is_reported_by_whoever_took_it() {
    on_both(async |city| {
        let mut request = report("電話");
        request.set_origin(wire::ReportOrigin::Citizen);
        request.section_id.clear();
        request.system_id.clear();
        let answer = city.client("clerk3").report_incident(request).await;
        let incident = answer.expect("a report").into_inner().incident;
        let incident = incident.expect("the incident");
        assert_eq!(incident.section_id, "s3");
        assert_eq!(incident.reporter_id, "clerk3");
        assert_eq!(incident.origin(), wire::ReportOrigin::Citizen);
        let pack = &city.process.runtime().pack;
        assert_eq!(incident.pack_version, pack.edition());
    })
    .await;
}
