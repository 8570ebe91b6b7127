//! The client crate against the real decisions.

use std::sync::Arc;

use auth::{Issuer, Revocations, SigningKey, Verifier};
use pep::{Access, Checkpoint, Stopped};
use standard::ServiceName;
use testkit::{Engine, TestProcess, eventually};

use super::{process::start, rig::system};

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_lets_through_whom_identity_lets_in_and_nobody_when_it_is_gone() {
    let process = TestProcess::start(Engine::Sqlite, &[(ServiceName::Identity, start)]).await;
    process
        .neighbours
        .say(ServiceName::Ledger, "system", "SYS-1", &system(|_| ()), &[])
        .await;
    let config = &process.runtime().config;
    let key = SigningKey::load_or_create(&config.identity.signing_key_path(&config.data_dir));
    let key = key.expect("identity's key");
    let verifier = Verifier::new(
        Arc::new(process.clock.clone()),
        vec![Issuer::people(
            config.identity.issuer.as_str(),
            key.key_set(),
        )],
        Revocations::default(),
    );
    let checkpoint = Checkpoint::new(verifier, process.workload("office"));
    let token = process.person_token("S0001", "tax", &[]);
    let using = Access::to_use("SYS-1".parse().expect("an id"));
    let passed = eventually("passed", async || {
        checkpoint.pass(&token, &using).await.ok()
    })
    .await;
    assert!(!passed.answer.decision_id.is_empty());

    let administer = Access::of(using.system.clone(), pep::AccessAction::Administer);
    let stopped = checkpoint.pass(&token, &administer).await;
    let stopped = stopped.expect_err("no privileged grant");
    let codes: Vec<_> = stopped.reasons().into_iter().map(|one| one.code).collect();
    assert_eq!(codes, ["privilege_missing"]);
    assert!(stopped.challenge().is_none());

    let stranger = process.person_token("S0002", "tax", &[]);
    let stopped = checkpoint.pass(&stranger, &using).await;
    let stopped = stopped.expect_err("not registered");
    assert!(matches!(stopped, Stopped::Denied(_)), "{stopped:?}");

    process.stop().await;
    let stopped = checkpoint.pass(&token, &using).await;
    assert!(matches!(stopped, Err(Stopped::Away)), "{stopped:?}");
}
