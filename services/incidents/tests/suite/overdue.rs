//! Steps whose time is over.

use jiff::SignedDuration;
use proto::incidents::v1 as wire;

use super::city::{acknowledge, findings, on_both};

/// 8-3-0a: judged by the clock, told once.
#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_step_is_told_once_and_shows_as_overdue() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        let told = city.client("im1").acknowledge_report(acknowledge(id)).await;
        told.expect("told in time");
        city.clock().advance(SignedDuration::from_mins(61));
        let (record, heard) = city.hears::<wire::ReportOverdue>(id).await;
        assert_eq!(heard.step, "report_to_system_manager");
        assert_eq!(record.clauses[0].as_str(), "8-3-(1)-2");
        assert_eq!(record.actor.to_string(), "service/incidents");

        let seen = city.look(id).await.expect("the incident");
        let overdue: Vec<_> = seen.chain.iter().filter(|step| step.overdue).collect();
        let overdue: Vec<_> = overdue.iter().map(|step| step.step.as_str()).collect();
        assert_eq!(overdue, ["report_to_system_manager", "investigate"]);

        // A later one is told in its turn, and none a second time.
        let found = city
            .client("im1")
            .record_investigation(findings(id, false))
            .await;
        found.expect("findings");
        city.clock().advance(SignedDuration::from_hours(25));
        testkit::eventually("the later ones", async || {
            let told = city.published(id).await;
            let told = told
                .iter()
                .filter(|r| r.kind.ends_with(".ReportOverdue"))
                .count();
            (told >= 6).then_some(())
        })
        .await;
        let mut steps = Vec::new();
        for record in city.published(id).await {
            if let Some(event) = record.event::<wire::ReportOverdue>() {
                steps.push(event.expect("the event").step);
            }
        }
        assert_eq!(
            steps,
            [
                "report_to_system_manager",
                "investigate",
                "report_to_bureau_manager",
                "report_to_csirt_manager",
                "report_to_csirt_chief",
                "recover",
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overdue_filter_finds_what_is_open_and_late() {
    on_both(async |city| {
        let late = city.reported().await;
        city.clock().advance(SignedDuration::from_mins(61));
        let fresh = city.reported().await;
        let request = wire::ListIncidentsRequest {
            system_id: "sys-1".to_owned(),
            overdue: true,
            ..wire::ListIncidentsRequest::default()
        };
        let answer = city.client("ciso").list_incidents(request).await;
        let found: Vec<_> = answer
            .expect("the list")
            .into_inner()
            .incidents
            .into_iter()
            .map(|incident| incident.incident_id)
            .collect();
        assert_eq!(found, [late.incident_id]);
        assert_ne!(found[0], fresh.incident_id);
    })
    .await;
}
