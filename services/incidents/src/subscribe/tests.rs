//! One event, one incident, however often it is handled.

use std::sync::Arc;

use bus::{Contradiction, RecordHandler};
use incidents_domain::Incident;
use kernel::{Actor, Context, ManualClock};
use proto::{
    identity::v1::{CredentialReportedLost, EmergencyAccessOpened},
    record::{NO_HASH, Outgoing, Record, draft, finish},
};
use standard::Pack;
use store::{Store, facts::Snapshot};
use testkit::{TestDatabase, on_both, registered};

use super::{Identity, Suspicions};
use crate::{desk::Desk, known::Known, scope::Scope, store::Migrator, store::query::Filter};

const NOW: &str = "2026-04-01T01:00:00Z";

fn context() -> Context {
    let now = NOW.parse().expect("an instant");
    Context::new(Actor::Service("incidents".to_owned()), now, "test")
}

/// A record of identity, as the bus hands it over.
fn record(position: u64, outgoing: &Outgoing) -> Record {
    let id = runtime::new_id();
    let mut bytes = draft("identity", id, "S0001", outgoing, &context());
    finish(&mut bytes, position, &NO_HASH);
    Record::decode(&bytes).expect("a record")
}

async fn desk(test: &TestDatabase) -> Desk {
    let known = Snapshot::<Known>::load(test.database.clone(), &["identity"]).await;
    Desk {
        store: Store::new(test.database.clone(), "incidents"),
        known: known.expect("nothing known yet"),
        clock: Arc::new(ManualClock::new(context().now)),
        pack: Arc::new(Pack::sendai().expect("the built-in pack")),
        machines: Arc::default(),
    }
}

async fn incidents(desk: &Desk) -> Vec<Incident> {
    let filter = Filter::default();
    let listed = desk.read().page(&Scope::City, &filter, 50, None).await;
    listed.expect("the list").incidents
}

#[tokio::test]
async fn a_record_handled_twice_opens_one_incident() {
    on_both::<Migrator, _>(async |test| {
        let desk = desk(&test).await;
        let registered = registered("S0001", "1101", context().now);
        let lost = CredentialReportedLost {
            person_id: "S0001".to_owned(),
            kind: "ic_card".to_owned(),
            ..CredentialReportedLost::default()
        };
        let registered = record(1, &Outgoing::new(&registered, []));
        let opened = EmergencyAccessOpened {
            emergency_id: "BG-1".to_owned(),
            asked_by: "S0001".to_owned(),
            approved_by: vec!["M1".to_owned(), "M2".to_owned()],
            reason: "認証基盤の停止".to_owned(),
            ..EmergencyAccessOpened::default()
        };
        let lost = record(2, &Outgoing::new(&lost, []));
        let opened = record(3, &Outgoing::new(&opened, []));
        let handler = Identity(desk.clone());
        for record in [&registered, &lost, &lost, &opened, &opened] {
            let mut unit = desk.store.unit(context()).await.expect("a unit");
            let handled = handler.handle(&mut unit, record).await;
            handled.expect("handled");
            unit.commit().await.expect("committed");
        }
        let incidents = incidents(&desk).await;
        assert_eq!(incidents.len(), 2);
        let of = |record: &Record| {
            let reports = incidents.iter().filter_map(|one| one.report.as_ref());
            let mut reports = reports.filter(|report| report.id.as_str() == record.id);
            reports.next().expect("reported")
        };
        let emergency = of(&opened);
        assert!(emergency.title.contains("BG-1"), "{}", emergency.title);
        assert!(emergency.description.contains("M1、M2"));
        assert_eq!(emergency.clause.as_str(), "7-2-(8)-1b");
        let report = of(&lost);
        // Its section was learnt from the same source, in the same order.
        assert_eq!(report.section.as_ref().map(|s| s.as_str()), Some("1101"));
    })
    .await;
}

/// Every restart finds it again: audit's head moves meanwhile, and in the end passes what was handled.
#[tokio::test]
async fn audit_put_back_opens_one_incident_for_one_place_however_it_is_found() {
    on_both::<Migrator, _>(async |test| {
        let desk = desk(&test).await;
        let handler = Suspicions(desk.clone());
        let back = |head, handled| Contradiction::HeadWentBack { head, handled };
        let other = Contradiction::HistoryChanged { position: 65 };
        for found in [back(56, 64), back(60, 64), other, back(64, 70)] {
            let mut unit = desk.store.unit(context()).await.expect("a unit");
            let told = handler.contradicted(&mut unit, found).await;
            told.expect("told");
            unit.commit().await.expect("committed");
        }
        let incidents = incidents(&desk).await;
        let reports = incidents.iter().filter_map(|one| one.report.as_ref());
        let mut reports: Vec<_> = reports
            .map(|report| (report.id.as_str(), report.description.as_str()))
            .collect();
        reports.sort_unstable();
        let [(first, said), (second, _)] = reports[..] else {
            panic!("{reports:?}");
        };
        assert_eq!((first, second), ("audit-after-64", "audit-after-70"));
        assert!(said.contains("位置56") && said.contains("位置64"), "{said}");
    })
    .await;
}
