//! Attack 20: hashing a password is slow on purpose, and nobody makes the platform slow with it.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use runtime::config::PasswordHashing;
use testkit::{Authenticator, Engine, refused};
use tokio::sync::watch;
use tonic::Code;

use super::code;
use crate::{
    passkeys::{enrol, sign_in},
    town::{PASSWORD, Town, in_both},
};

#[tokio::test]
async fn attack_20_long_passwords_and_a_flood_are_turned_away_and_the_right_one_gets_in() {
    in_both(async |town| {
        town.with_password("S1").await;
        let long = town.sign_in("S1", &"x".repeat(4096)).await;
        assert_eq!(refused(&long.expect_err("too long")).fields, ["password"]);

        // One source fails as often as it is let; what is beyond that is not hashed.
        let mut codes = std::collections::BTreeMap::<String, u32>::new();
        for n in 0..40 {
            let person = format!("X{n}");
            let answer = town.sign_in(&person, "wrong password").await;
            *codes.entry(code(answer)).or_default() += 1;
        }
        let told: Vec<_> = codes.keys().map(String::as_str).collect();
        assert_eq!(
            told,
            ["sign_in_refused", "sign_in_source_waits"],
            "{codes:?}"
        );
        let held = town
            .sign_in("S1", PASSWORD)
            .await
            .expect_err("its network waits");
        let held = refused(&held);
        assert_eq!(held.status, Code::ResourceExhausted);
        let wait = held.retry_after.expect("how long");
        town.later(i64::try_from(wait.as_secs()).expect("short") + 1);
        town.sign_in("S1", PASSWORD).await.expect("never for good");

        // A passkey needs no hash, and waits no less.
        let grant = town.sign_in("S1", PASSWORD).await.expect("in");
        let mut passkey = Authenticator::new(1);
        enrol(town, &grant, &mut passkey).await.expect("enrolled");
        sign_in(town, &mut passkey).await.expect("in");
    })
    .await;
}

// One is computed at a time, and eight may wait: beyond that nothing is begun.
#[tokio::test]
async fn attack_20_a_flood_beyond_the_hashing_limit_is_told_to_come_back_and_keeps_nobody_else_waiting()
 {
    let town = Town::configured(Engine::Sqlite, |config| {
        config.identity.password_hashing = PasswordHashing {
            max_concurrent: 1,
            // As slow as in life.
            ..PasswordHashing::default()
        };
    })
    .await;
    let one = town.with_password("S1").await;
    let (hashed, (full, mut is_full)) = (AtomicUsize::new(0), watch::channel(false));
    let flood = join_all((0..25).map(async |n: u32| {
        let answer = town.sign_in(&format!("X{n}"), PASSWORD).await;
        let refusal = refused(&answer.expect_err("nobody's"));
        if refusal.code == "sign_in_refused" {
            hashed.fetch_add(1, Ordering::Relaxed);
        } else {
            full.send_replace(true);
        }
        refusal
    }));
    let others = async {
        is_full.wait_for(|full| *full).await.expect("it gets full");
        for _ in 0..20 {
            town.session(&one.grant.access_token).await.expect("served");
        }
        hashed.load(Ordering::Relaxed)
    };
    let (answers, hashed_meanwhile) = tokio::join!(flood, others);
    let hashed = hashed.into_inner();
    assert!((9..25).contains(&hashed), "{hashed}");
    assert!(
        hashed_meanwhile < hashed,
        "twenty others were served while {hashed_meanwhile} of {hashed} were hashed"
    );
    for refusal in answers {
        if refusal.code != "sign_in_refused" {
            assert_eq!(refusal.code, "sign_in_overloaded");
            assert_eq!(refusal.status, Code::ResourceExhausted);
            refusal.retry_after.expect("when to come back");
        }
    }
    town.sign_in("S1", PASSWORD).await.expect("room again");
    town.process.stop().await;
}
