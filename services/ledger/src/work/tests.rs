//! Work that meets: what was decided by a permit is judged again when the permit goes.

use directory::Directory;
use futures::future::{Either, select};
use kernel::{Actor, Context, NetworkId, SystemId};
use ledger_domain::{
    allowance::{Permit, Term},
    clauses, connection, network, system,
};
use sea_orm::{ConnectionTrait as _, Statement};
use standard::NetworkClass;
use store::{Store, Unit};
use testkit::{eventually, postgres_database};

use super::{ConnectionWork, NetworkWork, Work, rejudge};
use crate::store::{Connections, Migrator, allowances};

fn context() -> Context {
    let now = "2026-06-01T00:00:00Z".parse().expect("an instant");
    Context::new(Actor::Service("ledger".to_owned()), now, "request-1")
}

async fn unit(store: &Store) -> Unit {
    store.unit(context()).await.expect("a transaction")
}

fn permit() -> Permit {
    Permit {
        id: "PER-1".parse().expect("an id"),
        system: "SYS-1".parse().ok(),
        network: "NW-1".parse().ok(),
        device: None,
        satisfies: vec![clauses::EXTERNAL_PERMITTED],
        term: Term {
            starts_at: context().now,
            ends_at: None,
        },
    }
}

/// A system, an external network and the permit to connect them.
async fn prepare(store: &Store) {
    let directory = Directory::default();
    let mut unit = unit(store).await;
    let id: NetworkId = "NW-1".parse().expect("an id");
    let command = network::Command::Register {
        id: id.clone(),
        entry: network::Entry {
            name: "外".to_owned(),
            class: NetworkClass::Internet,
            prefectural_security_cloud: false,
            external: true,
        },
    };
    let work = NetworkWork { id, command };
    work.run(&mut unit, &directory).await.expect("a network");
    let id: SystemId = "SYS-1".parse().expect("an id");
    let command = system::Command::Register {
        id: id.clone(),
        entry: system::Entry {
            name: "予約".to_owned(),
            owner_section: "1301".parse().expect("an id"),
            network_class: NetworkClass::Internet,
            cloud: false,
            telework: false,
            personal_information: false,
            used_by: std::collections::BTreeSet::default(),
            outage_impact: None,
            discretion: None,
        },
    };
    // Straight to the aggregate: this test has no organisation to name a section of.
    let facts = system::Facts::default();
    unit.execute::<crate::store::Systems>(id.as_str(), &command, &facts)
        .await
        .expect("a system");
    allowances::keep_permit(&unit, &permit())
        .await
        .expect("a permit");
    unit.commit().await.expect("committed");
}

/// What the consumer of approvals does when the permit is revoked.
async fn revoke(store: &Store) {
    let mut unit = unit(store).await;
    allowances::drop(&unit, "PER-1").await.expect("dropped");
    let system = "SYS-1".parse().expect("an id");
    rejudge(&mut unit, &Directory::default(), &system)
        .await
        .expect("judged again");
    unit.commit().await.expect("committed");
}

async fn someone_waits(store: &Store) -> Option<()> {
    let db = store.database();
    let statement = Statement::from_string(
        db.backend().sea(),
        "SELECT 1 AS waits FROM pg_stat_activity \
         WHERE wait_event_type = 'Lock' AND query LIKE '%allowance%'",
    );
    let row = db.read().query_one_raw(statement).await.expect("an answer");
    row.map(|_| ())
}

/// SQLite has one writer, so there the two cannot meet.
#[tokio::test]
async fn a_revocation_waits_for_a_connection_decided_by_the_permit_and_judges_it_again() {
    let test = postgres_database::<Migrator>().await;
    let store = Store::new(test.database.clone(), "ledger");
    prepare(&store).await;

    let mut connecting = unit(&store).await;
    let id: kernel::ConnectionId = "C-1".parse().expect("an id");
    let command = connection::Command::Register {
        id: id.clone(),
        system: "SYS-1".parse().expect("an id"),
        network: "NW-1".parse().expect("an id"),
    };
    let work = ConnectionWork { id, command };
    work.run(&mut connecting, &Directory::default())
        .await
        .expect("the permit lets it stand");

    // Decided, not committed: the revocation comes now and must not pass it by.
    let revoking = Box::pin(revoke(&store));
    let waits = Box::pin(eventually("the revocation waits", async || {
        someone_waits(&store).await
    }));
    match select(revoking, waits).await {
        Either::Left(_) => panic!("the revocation passed an uncommitted connection by"),
        Either::Right(((), revoking)) => {
            connecting.commit().await.expect("committed");
            revoking.await;
        }
    }
    let (connection, _) = unit(&store)
        .await
        .load::<Connections>("C-1")
        .await
        .expect("the connection");
    assert_eq!(connection.forbidden, [clauses::EXTERNAL_PERMITTED]);
}
