//! What is over is planned by those who watch, dropped by the CISO, and missed by nobody's proof.

use jiff::SignedDuration;
use proto::{
    audit::v1::{
        ListHoldsRequest, PlanPruningRequest, PruneRequest, PruningPlan, SearchRecordsRequest,
        retention_client::RetentionClient,
    },
    identity::v1::AccessOutcome,
    incidents::v1::{Incident, RecordHold, RecordsHeld},
    timestamp,
};
use rpc::client::Channel;
use standard::{Role, ServiceName};
use testkit::{eventually, refused};
use verifier::verify_dump;

use crate::{
    city::{City, on_both},
    proofs::dump,
};

/// More than the longer period of access records.
const FOUR_YEARS: SignedDuration = SignedDuration::from_hours(4 * 366 * 24);

fn by(city: &City, role: Role) -> RetentionClient<Channel> {
    RetentionClient::new(city.process.person("S0001", "1301", &[role]))
}

/// The plan once it is of so many records.
async fn plan(city: &City, count: u64) -> PruningPlan {
    eventually("the plan", async || {
        let request = PlanPruningRequest::default();
        let answer = by(city, Role::Auditor).plan_pruning(request).await.unwrap();
        answer.into_inner().plan.filter(|plan| plan.count == count)
    })
    .await
}

fn decided(plan: &PruningPlan) -> PruneRequest {
    PruneRequest {
        as_of: plan.as_of,
        from_index: plan.from_index,
        plan: plan.plan.clone(),
    }
}

#[tokio::test]
async fn what_is_over_is_dropped_by_the_ciso_and_a_dump_still_passes_the_offline_judge() {
    on_both(async |city| {
        for _ in 0..3 {
            city.evaluate("S0009", "SYS-1", AccessOutcome::Allow).await;
        }
        city.retire(0..2).await;
        let kept = city.checkpoint(5).await;
        assert_eq!(plan(city, 0).await.next_index, None);
        city.process.clock.advance(FOUR_YEARS);
        let plan = plan(city, 3).await;
        assert_eq!(plan.by_kind["sekisho.identity.v1.AccessEvaluated"], 3);
        for role in [Role::Auditor, Role::CsirtChief] {
            let answer = by(city, role).prune(decided(&plan)).await;
            assert_eq!(refused(&answer.unwrap_err()).code, "role_missing", "{role}");
        }
        let pruned = by(city, Role::Ciso).prune(decided(&plan)).await.unwrap();
        assert_eq!(pruned.into_inner().count, 3);
        let again = by(city, Role::Ciso).prune(decided(&plan)).await;
        assert_eq!(refused(&again.unwrap_err()).code, "pruning_plan_changed");
        let said = eventually("what was dropped is said", async || {
            let request = SearchRecordsRequest {
                type_prefix: "sekisho.audit.v1.RecordsPruned".into(),
                ..SearchRecordsRequest::default()
            };
            city.search(request).await.pop()
        })
        .await;
        let newest = city.checkpoint(said.index + 1).await;
        let dump = dump(city, newest.size, &newest.note).await;
        let key = city.verifier_key().await;
        let report = verify_dump(dump.as_slice(), &key, Some(&kept.note)).unwrap();
        assert_eq!(report.pruned, 3);
        let auditor = city.process.person_token("S0001", "1301", &[Role::Auditor]);
        let bundle = format!(
            "{}/log/tile/entries/000.p/{}",
            city.process.http_uri(),
            newest.size
        );
        let client = reqwest::Client::new();
        let answer = client
            .get(bundle)
            .bearer_auth(auditor)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), reqwest::StatusCode::GONE);
        assert!(answer.text().await.unwrap().starts_with("record_pruned"));
    })
    .await;
}

#[tokio::test]
async fn an_incidents_hold_is_listed_and_keeps_its_records() {
    on_both(async |city| {
        city.evaluate("S0009", "SYS-1", AccessOutcome::Allow).await;
        city.evaluate("S0009", "SYS-2", AccessOutcome::Allow).await;
        let at = timestamp(kernel::Clock::now(&city.process.clock));
        let incident = Incident {
            incident_id: "I-1".into(),
            system_id: "SYS-1".into(),
            records_on_hold: true,
            record_hold: Some(RecordHold {
                reason: "unknown sign-ins".into(),
                held_by: "S0100".into(),
                held_at: Some(at),
                ..RecordHold::default()
            }),
            ..Incident::default()
        };
        let held = RecordsHeld {
            incident: Some(incident),
            reason: "unknown sign-ins".into(),
        };
        let neighbours = &city.process.neighbours;
        let incidents = ServiceName::Incidents;
        neighbours
            .say(incidents, "incident", "I-1", &held, &["8-3-(3)-2a"])
            .await;
        let holds = eventually("the hold", async || {
            let answer = by(city, Role::CsirtStaff)
                .list_holds(ListHoldsRequest {})
                .await;
            Some(answer.unwrap().into_inner().holds).filter(|holds| !holds.is_empty())
        })
        .await;
        assert_eq!(
            (
                holds[0].incident_id.as_str(),
                holds[0].system_ids.as_slice()
            ),
            ("I-1", &["SYS-1".to_owned()][..])
        );
        city.process.clock.advance(FOUR_YEARS);
        let plan = plan(city, 1).await;
        assert_eq!(plan.held["I-1"], 1);
    })
    .await;
}
