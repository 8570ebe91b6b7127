//! Which permits the ledger keeps.

use bus::RecordHandler as _;
use directory::Directory;
use kernel::{Actor, Context, SystemId};
use proto::{
    approvals::v1::{Permit, PermitGranted, PermitRevoked, PermitSubject},
    record::{NO_HASH, Outgoing, Record, draft, finish},
};
use store::{Store, Unit, facts::Snapshot};
use testkit::on_both;

use super::Approvals;
use crate::store::{Migrator, allowances};

fn context() -> Context {
    let now = "2026-04-01T01:00:00Z".parse().expect("an instant");
    Context::new(Actor::Service("ledger".to_owned()), now, "test")
}

fn record(event: &Outgoing) -> Record {
    let id = runtime::new_id();
    let mut bytes = draft("approvals", id, "PER", event, &context());
    finish(&mut bytes, 1, &NO_HASH);
    Record::decode(&bytes).expect("a record")
}

fn permit(id: &str, network: &str) -> Permit {
    Permit {
        permit_id: id.to_owned(),
        applicant_id: "S0001".to_owned(),
        section_id: "1101".to_owned(),
        effect: "entitlement".to_owned(),
        subject: Some(PermitSubject {
            system_id: "SYS-1".to_owned(),
            network_id: network.to_owned(),
            ..PermitSubject::default()
        }),
        starts_at: Some(proto::timestamp(context().now)),
        ..Permit::default()
    }
}

async fn kept(unit: &Unit) -> Vec<String> {
    let system: SystemId = "SYS-1".parse().expect("an id");
    let all = allowances::for_system(unit, &system).await.expect("read");
    let permits = all.permits.into_iter();
    permits.map(|permit| permit.id.to_string()).collect()
}

/// A registration of use names a system and no network. There are as many as there are users of the
/// system: kept, each would be read again with the next.
#[tokio::test]
async fn only_permits_that_connect_are_kept() {
    on_both::<Migrator, _>(async |test| {
        let directory = Snapshot::<Directory>::load(test.database.clone(), &[]).await;
        let handler = Approvals::new(directory.expect("nobody yet"));
        let store = Store::new(test.database.clone(), "ledger");
        let mut unit = store.unit(context()).await.expect("a unit");

        let connects = permit("PER-1", "NW-1");
        for permit in [connects.clone(), permit("PER-2", "")] {
            let permit = Some(permit);
            let granted = record(&Outgoing::new(&PermitGranted { permit }, []));
            let heard = handler.handle(&mut unit, &granted).await;
            heard.expect("heard");
        }
        assert_eq!(kept(&unit).await, ["PER-1"]);

        for permit in [connects, permit("PER-2", "")] {
            let permit = Some(permit);
            let revoked = record(&Outgoing::new(&PermitRevoked { permit }, []));
            let heard = handler.handle(&mut unit, &revoked).await;
            heard.expect("heard");
        }
        assert_eq!(kept(&unit).await, [""; 0]);
    })
    .await;
}
