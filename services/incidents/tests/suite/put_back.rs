//! Audit's database is replaced by an older copy of itself, while nobody else's is.

use proto::audit::v1::LogCheckFailed;
use sea_orm::ConnectionTrait as _;
use standard::ServiceName::Audit;
use store::Store;
use testkit::{eventually, measured};

use super::{
    city::{City, acknowledge, on_both},
    machine::by_machine,
};

/// Audit says something that opens an incident of its own.
async fn say(city: &City, size: u64) {
    let finding = "other_root".to_owned();
    let failed = LogCheckFailed { finding, size };
    city.say(Audit, "log", "log", &failed).await;
}

async fn incidents(city: &City, count: usize) {
    eventually(&format!("{count} incidents"), async || {
        (by_machine(city).await.len() == count).then_some(())
    })
    .await;
}

/// The journal as it was after its first record.
async fn put_back_to_the_first(store: &Store, hash: &[u8]) {
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = format!(
        "DELETE FROM journal WHERE position > 1;
         UPDATE head SET position = 1, published = 1, hash = x'{hash}'"
    );
    let database = store.database().migrations();
    let done = database.execute_unprepared(&sql).await;
    done.expect("an older journal");
}

/// Its log and its journal are in one copy, and agree. So audit finds nothing, and whoever heard more
/// of it does.
#[tokio::test(flavor = "multi_thread")]
async fn audit_put_back_alone_opens_one_incident_that_goes_to_the_top_of_the_city() {
    on_both(async |city| {
        let audit = city.process.neighbours.store(Audit);
        say(city, 100).await;
        incidents(city, 1).await;
        let head = audit.database().head().await.expect("the head");
        assert_eq!(head.position, 1);
        say(city, 200).await;
        incidents(city, 2).await;

        put_back_to_the_first(audit, &head.hash).await;
        let id = "audit-after-2";
        let found = eventually("the incident", async || city.look(id).await.ok()).await;
        assert!(found.title.contains("監査"), "{}", found.title);
        let said = &found.description;
        assert!(said.contains("head_went_back"), "{said}");
        let answer = city.client("bm").acknowledge_report(acknowledge(id)).await;
        answer.expect_err("no bureau's business");
        let told = city
            .client("ciso")
            .acknowledge_report(acknowledge(id))
            .await;
        told.expect("told");

        // It goes on with another story, beyond what was handled: the same matter.
        let labels = ["consumer=\"incidents\"", "source=\"audit\""];
        let found = || measured("sekisho_consumer_diverged_total", &labels);
        let before = found();
        say(city, 300).await;
        say(city, 400).await;
        eventually("the other story", async || (found() > before).then_some(())).await;
        incidents(city, 3).await;
    })
    .await;
}
