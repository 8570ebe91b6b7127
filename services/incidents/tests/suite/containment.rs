//! Systems stopped and put back into service (8-3-(3)-1a, 8-3-(4)-1a).

use proto::incidents::v1 as wire;
use testkit::refused;

use super::city::{City, on_both, resume, suspend};

async fn suspended(city: &City) -> Vec<(String, usize)> {
    let request = wire::ListSuspendedSystemsRequest::default();
    let answer = city.client("clerk").list_suspended_systems(request).await;
    let systems = answer.expect("the list").into_inner().systems;
    let pair = |one: wire::SuspendedSystem| (one.system_id, one.incident_ids.len());
    systems.into_iter().map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_works_again_when_no_incident_keeps_it_stopped() {
    on_both(async |city| {
        let (first, second) = (city.reported().await, city.reported().await);
        let mut chief = city.client("chief");
        for incident in [&first, &second] {
            let request = suspend(&incident.incident_id, "sys-1");
            chief.suspend_system(request).await.expect("suspended");
        }
        assert_eq!(suspended(city).await, [("sys-1".to_owned(), 2)]);
        chief
            .resume_system(resume(&first.incident_id, "sys-1"))
            .await
            .expect("resumed");
        assert_eq!(suspended(city).await, [("sys-1".to_owned(), 1)]);
        let (_, heard) = city.hears::<wire::SystemResumed>(&first.incident_id).await;
        assert_eq!(heard.system_id, "sys-1");
        chief
            .resume_system(resume(&second.incident_id, "sys-1"))
            .await
            .expect("resumed");
        assert_eq!(suspended(city).await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_the_systems_manager_is_refused_and_what_the_chief_stopped_stays() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        let answer = city
            .client("im1")
            .suspend_system(suspend(id, "sys-1"))
            .await;
        let refusal = refused(&answer.expect_err("not the manager of sys-1"));
        assert_eq!(refusal.code, "incident_not_in_charge");
        assert_eq!(refusal.clauses, ["8-3-(3)-1a"]);

        let answer = city
            .client("chief")
            .suspend_system(suspend(id, "sys-1"))
            .await;
        answer.expect("suspended");
        let answer = city.client("im2").resume_system(resume(id, "sys-1")).await;
        let refusal = refused(&answer.expect_err("stopped from above"));
        assert_eq!(refusal.code, "incident_suspended_from_above");
        assert_eq!(refusal.fields, ["system_id"]);
        assert_eq!(suspended(city).await, [("sys-1".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_systems_are_listed_page_by_page() {
    on_both(async |city| {
        let incident = city.reported().await;
        let id = incident.incident_id.as_str();
        let mut chief = city.client("chief");
        for system in ["sys-1", "sys-2"] {
            chief
                .suspend_system(suspend(id, system))
                .await
                .expect("suspended");
        }
        let mut request = wire::ListSuspendedSystemsRequest {
            page_size: 1,
            page_token: String::new(),
        };
        for (system, more) in [("sys-1", true), ("sys-2", false)] {
            let page = chief.list_suspended_systems(request.clone()).await;
            let page = page.expect("a page").into_inner();
            assert_eq!(page.systems.len(), 1);
            assert_eq!(page.systems[0].system_id, system);
            assert_eq!(page.systems[0].incident_ids, [id]);
            assert_eq!(page.next_page_token.is_empty(), !more);
            request.page_token = page.next_page_token;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_on_records_is_told_shown_found_and_released_by_decision_8_3_3_2a() {
    on_both(async |city| {
        let incident = city.reported().await;
        city.reported().await;
        let id = incident.incident_id.as_str();
        let hold = wire::HoldRecordsRequest {
            incident_id: id.to_owned(),
            reason: "侵入の疑い".to_owned(),
        };
        let mut chief = city.client("chief");
        chief.hold_records(hold).await.expect("held");
        let holding = async || {
            let request = wire::ListIncidentsRequest {
                records_on_hold: true,
                ..wire::ListIncidentsRequest::default()
            };
            let answer = city.client("chief").list_incidents(request).await;
            let incidents = answer.expect("a list").into_inner().incidents;
            let ids = incidents.into_iter().map(|one| one.incident_id);
            ids.collect::<Vec<_>>()
        };
        assert_eq!(holding().await, [id]);

        let release = wire::ReleaseRecordsRequest {
            incident_id: id.to_owned(),
            reason: "捜査の終了".to_owned(),
        };
        let answer = city.client("im1").release_records(release.clone()).await;
        let refusal = refused(&answer.expect_err("not the chief"));
        assert_eq!(refusal.code, "incident_not_in_charge");
        let answer = chief.release_records(release).await.expect("released");
        let shown = answer.into_inner().incident.expect("the incident");
        assert!(!shown.records_on_hold);
        let hold = shown.record_hold.expect("the hold");
        assert_eq!(
            (hold.reason.as_str(), hold.release_reason.as_str()),
            ("侵入の疑い", "捜査の終了")
        );
        assert_eq!(
            (hold.held_by.as_str(), hold.released_by.as_str()),
            ("chief", "chief")
        );
        assert!(hold.held_at.is_some() && hold.released_at.is_some());
        let (_, heard) = city.hears::<wire::RecordsReleased>(id).await;
        assert_eq!(heard.reason, "捜査の終了");
        assert_eq!(holding().await, [""; 0]);
    })
    .await;
}
