//! Records such as most of the platform's are: access decisions.

use kernel::{Actor, ClauseId, Clock as _, Context};
use proto::{identity::v1::AccessEvaluated, record::Outgoing};
use runtime::SystemClock;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use store::{Appender, Store, schema::House};
use tokio::task::JoinSet;

/// The tables every service has and no others.
pub(crate) struct OnlyHouse;

impl MigratorTrait for OnlyHouse {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(House)]
    }
}

/// Commits so many to a journal.
pub(crate) async fn commit(store: &Store, count: usize) {
    let (appender, writing) = Appender::new(store.clone());
    let mut writer = JoinSet::new();
    writer.spawn(writing);
    let context = context();
    for from in (0..count).step_by(250) {
        let records = (from..count.min(from + 250))
            .map(|n| (runtime::new_id().to_string(), evaluated(n)))
            .collect();
        appender
            .append("decision", records, &context)
            .await
            .expect("durable records");
    }
    drop(appender);
    writer.join_all().await;
}

pub(crate) fn context() -> Context {
    let actor = Actor::Workload("vdi-gateway".to_owned());
    let request = runtime::new_id().to_string();
    Context::new(actor, SystemClock.now(), request)
}

fn evaluated(n: usize) -> Outgoing {
    let clauses = ["7-2-(1)-1", "7-2-(2)-2ア", "4-5-1"];
    let event = AccessEvaluated {
        decision_id: runtime::new_id().to_string(),
        outcome: 1,
        person_id: format!("S{:04}", n % 3_000),
        session_id: runtime::new_id().to_string(),
        system_id: format!("SYS-{}", n % 200),
        action: "use".to_owned(),
        enforcement_point_id: "vdi-gateway".to_owned(),
        clauses: clauses.map(str::to_owned).to_vec(),
        pack_version: "sendai/2026.1".to_owned(),
        ..AccessEvaluated::default()
    };
    Outgoing::new(&event, clauses.map(ClauseId::known))
}
