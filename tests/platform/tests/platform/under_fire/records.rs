//! Records that no listener can make anything of.

use kernel::{Actor, Clock as _, Context};
use proto::record::{self, Outgoing};
use runtime::SystemClock;
use standard::ServiceName;

use super::{ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::{checker::Rule, harness::Platform};

/// Drafts of records: bytes without a meaning, an unknown kind of event, one that no broker takes.
fn drafts() -> [(&'static str, Vec<u8>); 3] {
    let event = |kind: &str, data| {
        let (actor, now) = (Actor::Service("ledger".to_owned()), SystemClock.now());
        let context = Context::new(actor, now, "poison".to_owned());
        let outgoing = Outgoing {
            kind: kind.to_owned(),
            data,
            clauses: Vec::new(),
        };
        record::draft("ledger", runtime::new_id(), "poison", &outgoing, &context)
    };
    [
        ("garbage", vec![0xff; 40]),
        (
            "unknown",
            event("sekisho.ledger.v9.NothingKnown", vec![0xff; 40]),
        ),
        (
            "oversize",
            event("sekisho.ledger.v1.SystemRegistered", vec![0xff; 2 << 20]),
        ),
    ]
}

/// They are put into a journal behind the service's back. Everything else goes on; who cannot read
/// them puts them aside and says so.
pub(super) async fn poison(wishes: &Wishes, sqlite: bool) -> Row {
    let platform = match sqlite {
        true => Platform::embedded(&["--empty"]).await,
        false => Platform::cluster(None).await,
    };
    let mut ordeal = Ordeal::begin(platform, wishes).await;
    ordeal.writers.progress(100).await;
    let ledger = ordeal.platform.databases.open(ServiceName::Ledger).await;
    for (name, bytes) in drafts() {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let bytes = match sqlite {
            true => format!("x'{hex}'"),
            false => format!("'\\x{hex}'"),
        };
        let insert = format!(
            "INSERT INTO journal (record_id, aggregate, subject, kind, record) \
             VALUES ('{name}', 'information', '{name}', 'test.Poison', {bytes}) RETURNING id"
        );
        ordeal.disturb();
        ledger.rows(&insert).await;
        ordeal.writers.progress(100).await;
        ordeal.drain().await;
    }
    for listener in ["identity", "approvals", "incidents"] {
        let service: ServiceName = listener.parse().expect("a service");
        let alarm = format!(
            "sekisho_consumer_quarantined_total{{consumer=\"{listener}\",source=\"ledger\"}}"
        );
        let told = ordeal.platform.metric(service, &alarm).await;
        assert!(told.is_some_and(|count| count >= 1.0), "{alarm}: {told:?}");
    }
    // That they were put aside is what is wanted, and that garbage says no place of its own.
    ordeal
        .end_but(|finding| match finding.rule {
            Rule::Aside => finding.place.contains("in quarantine"),
            Rule::Chain => {
                finding.place.starts_with("ledger: Err(") || finding.place.ends_with("of its own")
            }
            _ => false,
        })
        .await
}
