//! What becomes of applications and permits when their neighbours change their minds.

use kernel::Clock as _;
use proto::{
    approvals::v1::{
        DecideStepRequest, GetPermitRequest, ListPermitsRequest, Permit, PermitScope, StepVerdict,
    },
    identity::v1 as identity,
    ledger::v1::PermitNotCarriedOut,
};
use runtime::config::Engine;
use sea_orm::{ConnectionTrait as _, Statement};
use standard::ServiceName;
use store::{Database, Options};
use testkit::eventually;

use crate::city::{City, on_both, registration};

async fn get(city: &City, id: &str) -> Permit {
    let request = GetPermitRequest {
        permit_id: id.to_owned(),
    };
    let answer = city.permits("A").get_permit(request).await;
    answer
        .expect("the permit")
        .into_inner()
        .permit
        .expect("a permit")
}

async fn listed(city: &City, who: &str, scope: PermitScope) -> Vec<String> {
    let request = ListPermitsRequest {
        scope: scope.into(),
        ..ListPermitsRequest::default()
    };
    let answer = city.permits(who).list_permits(request).await;
    let permits = answer.expect("a list").into_inner().permits;
    permits.into_iter().map(|permit| permit.permit_id).collect()
}

/// The service's own database, as somebody repairing it sees it.
async fn database(city: &City) -> Database {
    let config = &city.process.runtime().config;
    let service = ServiceName::Approvals;
    let options = match config.database.engine(service, &config.data_dir) {
        Engine::Sqlite(path) => Options::sqlite(&path),
        Engine::Postgres { url, schema } => Options {
            url: url.expose().clone(),
            schema,
            max_connections: 1,
        },
    };
    Database::open(&options).await.expect("the database")
}

async fn run(database: &Database, sql: &str, id: &str) {
    let values = [id.into()];
    let statement = Statement::from_sql_and_values(database.backend().sea(), sql, values);
    let done = database.migrations().execute_raw(statement).await;
    assert_eq!(done.expect("run").rows_affected(), 1);
}

#[tokio::test]
async fn one_that_could_not_be_rerouted_hides_no_other_and_is_rerouted_as_soon_as_it_can() {
    on_both(async |city: &City| {
        let first = city.apply("A", registration()).await.permit_id;
        let second = city.apply("A", registration()).await.permit_id;
        let database = database(city).await;
        run(
            &database,
            "UPDATE permit SET state = '!' || state WHERE id = $1",
            &first,
        )
        .await;
        city.seat("im2", "B").await;
        let waiting = async || listed(city, "B", PermitScope::WaitingForMe).await;
        eventually("the second waits for the new holder", async || {
            let request = GetPermitRequest {
                permit_id: second.clone(),
            };
            let answer = city.permits("A").get_permit(request).await;
            let permit = answer.expect("the permit").into_inner().permit?;
            (permit.steps[0].approver_ids == ["B"]).then_some(())
        })
        .await;
        run(
            &database,
            "UPDATE permit SET state = substr(state, 2) WHERE id = $1",
            &first,
        )
        .await;
        assert_eq!(waiting().await, [second.as_str()], "nothing was said since");
        city.process
            .clock
            .advance(jiff::SignedDuration::from_mins(1));
        eventually("the first waits for the new holder", async || {
            (waiting().await.len() == 2).then_some(())
        })
        .await;
        database.close().await.expect("closed");
    })
    .await;
}

#[tokio::test]
async fn an_application_that_waits_for_nobody_is_found_and_waits_again_when_a_post_is_filled() {
    on_both(async |city: &City| {
        let id = city.apply("A", registration()).await.permit_id;
        let nobody = async || listed(city, "AUD1", PermitScope::WithoutDecider).await;
        assert_eq!(nobody().await, [""; 0]);
        for post in ["im2", "bm1", "ciso"] {
            let event = identity::PostVacated {
                post_id: post.into(),
                from: Some(proto::timestamp(city.process.clock.now())),
                ..identity::PostVacated::default()
            };
            let say = &city.process.neighbours;
            say.say(ServiceName::Identity, "post", post, &event, &[])
                .await;
        }
        eventually("it waits for nobody", async || {
            (nobody().await == [id.as_str()]).then_some(())
        })
        .await;
        city.seat("bm1", "BM1").await;
        eventually("it waits for the bureau manager", async || {
            let waiting = listed(city, "BM1", PermitScope::WaitingForMe).await;
            (waiting == [id.as_str()]).then_some(())
        })
        .await;
        assert_eq!(nobody().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_applicant_sees_why_a_granted_permit_has_no_effect() {
    on_both(async |city: &City| {
        let id = city.apply("A", registration()).await.permit_id;
        let yes = DecideStepRequest {
            permit_id: id.clone(),
            verdict: StepVerdict::Permitted.into(),
            ..DecideStepRequest::default()
        };
        city.permits("IM2").decide_step(yes).await.expect("decided");
        let event = PermitNotCarriedOut {
            permit_id: id.clone(),
            effect: "device_binding".into(),
            code: "device_not_found".into(),
            message_ja: "この端末は台帳にありません。".into(),
            message_en: "the register has no such device".into(),
        };
        let say = &city.process.neighbours;
        // Said twice: shown and told once.
        for _ in 0..2 {
            say.say(ServiceName::Ledger, "permit", &id, &event, &["4-1-9"])
                .await;
        }
        let hindrance = eventually("it is shown", async || get(city, &id).await.hindrance).await;
        assert_eq!(hindrance.code, "device_not_found");
        assert_eq!(hindrance.clauses, ["4-1-9"]);
        assert_eq!(hindrance.message_ja, "この端末は台帳にありません。");
        let names = city.names(&id, 4).await;
        assert_eq!(names[3..], ["PermitHindered"]);
        let told = city.told(&id).await;
        assert_eq!(told[3].clauses[0].as_str(), "4-1-9");
        assert_eq!(
            hindrance.refused_at,
            Some(proto::timestamp(city.process.clock.now()))
        );
        let event = identity::PermitNotCarriedOut {
            permit_id: id.clone(),
            code: "grant_person_not_in_service".into(),
            ..identity::PermitNotCarriedOut::default()
        };
        say.say(ServiceName::Identity, "entitlement", &id, &event, &[])
            .await;
        eventually("what identity refused is shown too", async || {
            let hindrance = get(city, &id).await.hindrance?;
            (hindrance.code == "grant_person_not_in_service").then_some(())
        })
        .await;
    })
    .await;
}
