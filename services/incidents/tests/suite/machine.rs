//! Incidents that open by themselves.

use proto::{
    audit::v1::{LogCheckFailed, SourceDiverged, SuspicionRaised},
    identity::v1::CredentialReportedLost,
    incidents::v1 as wire,
};
use standard::ServiceName;
use testkit::{eventually, refused};
use tonic::Code;

use super::city::{City, Client, acknowledge, findings, on_both, open, report};

pub(super) async fn by_machine(city: &City) -> Vec<wire::Incident> {
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
            ..SuspicionRaised::default()
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

/// Judges it minor and closes it.
async fn close(city: &City, id: &str) {
    let mut manager = city.client("im1");
    let found = manager.record_investigation(findings(id, false)).await;
    found.expect("findings");
    let mut csirt = city.client("cm");
    let minor = wire::JudgeMinorRequest {
        incident_id: id.to_owned(),
        reason: "入力の誤り".to_owned(),
    };
    csirt.judge_minor(minor).await.expect("minor");
    let close = wire::CloseIncidentRequest {
        incident_id: id.to_owned(),
        conclusion: "終結".to_owned(),
    };
    csirt.close_incident(close).await.expect("closed");
}

/// 7-1-(4)-4b.
#[tokio::test(flavor = "multi_thread")]
async fn one_incident_takes_in_all_that_a_rule_says_of_the_same_person_while_it_is_open() {
    on_both(async |city| {
        let say = async |rule: &str, severity: &str, person: &str, index: u64| {
            let subject = format!("person/{person}");
            let suspicion = SuspicionRaised {
                rule: rule.to_owned(),
                severity: severity.to_owned(),
                person_id: person.to_owned(),
                subject: subject.clone(),
                title_ja: "短時間の多数のアクセス拒否".to_owned(),
                description: "拒否が続きました。".to_owned(),
                log_indexes: vec![index],
                ..SuspicionRaised::default()
            };
            city.say(ServiceName::Audit, "suspicion", &subject, &suspicion)
                .await;
        };
        say("denied_burst", "notice", "clerk", 1).await;
        say("denied_burst", "warning", "clerk", 2).await;
        say("denied_burst", "warning", "clerk", 3).await;
        say("denied_burst", "warning", "clerk3", 4).await;
        say("mass_export", "alarm", "clerk", 5).await;
        let of = |all: &[wire::Incident], rule: &str, person: &str| {
            let fits = |one: &&wire::Incident| {
                let first = one.suspicions.first();
                one.person_id == person && first.is_some_and(|first| first.rule == rule)
            };
            all.iter().filter(fits).cloned().collect::<Vec<_>>()
        };
        let all = eventually("three incidents", async || {
            let all = by_machine(city).await;
            (!of(&all, "mass_export", "clerk").is_empty()).then_some(all)
        })
        .await;
        assert_eq!(all.len(), 3, "the notice opened none");
        let burst = &of(&all, "denied_burst", "clerk")[0];
        let indexes: Vec<_> = burst
            .suspicions
            .iter()
            .map(|one| one.log_indexes[0])
            .collect();
        assert_eq!((burst.suspicion_count, indexes), (2, vec![2, 3]));
        assert!(burst.title.contains("警告") && burst.title.contains("多数のアクセス拒否"));
        assert!(of(&all, "mass_export", "clerk")[0].title.contains("警報"));

        // Once it is closed, the next opens another one.
        close(city, &burst.incident_id).await;
        say("denied_burst", "warning", "clerk", 6).await;
        let reopened = eventually("another incident", async || {
            let bursts = of(&by_machine(city).await, "denied_burst", "clerk");
            (bursts.len() == 2).then_some(bursts)
        })
        .await;
        let fresh = reopened
            .iter()
            .find(|one| one.incident_id != burst.incident_id);
        assert_eq!(fresh.expect("another").suspicions[0].log_indexes, [6]);
    })
    .await;
}

/// What a SIEM or a gateway found goes the same way; whoever is not named may say nothing, and its try is
/// on record.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_may_reports_what_it_found_and_no_other_does() {
    on_both(async |city| {
        let found = |section: &str, system: &str| {
            let mut request = wire::ReportIncidentRequest {
                section_id: section.to_owned(),
                system_id: system.to_owned(),
                person_id: "clerk".to_owned(),
                ..report("不審な通信の検知")
            };
            request.set_origin(wire::ReportOrigin::Machine);
            request
        };
        let mut siem = Client::new(city.process.workload("siem"));
        let answer = siem.report_incident(found("", "sys-1")).await;
        let told = answer.expect("taken in").into_inner().incident;
        let told = told.expect("the incident");
        assert_eq!(told.origin(), wire::ReportOrigin::Machine);
        assert_eq!(
            (told.reporter_id.as_str(), told.section_id.as_str()),
            ("", "s2")
        );
        assert_eq!(
            open(&told),
            ["report_to_information_manager", "report_to_system_manager"]
        );
        let id = told.incident_id.as_str();
        let (record, _) = city.hears::<wire::IncidentReported>(id).await;
        assert_eq!(record.actor.to_string(), "workload/siem");
        let answer = city.client("im2").acknowledge_report(acknowledge(id)).await;
        answer.expect("the chain goes on");

        // Of no system, it is the section of the person; what the city does not know is taken in as well.
        for (section, system, wanted) in
            [("", "", "s1"), ("", "sys-77", "s1"), ("s3", "sys-1", "s3")]
        {
            let answer = siem.report_incident(found(section, system)).await;
            let told = answer.expect("taken in").into_inner().incident;
            assert_eq!(told.expect("the incident").section_id, wanted, "{system}");
        }

        let answer = siem.report_incident(report("職員として")).await;
        let refusal = refused(&answer.expect_err("it is no member of staff"));
        assert_eq!(refusal.code, "incident_origin_not_allowed");
        let mut vdi = Client::new(city.process.workload("vdi"));
        let answer = vdi.report_incident(found("", "sys-1")).await;
        let refusal = refused(&answer.expect_err("nobody has named it"));
        assert_eq!(
            (refusal.code.as_str(), refusal.status),
            ("incident_machine_unknown", Code::PermissionDenied)
        );
        assert_eq!(refusal.clauses, ["7-2-(3)-2"]);
        let answer = siem.acknowledge_report(acknowledge(id)).await;
        let refusal = refused(&answer.expect_err("a machine reports, and does nothing else"));
        assert_eq!(refusal.code, "person_required");
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
            ..SuspicionRaised::default()
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
