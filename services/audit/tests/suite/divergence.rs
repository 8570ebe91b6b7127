//! A source restored from an old backup, end to end: noticed, held off, and taken in again.

use proto::audit::v1::{ListSourcesRequest, Source, SourceState};
use sea_orm::ConnectionTrait as _;
use standard::ServiceName;
use testkit::{eventually, measured};

use crate::city::{City, on_both};

/// Puts the ledger's journal back to where it was at a position.
async fn roll_back(city: &City, to: u64) {
    let database = city
        .process
        .neighbours
        .store(ServiceName::Ledger)
        .database();
    for sql in [
        format!("DELETE FROM journal WHERE position > {to} OR position IS NULL"),
        format!(
            "UPDATE head SET position = {to}, published = {to}, hash = (SELECT hash FROM kept)"
        ),
    ] {
        database
            .migrations()
            .execute_unprepared(&sql)
            .await
            .unwrap();
    }
}

async fn keep_head(city: &City) {
    let database = city
        .process
        .neighbours
        .store(ServiceName::Ledger)
        .database();
    let sql = "CREATE TABLE kept AS SELECT hash FROM head";
    database.migrations().execute_unprepared(sql).await.unwrap();
}

async fn ledger(city: &City, what: &str, wanted: impl Fn(&Source) -> bool) -> Source {
    eventually(what, async || {
        let answer = city.auditor().list_sources(ListSourcesRequest {}).await;
        let sources = answer.unwrap().into_inner().sources;
        sources
            .into_iter()
            .find(|source| source.source == "ledger" && wanted(source))
    })
    .await
}

#[tokio::test]
async fn a_source_restored_from_an_old_backup_is_raised_and_never_merged() {
    on_both(async |city| {
        city.retire(0..2).await;
        city.records("ledger", 2).await;
        keep_head(city).await;
        city.retire(2..5).await;
        let before = city.records("ledger", 5).await;

        roll_back(city, 2).await;
        let source = ledger(city, "the head gone back", |s| {
            s.state() == SourceState::Diverged
        })
        .await;
        assert_eq!(source.finding, "head_went_back");

        city.retire(100..107).await;
        let source = ledger(city, "the other story aside", |s| s.kept_aside >= 7).await;
        assert_eq!((source.state(), source.logged), (SourceState::Diverged, 5));
        let ledger = ["source=\"ledger\""];
        assert!(measured("sekisho_audit_records_kept_aside_total", &ledger) >= 7.0);
        let found = ["source=\"ledger\"", "finding=\"head_went_back\""];
        assert!(measured("sekisho_audit_source_findings_total", &found) > 0.0);
        assert_eq!(
            city.records("ledger", 5).await,
            before,
            "the log is as it was"
        );
        let raised = city.records("audit", 2).await;
        for event in &raised {
            assert_eq!(event.r#type, "sekisho.audit.v1.SourceDiverged");
            assert_eq!(event.clauses, ["7-1-(4)-3"]);
        }
    })
    .await;
}
