//! What a copy of the database gives away, and what it takes to go on with it.

use std::sync::Arc;

use kernel::ManualClock;
use runtime::{Config, Runtime};
use sea_orm::{ConnectionTrait as _, Statement};
use shell::{Platform, StartError};
use testkit::Engine;

use crate::{
    journal::open,
    town::{Town, in_both},
};

#[tokio::test]
async fn a_copy_of_the_database_has_no_generators_secret() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let secret = two.totp.as_ref().expect("a generator");
        let database = open(town).await;
        let mut seen = Vec::new();
        for (sql, column) in [
            ("SELECT state AS text FROM account", "text"),
            ("SELECT state AS text FROM idempotency", "text"),
            ("SELECT body AS text FROM fact", "text"),
        ] {
            let statement = Statement::from_string(database.backend().sea(), sql);
            let rows = database.read().query_all_raw(statement).await;
            for row in rows.expect("a table") {
                let text: Option<String> = row.try_get("", column).expect("text");
                seen.extend(text);
            }
        }
        let records = database.records(1, 100_000).await.expect("records");
        seen.extend(
            records
                .iter()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        );
        database.close().await.expect("closed");
        let holding = |part: &str| seen.iter().filter(|text| text.contains(part)).count();
        assert_eq!(holding("last_step"), 1, "the account has a generator");
        assert_eq!(holding(secret), 0);

        // And yet it is verified.
        town.later(30);
        let code = town.totp(secret);
        town.verify_totp(&two.grant, code).await.expect("verified");
    })
    .await;
}

#[tokio::test]
async fn without_the_sealing_key_identity_does_not_start_and_says_which_it_lacks() {
    let town = Town::start(Engine::Postgres).await;
    let first = Arc::clone(&town.process.runtime().config);
    let keys = first.identity.sealing_key_path(&first.data_dir);

    let without = tempfile::tempdir().expect("a directory");
    let started = replica(&town, without.path()).await;
    let error = started.expect_err("no key").to_string();
    let there = without.path().join("identity-sealing.key");
    assert!(error.contains("is missing"), "{error}");
    assert!(error.contains(&there.display().to_string()), "{error}");
    assert!(
        !there.exists(),
        "no key is made in the place of the lost one"
    );

    let other = Town::empty(Engine::Sqlite).await;
    let config = &other.process.runtime().config;
    let foreign = config.identity.sealing_key_path(&config.data_dir);
    std::fs::copy(foreign, &there).expect("copied");
    let started = replica(&town, without.path()).await;
    let error = started.expect_err("another's key").to_string();
    assert!(error.contains("does not hold key"), "{error}");

    std::fs::copy(keys, &there).expect("copied");
    let replica = replica(&town, without.path()).await;
    replica.expect("the same key").tasks.stop().await;
    other.process.stop().await;
    town.process.stop().await;
}

/// Another process of the same identity, with a data directory of its own.
async fn replica(town: &Town, data_dir: &std::path::Path) -> Result<Runtime, StartError> {
    let mut config = Config::clone(&town.process.runtime().config);
    config.data_dir = data_dir.to_owned();
    let pack = Arc::clone(&town.process.runtime().pack);
    let clock = ManualClock::new(town.now());
    let runtime = Runtime::with(config, Arc::unwrap_or_clone(pack), Arc::new(clock));
    let platform = Platform::open(runtime.clone()).await?;
    match identity::start(&platform).await {
        Ok(_) => Ok(runtime),
        Err(error) => {
            runtime.tasks.stop().await;
            Err(error)
        }
    }
}
