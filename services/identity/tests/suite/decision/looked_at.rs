//! Whoever looks at other people's decisions is on record before they are shown (clause 7-1-(4)-3).

use kernel::{Actor, Clock as _, Context};
use proto::{
    identity::v1::{
        self as wire, access_decision_server::AccessDecision as _,
        decision_analysis_server::DecisionAnalysis as _,
    },
    record::Outgoing,
};
use sea_orm::ConnectionTrait as _;
use testkit::on_both;
use tonic::{Code, Status};
use wire::{explain_request::Access, supposed_change::Change};

use super::rig::{Migrator, Rig, from_person, using};

const WITHOUT_MFA: &str = "mfa_cloud";

impl Rig {
    async fn look_up(&self, reader: &str, id: &str) -> Result<(), Status> {
        let request = wire::GetDecisionRequest {
            decision_id: id.to_owned(),
        };
        let answer = self.decisions.get_decision(from_person(reader, request));
        answer.await.map(drop)
    }

    async fn explained(&self, reader: &str, access: Access) -> Result<(), Status> {
        let access = Some(access);
        let request = from_person(reader, wire::ExplainRequest { access });
        self.analysis.explain(request).await.map(drop)
    }

    async fn simulated(&self, reader: &str, rule: &str) -> Result<usize, Status> {
        let request = wire::SimulateRequest {
            changes: vec![wire::SupposedChange {
                change: Some(Change::WithoutRule(rule.to_owned())),
            }],
            ..wire::SimulateRequest::default()
        };
        let answer = self.analysis.simulate(from_person(reader, request)).await?;
        Ok(answer.into_inner().examples.len())
    }

    async fn asked_for(&self, token: &str) -> String {
        self.ask("office", token, using("SYS-1")).await.decision_id
    }
}

fn told(reader: &str, person: &str, way: &str) -> (String, String, String) {
    (
        format!("person/{reader}"),
        person.to_owned(),
        way.to_owned(),
    )
}

#[tokio::test]
async fn whose_decision_is_looked_up_or_explained_is_on_record_with_who_looked_7_1_4_3() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let id = rig.asked_for(&rig.token("s-1", 0)).await;
        rig.look_up("S0311", &id).await.expect("it");
        let explained = Access::DecisionId(id);
        rig.explained("S0311", explained).await.expect("it");
        let expected = [
            told("S0311", "S0001", "decision"),
            told("S0311", "S0001", "explain"),
        ];
        assert_eq!(rig.looked_at().await, expected);
    })
    .await;
}

/// One's own is one's own; a token that tells nobody is nobody's; what is supposed nobody did.
#[tokio::test]
async fn nobody_looks_at_others_in_their_own_decisions_in_nobodys_or_in_what_is_supposed() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let id = rig.asked_for(&rig.token("s-1", 0)).await;
        rig.look_up("S0001", &id).await.expect("it");
        let own = Access::DecisionId(id);
        rig.explained("S0001", own).await.expect("it");
        assert_eq!(rig.simulated("S0001", WITHOUT_MFA).await.expect("it"), 1);
        let nobodys = rig.asked_for("nonsense").await;
        rig.look_up("S0311", &nobodys).await.expect("it");
        let nobodys = Access::DecisionId(nobodys);
        rig.explained("S0311", nobodys).await.expect("it");
        let supposed = Access::Supposed(wire::SupposedAccess {
            person_id: "S0001".to_owned(),
            factors: vec!["password".to_owned()],
            enforcement_point_id: "point-office".to_owned(),
            question: Some(using("SYS-1")),
        });
        rig.explained("S0311", supposed).await.expect("it");
        assert_eq!(rig.looked_at().await, []);
    })
    .await;
}

#[tokio::test]
async fn who_is_given_as_an_example_is_on_record_once_and_who_is_only_counted_is_not() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let token = rig.token("s-1", 0);
        for _ in 0..2 {
            rig.asked_for(&token).await;
        }
        // Nothing comes out differently: there is no example.
        let none = rig.simulated("S0311", "system_unknown").await;
        assert_eq!(none.expect("it"), 0);
        assert_eq!(rig.looked_at().await, []);
        assert_eq!(rig.simulated("S0311", WITHOUT_MFA).await.expect("it"), 2);
        let expected = [told("S0311", "S0001", "simulate")];
        assert_eq!(rig.looked_at().await, expected);
    })
    .await;
}

/// What a deputy did was done for another, who is looked at as well.
#[tokio::test]
async fn both_are_on_record_of_whom_one_acted_for_the_other() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::empty(&test).await;
        let decision = wire::AccessEvaluated {
            decision_id: "D-1".to_owned(),
            person_id: "S0002".to_owned(),
            acting_for_id: "S0001".to_owned(),
            ..wire::AccessEvaluated::default()
        };
        let identity = Actor::Service("identity".to_owned());
        let context = Context::new(identity, rig.clock.now(), "test");
        let mut unit = rig.store.unit(context).await.expect("a unit");
        unit.record("decision", "D-1", Outgoing::new(&decision, []));
        unit.commit().await.expect("a decision on record");
        rig.look_up("S0311", "D-1").await.expect("it");
        let mut looked_at = rig.looked_at().await;
        looked_at.sort();
        let expected = ["S0001", "S0002"].map(|person| told("S0311", person, "decision"));
        assert_eq!(looked_at, expected);
    })
    .await;
}

#[tokio::test]
async fn a_look_that_cannot_be_recorded_shows_nothing() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let id = rig.asked_for(&rig.token("s-1", 0)).await;
        rig.look_up("S0311", &id).await.expect("the first");
        test.database
            .migrations()
            .execute_unprepared(
                "CREATE UNIQUE INDEX no_more ON journal (aggregate) WHERE aggregate = 'reading'",
            )
            .await
            .expect("no second reading can be recorded");
        let explained = Access::DecisionId(id.clone());
        for refused in [
            rig.look_up("S0311", &id).await,
            rig.explained("S0311", explained).await,
            rig.simulated("S0311", WITHOUT_MFA).await.map(drop),
        ] {
            assert_eq!(refused.expect_err("no answer").code(), Code::Unavailable);
        }
    })
    .await;
}
