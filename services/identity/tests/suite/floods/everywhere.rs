//! A flood of failures from everywhere, each source for itself within what is free: whoever fails is
//! slowed, and whoever does not, or is signed in, notices nothing.

use futures::future::join_all;
use proto::identity::v1 as wire;
use testkit::{Engine, refused};
use wire::factors_client::FactorsClient;

use super::proxies::{behind_a_proxy, from, sign_in};
use crate::town::{PASSWORD, Town};

/// More than a city mistypes at once.
const SOURCES: usize = 640;
const AT_ONCE: usize = 40;

/// One failure from each of them. A recovery code takes no time to judge.
async fn flood(town: &Town) {
    let factors = FactorsClient::new(town.process.anonymous());
    let sources: Vec<_> = (0..SOURCES)
        .map(|n| format!("198.18.{}.{}", n / 256, n % 256))
        .collect();
    for some in sources.chunks(AT_ONCE) {
        let tries = some.iter().map(async |source| {
            let wrong = wire::UseRecoveryCodeRequest {
                person_id: "S1".to_owned(),
                recovery_code: "AAAAA-AAAAA".to_owned(),
            };
            let answer = factors.clone().use_recovery_code(from(source, wrong)).await;
            refused(&answer.expect_err("wrong")).code
        });
        for code in join_all(tries).await {
            assert!(code.starts_with("sign_in_"), "{code}");
        }
    }
}

#[tokio::test]
async fn in_a_flood_from_everywhere_that_lasts_a_quiet_source_signs_in_at_once_and_flooders_wait() {
    let town = Town::configured(Engine::Sqlite, behind_a_proxy).await;
    let one = town.with_password("S1").await;
    town.with_password("S2").await;
    flood(&town).await;
    let flooders = ["198.18.0.1", "198.18.0.2", "198.18.0.3"];
    for seconds in [5, 10, 20] {
        for source in flooders {
            let failed = sign_in(&town, source, "S3", "wrong password").await;
            let failed = refused(&failed.expect_err("wrong"));
            assert_eq!(failed.code, "sign_in_refused", "{source}");
            let held = sign_in(&town, source, "S3", "another try").await;
            let held = refused(&held.expect_err("it waits"));
            assert_eq!(held.code, "sign_in_source_waits", "{source}");
            let wait = held.retry_after.expect("how long").as_secs();
            assert_eq!(wait, seconds, "longer each time");
        }
        // The first try is looked at, and is good.
        let quiet = sign_in(&town, &format!("192.0.2.{seconds}"), "S2", PASSWORD).await;
        quiet.expect("it has not failed");
        // Whoever is signed in, even where the flood comes from, verifies anew.
        let verify = wire::VerifyPasswordRequest {
            password: PASSWORD.to_owned(),
        };
        let mut inside = town.sign_ins(town.as_person(&one.grant));
        let verified = inside.verify_password(from(flooders[0], verify)).await;
        verified.expect("no stranger");
        town.later(i64::try_from(seconds).expect("short"));
    }
    town.process.stop().await;
}
