//! Attacks on signing in, each by its number in the design. Those on passkeys are with the passkeys.

use std::time::{Duration, Instant};

use proto::identity::v1 as wire;
use standard::ServiceName;
use testkit::{Engine, TestProcess, refused};
use tonic::{Code, Status};

use crate::{
    authenticator::Authenticator,
    journal::said,
    passkeys::{enrol, inside, sign_in},
    recovery::{codes_of, recover, totp_with},
    town::{ORGANISATION, PASSWORD, STAFF, Town, in_both, start},
};

fn code<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    refused(&answer.expect_err("refused")).code
}

#[tokio::test]
async fn attack_7_a_one_time_password_is_not_guessed_nor_used_twice() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let secret = two.totp.expect("a generator");
        town.later(30);
        let used = town.totp(&secret);
        town.verify_totp(&two.grant, used.clone())
            .await
            .expect("right");
        let again = town.verify_totp(&two.grant, used).await;
        assert_eq!(code(again), "totp_code_used");
        // Four more: with the one used twice, five in all.
        for _ in 0..4 {
            let wrong = town.verify_totp(&two.grant, "000000".to_owned()).await;
            assert_eq!(code(wrong), "sign_in_refused");
        }
        town.later(29);
        let next = town.totp(&secret);
        let held = town.verify_totp(&two.grant, next.clone()).await;
        assert_eq!(code(held), "sign_in_refused", "not looked at");
        let fresh = town.sign_in("S1", PASSWORD).await.expect("in");
        let held = town.verify_totp(&fresh, next).await;
        assert_eq!(
            code(held),
            "sign_in_refused",
            "another session has no more tries"
        );
        let codes = said::<wire::SignInRefused>(town).await;
        assert_eq!(codes.last().map(|one| one.code.as_str()), Some("waiting"));
        town.later(30);
        let right = town.totp(&secret);
        town.verify_totp(&fresh, right)
            .await
            .expect("never for good");
    })
    .await;
}

#[tokio::test]
async fn attack_12_a_low_level_session_or_a_recovery_code_changes_no_factor() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let codes = codes_of(town, &two).await;
        let weak = town.sign_in("S1", PASSWORD).await.expect("in");
        let step_up = "insufficient_user_authentication";
        let passkey = enrol(town, &weak, &mut Authenticator::new(1)).await;
        assert_eq!(code(passkey), step_up);
        let more = inside(town, &weak)
            .make_recovery_codes(wire::MakeRecoveryCodesRequest {})
            .await;
        assert_eq!(code(more), step_up);

        // A recovery code is no second factor.
        let as_totp = town.verify_totp(&weak, codes[0][..19].to_owned()).await;
        assert_eq!(code(as_totp), "sign_in_refused");
        let as_password = town.sign_in("S1", &codes[0]).await;
        assert_eq!(code(as_password), "sign_in_refused");
        assert_eq!(
            code(recover(town, "S2", &codes[0]).await),
            "sign_in_refused"
        );
        let opened = recover(town, "S1", &codes[0]).await.expect("opened");
        assert_eq!(
            code(recover(town, "S1", &codes[0]).await),
            "sign_in_refused"
        );
        let session = town.session(&weak.access_token).await.expect("live");
        assert_eq!(session.acr, "urn:sekisho:aal1");
        let as_handle = town.refresh(&opened).await;
        assert_eq!(
            code(as_handle),
            "session_handle_over",
            "no session behind it"
        );
        let as_token = town.session(&opened).await.expect_err("no token");
        assert_eq!(as_token.code(), Code::Unauthenticated);

        // What it opened is good once, and for a quarter of an hour.
        totp_with(town, "S1", &opened).await.expect("enrolled");
        assert_eq!(
            code(totp_with(town, "S1", &opened).await),
            "sign_in_refused"
        );
        let late = recover(town, "S1", &codes[1]).await.expect("opened");
        town.later(15 * 60);
        assert_eq!(code(totp_with(town, "S1", &late).await), "sign_in_refused");

        // Reporting the second factor lost does not make the password enough for a new one.
        let weak = town.sign_in("S1", PASSWORD).await.expect("in");
        let report = wire::ReportCredentialLostRequest {
            person_id: String::new(),
            credential_id: town.credential("S1", "totp").await,
            circumstances: "so they say".to_owned(),
        };
        let mut accounts = town.accounts(town.as_person(&weak));
        accounts
            .report_credential_lost(report)
            .await
            .expect("reported");
        let fresh = town.sign_in("S1", PASSWORD).await.expect("in");
        let mut accounts = town.accounts(town.as_person(&fresh));
        let offered = accounts.enrol_totp(wire::EnrolTotpRequest {}).await;
        assert_eq!(code(offered), step_up);
    })
    .await;
}

#[tokio::test]
async fn attack_15_unknown_disabled_and_locked_accounts_look_alike_at_every_door() {
    in_both(async |town| {
        for person in ["S1", "S2"] {
            town.with_password(person).await;
        }
        let disable = wire::DisableAccountRequest {
            person_id: "S2".to_owned(),
            reason: "left".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts.disable_account(disable).await.expect("disabled");
        for _ in 0..5 {
            town.sign_in("S1", "wrong").await.expect_err("wrong");
        }
        // S1 is locked, S2 disabled, S3 without factors; of the last nobody has heard.
        let people = ["S1", "S2", "S3", "nobody"];
        let mut doors: Vec<Vec<String>> = Vec::new();
        for person in people {
            let mut seen = Vec::new();
            for refusal in tries(town, person).await {
                let answer = refused(&refusal);
                seen.push(format!(
                    "{:?} {answer:?} {}",
                    refusal.code(),
                    refusal.message()
                ));
            }
            doors.push(seen);
        }
        for (person, seen) in people.iter().zip(&doors) {
            assert_eq!(seen, &doors[0], "{person}");
            assert!(
                seen.iter().all(|one| one.contains("sign_in_refused")),
                "{seen:?}"
            );
        }
    })
    .await;
}

/// What somebody finds out of a person without any secret of theirs.
async fn tries(town: &Town, person: &str) -> Vec<Status> {
    let guess = "0000-0000-0000-0000-0000";
    vec![
        town.sign_in(person, PASSWORD).await.expect_err("refused"),
        town.enrol(person, guess, PASSWORD)
            .await
            .expect_err("refused"),
        recover(town, person, guess).await.expect_err("refused"),
        totp_with(town, person, guess).await.expect_err("refused"),
        begin_with_code(town, person, guess)
            .await
            .expect_err("refused"),
    ]
}

async fn begin_with_code(town: &Town, person: &str, code: &str) -> Result<(), Status> {
    let begin = wire::BeginPasskeyEnrolmentWithCodeRequest {
        person_id: person.to_owned(),
        code: code.to_owned(),
    };
    let mut factors = crate::passkeys::as_anybody(town);
    factors
        .begin_passkey_enrolment_with_code(begin)
        .await
        .map(|_| ())
}

// With hashing as slow as in life, all else is small beside it.
#[tokio::test]
async fn attack_15_an_unknown_account_takes_as_long_as_a_known_one() {
    let cost = runtime::config::PasswordHashing::default();
    let process = TestProcess::start_configured(
        Engine::Sqlite,
        &[(ServiceName::Identity, start)],
        |config| config.identity.password_hashing = cost,
    )
    .await;
    let town = Town { process };
    town.import(wire::TableKind::Organisation, ORGANISATION)
        .await;
    town.import(wire::TableKind::Staff, STAFF).await;
    town.with_password("S1").await;
    let people = ["S1", "S3", "nobody"];
    let mut fastest = [Duration::MAX; 3];
    for _ in 0..3 {
        for (person, fastest) in people.iter().zip(&mut fastest) {
            let start = Instant::now();
            let tried = town.sign_in(person, "wrong password").await;
            tried.expect_err("refused");
            *fastest = start.elapsed().min(*fastest);
        }
    }
    for took in fastest {
        assert!(took * 2 > fastest[0], "{people:?}: {fastest:?}");
    }
    town.process.stop().await;
}

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
