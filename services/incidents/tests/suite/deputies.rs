//! Deputies over the wire (2-6-2): what identity says of absences decides who takes a step.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    identity::v1 as identity,
    incidents::v1::{self as wire, incidents_client::IncidentsClient},
    timestamp,
};
use standard::{Role, ServiceName};
use testkit::{eventually, eventually_ok, refused};

use super::city::{City, Client, acknowledge, findings, on_both};

impl City {
    /// The clerk is deputy of `s1`'s head, who is away for an hour from now on, or is not.
    async fn delegation(&self, away: bool, acts: &[&str]) {
        let now = self.clock().now();
        let absence = identity::Absence {
            absence_id: "absence-1".to_owned(),
            principal_id: "im1".to_owned(),
            since: Some(timestamp(now)),
            until: Some(timestamp(now + SignedDuration::from_hours(1))),
        };
        let event = identity::AbsenceRecorded {
            delegation: Some(identity::Delegation {
                section_id: "s1".to_owned(),
                nominations: vec![identity::DeputyNomination {
                    person_id: "clerk".to_owned(),
                    role: Role::DeputyInformationManager.to_string(),
                    since: Some(timestamp(now)),
                    until: None,
                }],
                plan: Some(identity::AbsencePlan {
                    principal_id: "im1".to_owned(),
                    recorded_at: Some(timestamp(now)),
                    renewal_due_at: Some(timestamp(now + SignedDuration::from_hours(9000))),
                    entries: vec![identity::AbsencePlanEntry {
                        person_id: "clerk".to_owned(),
                        actions: acts.iter().map(|one| (*one).to_owned()).collect(),
                    }],
                }),
                absences: away.then(|| absence.clone()).into_iter().collect(),
            }),
            absence: Some(absence),
        };
        self.say(ServiceName::Identity, "delegation", "s1", &event)
            .await;
    }

    fn deputy(&self) -> Client {
        let roles = [Role::Staff, Role::DeputyInformationManager];
        IncidentsClient::new(self.process.person("clerk", "s1", &roles))
    }

    async fn refuses(&self, id: &str, code: &str) -> Vec<String> {
        eventually(code, async || {
            let answer = self.deputy().acknowledge_report(acknowledge(id)).await;
            let refusal = refused(&answer.expect_err("refused"));
            (refusal.code == code).then_some(refusal.clauses)
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_takes_a_managers_steps_inside_absence_and_plan_and_both_names_are_told() {
    on_both(async |city| {
        let id = city.reported().await.incident_id;
        city.delegation(false, &["incident.acknowledge"]).await;
        let clauses = city.refuses(&id, "incident_principal_not_absent").await;
        assert_eq!(clauses, ["2-6-2", "2-3-4b"]);
        city.delegation(true, &["incident.recover"]).await;
        city.refuses(&id, "incident_not_in_absence_plan").await;

        city.delegation(true, &["incident.acknowledge"]).await;
        let told = eventually_ok("the deputy acts", async || {
            city.deputy().acknowledge_report(acknowledge(&id)).await
        })
        .await;
        let told = told.into_inner().incident.expect("the incident");
        let names = |act: &wire::DeputisedAct| {
            let names = [&act.act, &act.person_id, &act.principal_id, &act.absence_id];
            names.map(String::clone)
        };
        let expected = ["incident.acknowledge", "clerk", "im1", "absence-1"];
        assert_eq!(
            told.deputised.iter().map(names).collect::<Vec<_>>(),
            [expected]
        );
        let (record, event) = city.hears::<wire::ReportAcknowledged>(&id).await;
        assert_eq!(record.actor.person().map(|one| one.as_str()), Some("clerk"));
        let public = event.incident.expect("the incident");
        assert_eq!(
            public.deputised.iter().map(names).collect::<Vec<_>>(),
            [expected]
        );

        let beyond = city
            .deputy()
            .record_investigation(findings(&id, false))
            .await;
        let code = refused(&beyond.expect_err("not planned")).code;
        assert_eq!(code, "incident_not_in_absence_plan");
        city.clock().advance(SignedDuration::from_hours(1));
        let late = city
            .deputy()
            .record_investigation(findings(&id, false))
            .await;
        let code = refused(&late.expect_err("the manager is back")).code;
        assert_eq!(code, "incident_principal_not_absent");
    })
    .await;
}
