//! Deputies over the wire (2-6-2, 2-7-2): who may decide follows what identity says of absences.

use proto::{
    approvals::v1::{
        ActingAuthority, DecideStepRequest, ListPermitsRequest, Permit, PermitScope, PermitState,
        PermitStepDecided, StepVerdict,
    },
    identity::v1::{
        Absence, AbsencePlan, AbsencePlanEntry, AbsenceRecorded, Delegation, DeputyNomination,
    },
};
use standard::ServiceName;
use testkit::{eventually, refused};
use tonic::Status;

use crate::city::{City, on_both, registration};

impl City {
    /// IM2, who heads S2, is away for two hours from now on, or is not; B is S2's system staff and
    /// acts on these kinds of permits.
    async fn delegation(&self, away: bool, actions: &[&str]) {
        let now = self.in_hours(0);
        let absence = Absence {
            absence_id: "absence-1".into(),
            principal_id: "IM2".into(),
            since: now,
            until: self.in_hours(2),
        };
        let entry = AbsencePlanEntry {
            person_id: "B".into(),
            actions: actions.iter().map(|one| (*one).to_owned()).collect(),
        };
        let event = AbsenceRecorded {
            delegation: Some(Delegation {
                section_id: "S2".into(),
                nominations: vec![DeputyNomination {
                    person_id: "B".into(),
                    role: "system_staff".into(),
                    since: now,
                    until: None,
                }],
                plan: Some(AbsencePlan {
                    principal_id: "IM2".into(),
                    recorded_at: now,
                    renewal_due_at: self.in_hours(24 * 365),
                    entries: vec![entry],
                }),
                absences: away.then(|| absence.clone()).into_iter().collect(),
            }),
            absence: Some(absence),
        };
        let say = &self.process.neighbours;
        say.say(ServiceName::Identity, "delegation", "S2", &event, &[])
            .await;
    }

    async fn decide(&self, who: &str, permit: &str) -> Result<Permit, Status> {
        let request = DecideStepRequest {
            permit_id: permit.into(),
            verdict: StepVerdict::Permitted.into(),
            ..DecideStepRequest::default()
        };
        let answer = self.permits(who).decide_step(request).await?;
        Ok(answer.into_inner().permit.expect("a permit"))
    }

    /// Waits until somebody is refused with a code, and tells its clauses.
    async fn refuses(&self, who: &str, permit: &str, code: &str) -> Vec<String> {
        eventually(code, async || {
            let status = self.decide(who, permit).await.expect_err("refused");
            let refusal = refused(&status);
            (refusal.code == code).then_some(refusal.clauses)
        })
        .await
    }
}

#[tokio::test]
async fn a_deputy_decides_inside_absence_and_plan_and_both_names_are_told() {
    on_both(async |city: &City| {
        let first = city.apply("A", registration()).await.permit_id;
        let own = city.apply("B", registration()).await.permit_id;
        city.delegation(false, &["user.registration"]).await;
        let clauses = city
            .refuses("B", &first, "permit_principal_not_absent")
            .await;
        assert!(clauses.ends_with(&["2-7-2".to_owned(), "2-3-4b".to_owned()]));
        city.delegation(true, &["information.send"]).await;
        city.refuses("B", &first, "permit_not_in_absence_plan")
            .await;

        city.delegation(true, &["user.registration"]).await;
        // The list of those it waits for follows by itself.
        eventually("it waits for the deputy", async || {
            let request = ListPermitsRequest {
                scope: PermitScope::WaitingForMe.into(),
                ..ListPermitsRequest::default()
            };
            let waiting = city.permits("B").list_permits(request).await;
            let waiting = waiting.expect("a list").into_inner().permits;
            (waiting.len() == 1 && waiting[0].permit_id == first).then_some(())
        })
        .await;
        let code = refused(&city.decide("B", &own).await.expect_err("refused")).code;
        assert_eq!(code, "permit_own_request");
        let granted = city.decide("B", &first).await.expect("decided");
        assert_eq!(granted.state(), PermitState::Granted);
        let names = ActingAuthority {
            person_id: "B".into(),
            principal_id: "IM2".into(),
            absence_id: "absence-1".into(),
        };
        let step = &granted.steps[0];
        assert_eq!(step.decided_by, "B");
        assert_eq!(step.decided_for.as_ref(), Some(&names));
        city.names(&first, 3).await;
        let records = city.told(&first).await;
        let mut decided = records.iter().filter_map(|record| {
            let event = record.event::<PermitStepDecided>()?.expect("valid");
            Some((record.actor.person()?.to_string(), event.permit?))
        });
        let (actor, told) = decided.next().expect("told");
        assert_eq!(actor, "B");
        assert_eq!(told.steps[0].decided_for.as_ref(), Some(&names));

        // By the decision's own clock, whether or not anybody recorded that the manager is back.
        let second = city.apply("A2", registration()).await.permit_id;
        city.advance(2);
        let code = refused(&city.decide("B", &second).await.expect_err("refused")).code;
        assert_eq!(code, "permit_principal_not_absent");
        city.decide("IM2", &second)
            .await
            .expect("decided in their own right");
    })
    .await;
}
