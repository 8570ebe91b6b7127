//! Incidents that open by themselves.

use proto::{
    audit::v1::{LogCheckFailed, SourceDiverged, SuspicionRaised},
    identity::v1::CredentialReportedLost,
    incidents::v1 as wire,
};
use standard::ServiceName;
use testkit::eventually;

use super::city::{City, acknowledge, on_both, open};

async fn by_machine(city: &City) -> Vec<wire::Incident> {
    let request = wire::ListIncidentsRequest::default();
    let answer = city.client("ciso").list_incidents(request).await;
    let incidents = answer.expect("the list").into_inner().incidents;
    let machine = |incident: &wire::Incident| incident.origin() == wire::ReportOrigin::Machine;
    incidents.into_iter().filter(machine).collect()
}

fn lost(credential: &str) -> CredentialReportedLost {
    CredentialReportedLost {
        person_id: "clerk".to_owned(),
        credential_id: credential.to_owned(),
        kind: "ic_card".to_owned(),
        reported_by: "im1".to_owned(),
        session_ids: Vec::new(),
        epoch: 2,
        circumstances: "帰宅途中に紛失".to_owned(),
    }
}

/// 4-4-3.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_card_opens_one_incident_in_its_holders_section() {
    on_both(async |city| {
        city.say(ServiceName::Identity, "account", "clerk", &lost("card-1"))
            .await;
        let found = eventually("the incident", async || by_machine(city).await.pop()).await;
        assert_eq!(found.person_id, "clerk");
        assert_eq!(found.section_id, "s1");
        assert_eq!(found.reporter_id, "");
        assert!(found.description.contains("card-1") && found.description.contains("im1"));
        let (record, _) = city
            .hears::<wire::IncidentReported>(&found.incident_id)
            .await;
        assert_eq!(record.clauses[0].as_str(), "4-4-3");
        assert_eq!(
            record.causation.as_deref(),
            Some(found.incident_id.as_str())
        );

        // The chain goes on like any other's.
        let id = found.incident_id.as_str();
        let told = city.client("im1").acknowledge_report(acknowledge(id)).await;
        let told = told
            .expect("told")
            .into_inner()
            .incident
            .expect("the incident");
        assert_eq!(open(&told), ["investigate"]);

        // Another loss is another incident; the first has not opened a second one meanwhile.
        city.say(ServiceName::Identity, "account", "clerk", &lost("card-2"))
            .await;
        eventually("the second", async || {
            let all = by_machine(city).await;
            all.iter()
                .any(|one| one.description.contains("card-2"))
                .then_some(())
        })
        .await;
        assert_eq!(by_machine(city).await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspicion_opens_one_for_the_system_and_tells_its_manager_when_it_is_important() {
    on_both(async |city| {
        let suspicion = SuspicionRaised {
            rule: "denied_burst".to_owned(),
            person_id: "clerk".to_owned(),
            system_id: "sys-1".to_owned(),
            description: "5分間に12回の拒否".to_owned(),
            log_indexes: vec![3, 4],
        };
        city.say(ServiceName::Audit, "suspicion", "clerk", &suspicion)
            .await;
        let found = eventually("the incident", async || by_machine(city).await.pop()).await;
        assert_eq!(
            (found.section_id.as_str(), found.system_id.as_str()),
            ("s2", "sys-1")
        );
        assert!(found.important_system);
        assert_eq!(
            open(&found),
            ["report_to_information_manager", "report_to_system_manager"]
        );
        let id = found.incident_id.as_str();
        let told = city.client("im2").acknowledge_report(acknowledge(id)).await;
        let told = told
            .expect("told")
            .into_inner()
            .incident
            .expect("the incident");
        assert_eq!(open(&told), ["investigate"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_log_check_names_no_section_and_goes_to_the_top_of_the_city() {
    on_both(async |city| {
        let diverged = SourceDiverged {
            source: "ledger".to_owned(),
            position: 7,
            finding: "chain_broken".to_owned(),
        };
        city.say(ServiceName::Audit, "source", "ledger", &diverged)
            .await;
        let found = eventually("the incident", async || by_machine(city).await.pop()).await;
        assert_eq!(found.section_id, "");
        let id = found.incident_id.as_str();
        let answer = city.client("bm").acknowledge_report(acknowledge(id)).await;
        answer.expect_err("no bureau's business");
        let told = city
            .client("ciso")
            .acknowledge_report(acknowledge(id))
            .await;
        told.expect("told");

        let failed = LogCheckFailed {
            finding: "other_root".to_owned(),
            size: 100,
        };
        city.say(ServiceName::Audit, "log", "log", &failed).await;
        eventually("an incident of its own", async || {
            (by_machine(city).await.len() == 2).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspicion_about_somebody_unknown_is_taken_in_all_the_same() {
    on_both(async |city| {
        let suspicion = SuspicionRaised {
            rule: "denied_burst".to_owned(),
            person_id: "stranger".to_owned(),
            system_id: "sys-77".to_owned(),
            description: "う".repeat(3_000),
            log_indexes: Vec::new(),
        };
        city.say(ServiceName::Audit, "suspicion", "stranger", &suspicion)
            .await;
        let found = eventually("the incident", async || by_machine(city).await.pop()).await;
        assert_eq!(found.person_id, "stranger");
        assert!(!found.important_system);
        assert_eq!(found.description.chars().count(), 2_000);
    })
    .await;
}
