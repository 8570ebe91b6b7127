//! Attacks on signing in, each by its number in the design. Those on passkeys are with the passkeys.

#[path = "attacks/enumeration.rs"]
mod enumeration;
#[path = "attacks/hashing.rs"]
mod hashing;
#[path = "attacks/managers.rs"]
mod managers;
#[path = "attacks/short_passwords.rs"]
mod short_passwords;
#[path = "attacks/shown.rs"]
mod shown;

use proto::identity::v1 as wire;
use testkit::Authenticator;
use tonic::Code;

use crate::{
    journal::said,
    passkeys::{enrol, inside},
    recovery::{codes_of, recover, totp_with},
    refusals::code,
    town::{PASSWORD, in_both},
};

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
async fn attack_13_a_recovery_code_opens_no_account_that_waits_and_a_wrong_one_makes_it_wait() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let codes = codes_of(town, &two).await;
        let why = async || {
            let told = said::<wire::SignInRefused>(town).await;
            told.last().map(|one| one.code.clone())
        };
        for _ in 0..5 {
            let wrong = town.sign_in("S1", "wrong").await;
            assert_eq!(code(wrong), "sign_in_refused");
        }
        let early = recover(town, "S1", &codes[0]).await;
        assert_eq!(code(early), "sign_in_refused");
        assert_eq!(why().await.as_deref(), Some("waiting"));
        town.later(30);
        let opened = recover(town, "S1", &codes[0]).await;
        opened.expect("the wait is over, and the code was not used up");

        for _ in 0..5 {
            let wrong = recover(town, "S1", "0000-0000-0000-0000-0000").await;
            assert_eq!(code(wrong), "sign_in_refused");
        }
        assert_eq!(why().await.as_deref(), Some("wrong_recovery_code"));
        let held = recover(town, "S1", &codes[1]).await;
        assert_eq!(code(held), "sign_in_refused");
        assert_eq!(why().await.as_deref(), Some("waiting"));
        let password = town.sign_in("S1", PASSWORD).await;
        password.expect("its own failures are over, and codes are not passwords");
        town.later(30);
        let opened = recover(town, "S1", &codes[1]).await;
        opened.expect("never for good");
    })
    .await;
}
