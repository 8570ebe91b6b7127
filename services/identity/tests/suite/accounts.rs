//! Accounts and their factors.

use proto::identity::v1 as wire;
use testkit::refused;
use tonic::{Code, Request, Status, metadata::MetadataValue};

use crate::{
    journal::said,
    town::{PASSWORD, Town, in_both},
};

async fn report_lost(
    town: &Town,
    channel: rpc::client::Channel,
    person: &str,
    kind: &str,
) -> Result<wire::Account, Status> {
    let request = wire::ReportCredentialLostRequest {
        person_id: person.to_owned(),
        credential_id: town.credential(person, kind).await,
        circumstances: "left on a train".to_owned(),
    };
    let answer = town
        .accounts(channel)
        .report_credential_lost(request)
        .await?;
    Ok(answer.into_inner().account.expect("the account"))
}

fn disable(person: &str, reason: &str) -> wire::DisableAccountRequest {
    wire::DisableAccountRequest {
        person_id: person.to_owned(),
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn a_lost_generator_ends_its_sessions_at_once_and_stays_dead_4_4_4() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let head = town.with_password("M1").await;
        let plain = town.sign_in("S1", PASSWORD).await.expect("in");
        let account = report_lost(town, town.as_person(&head.grant), "S1", "totp").await;
        let account = account.expect("reported by the section's head");
        assert_eq!(account.epoch, 1);
        let raised = town
            .session(&two.grant.access_token)
            .await
            .expect_err("revoked");
        assert_eq!(refused(&raised).code, "token_revoked_by_loss");
        assert_eq!(refused(&raised).clauses, ["4-4-4"]);
        town.refresh(&two.grant.session_handle)
            .await
            .expect_err("over");
        let stale = town
            .session(&plain.access_token)
            .await
            .expect_err("an older epoch");
        assert_eq!(refused(&stale).code, "token_revoked_by_loss");
        let fresh = town
            .refresh(&plain.session_handle)
            .await
            .expect("it did not use it");
        let plain = wire::SessionGrant {
            access_token: fresh.access_token,
            ..plain
        };
        town.later(30);
        let code = town.totp(&two.totp.expect("a generator"));
        let dead = town.verify_totp(&plain, code).await.expect_err("dead");
        assert_eq!(refused(&dead).code, "sign_in_refused");
        let events = said::<wire::CredentialReportedLost>(town).await;
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].reported_by.as_str(), events[0].epoch), ("M1", 1));
    })
    .await;
}

#[tokio::test]
async fn no_race_between_a_loss_report_and_a_step_up_leaves_a_raised_session() {
    in_both(async |town| {
        for person in ["S1", "S2", "S3"] {
            let two = town.with_two_factors(person).await;
            town.later(30);
            let plain = town.sign_in(person, PASSWORD).await.expect("in");
            let code = town.totp(&two.totp.expect("a generator"));
            let (reported, raised) = tokio::join!(
                report_lost(town, town.platform(), person, "totp"),
                town.verify_totp(&plain, code)
            );
            reported.expect("reported");
            for session in town.account(person).await.sessions {
                assert_eq!(session.acr, "urn:sekisho:aal1", "{person}");
            }
            if let Ok(raised) = raised {
                town.session(&raised.access_token)
                    .await
                    .expect_err("revoked");
                town.refresh(&raised.session_handle)
                    .await
                    .expect_err("over");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_low_level_session_neither_adds_nor_removes_factors() {
    in_both(async |town| {
        town.with_two_factors("S1").await;
        let weak = town.sign_in("S1", PASSWORD).await.expect("in");
        let mut accounts = town.accounts(town.as_person(&weak));
        let adding = accounts.enrol_totp(wire::EnrolTotpRequest {}).await;
        let removing = accounts
            .remove_factor(wire::RemoveFactorRequest {
                person_id: String::new(),
                credential_id: town.credential("S1", "totp").await,
            })
            .await;
        let changing = accounts
            .change_password(wire::ChangePasswordRequest {
                password: "another long password".to_owned(),
            })
            .await;
        for status in [
            adding.map(|_| ()).expect_err("adding"),
            removing.map(|_| ()).expect_err("removing"),
            changing.map(|_| ()).expect_err("changing"),
        ] {
            let answer = refused(&status);
            assert_eq!(answer.code, "insufficient_user_authentication");
            assert_eq!(answer.status, Code::PermissionDenied);
        }
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_code_is_good_once_and_for_its_person() {
    in_both(async |town| {
        let code = town.code_for("S1").await;
        let other = town
            .enrol("S2", &code, PASSWORD)
            .await
            .expect_err("another's");
        assert_eq!(refused(&other).code, "sign_in_refused");
        let stranger = town
            .enrol("nobody", &code, PASSWORD)
            .await
            .expect_err("unknown");
        assert_eq!(refused(&stranger).code, "sign_in_refused");
        let weak = town
            .enrol("S1", &code, "sendai2026")
            .await
            .expect_err("short");
        assert_eq!(refused(&weak).code, "password_too_short");
        assert_eq!(refused(&weak).fields, ["password"]);
        let common = town
            .enrol("S1", &code, "Password20262026")
            .await
            .expect_err("common");
        assert_eq!(refused(&common).code, "password_guessable");
        town.enrol("S1", &code.to_lowercase(), PASSWORD)
            .await
            .expect("its person");
        town.enrol("S1", &code, PASSWORD)
            .await
            .expect_err("used twice");
    })
    .await;
}

#[tokio::test]
async fn authority_over_accounts_follows_the_posts() {
    in_both(async |town| {
        let head = town.with_two_factors("M1").await;
        let staff = town.with_two_factors("S3").await;
        town.with_password("S2").await;
        let mut by_staff = town.accounts(town.as_person(&staff.grant));
        let status = by_staff
            .disable_account(disable("S2", "a joke"))
            .await
            .expect_err("no");
        assert_eq!(refused(&status).code, "account_no_authority");
        let looking = wire::GetAccountRequest {
            person_id: "S2".to_owned(),
        };
        let status = by_staff.get_account(looking.clone()).await.expect_err("no");
        assert_eq!(refused(&status).code, "account_not_visible");

        let mut by_head = town.accounts(town.as_person(&head.grant));
        by_head
            .get_account(looking)
            .await
            .expect("an office of the section");
        let opening = |person: &str| wire::OpenEnrolmentRequest {
            person_id: person.to_owned(),
        };
        by_head
            .open_enrolment(opening("S2"))
            .await
            .expect("an office of the section");
        let status = by_head
            .open_enrolment(opening("S3"))
            .await
            .expect_err("another section");
        assert_eq!(refused(&status).code, "account_no_authority");
        let status = by_head
            .open_enrolment(opening("M1"))
            .await
            .expect_err("oneself");
        assert_eq!(refused(&status).code, "account_not_for_oneself");
    })
    .await;
}

#[tokio::test]
async fn one_card_belongs_to_one_person_4_4_1() {
    in_both(async |town| {
        let card = |person: &str, serial: &str| wire::RegisterIdCardRequest {
            person_id: person.to_owned(),
            serial: serial.to_owned(),
            certificate_serial: String::new(),
            certificate_issuer: String::new(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts
            .register_id_card(card("S1", "0001"))
            .await
            .expect("registered");
        accounts
            .register_id_card(card("S1", "0001"))
            .await
            .expect("a repeat");
        let taken = accounts
            .register_id_card(card("S2", "0001"))
            .await
            .expect_err("taken");
        let answer = refused(&taken);
        assert_eq!(answer.code, "card_of_another_person");
        assert_eq!(answer.clauses, ["4-4-1"]);
        let mut again = town.accounts(town.platform());
        let both = tokio::join!(
            accounts.register_id_card(card("S2", "0002")),
            again.register_id_card(card("S3", "0002"))
        );
        assert_ne!(both.0.is_ok(), both.1.is_ok(), "one of two at once");
        report_lost(town, town.platform(), "S1", "ic_card")
            .await
            .expect("lost");
        let back = accounts
            .register_id_card(card("S1", "0001"))
            .await
            .expect_err("dead");
        assert_eq!(refused(&back).code, "factor_reported_lost");
    })
    .await;
}

#[tokio::test]
async fn the_same_request_under_the_same_key_is_done_once() {
    in_both(async |town| {
        town.with_password("S1").await;
        let keyed = |reason: &str| {
            let mut request = Request::new(disable("S1", reason));
            let key = MetadataValue::from_static("k-1");
            request.metadata_mut().insert("idempotency-key", key);
            request
        };
        let mut accounts = town.accounts(town.platform());
        let first = accounts
            .disable_account(keyed("left"))
            .await
            .expect("disabled");
        let enable = wire::EnableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "came back".to_owned(),
        };
        accounts.enable_account(enable).await.expect("enabled");
        let again = accounts
            .disable_account(keyed("left"))
            .await
            .expect("the first answer");
        assert_eq!(first.into_inner(), again.into_inner());
        assert_eq!(town.account("S1").await.state(), wire::AccountState::Active);
        let other = accounts
            .disable_account(keyed("other"))
            .await
            .expect_err("reused");
        assert_eq!(refused(&other).code, "idempotency_key_reused");
    })
    .await;
}

#[tokio::test]
async fn all_fields_at_fault_are_named() {
    in_both(async |town| {
        let mut accounts = town.accounts(town.platform());
        let status = accounts
            .disable_account(disable("", ""))
            .await
            .expect_err("invalid");
        assert_eq!(refused(&status).fields, ["person_id", "reason"]);
        let long = "x".repeat(2_001);
        let status = accounts
            .disable_account(disable("S1", &long))
            .await
            .expect_err("long");
        assert_eq!(refused(&status).fields, ["reason"]);
        let status = accounts
            .disable_account(disable("S1", "left"))
            .await
            .expect_err("none");
        assert_eq!(refused(&status).code, "account_unknown");
        assert_eq!(refused(&status).clauses, ["7-2-(9)-1"]);
    })
    .await;
}

// Limits as the contract states them.
#[tokio::test]
async fn what_is_too_long_is_refused_by_the_name_of_its_field() {
    let long = |chars: usize| "x".repeat(chars);
    in_both(async |town| {
        let one = town.with_two_factors("S1").await;
        let mut accounts = town.accounts(town.as_person(&one.grant));
        let mut sign_ins = town.sign_ins(town.as_person(&one.grant));
        let person_id = "S1".to_owned();
        let bootstrap = wire::BootstrapRequest {
            secret: long(101),
            person_id: person_id.clone(),
        };
        let enrol = wire::EnrolRequest {
            person_id: person_id.clone(),
            code: long(101),
            password: long(1_025),
        };
        let card = wire::RegisterIdCardRequest {
            person_id: person_id.clone(),
            serial: long(65),
            certificate_serial: String::new(),
            certificate_issuer: String::new(),
        };
        let removal = wire::RemoveFactorRequest {
            person_id: person_id.clone(),
            credential_id: long(65),
        };
        let loss = wire::ReportCredentialLostRequest {
            person_id: person_id.clone(),
            credential_id: long(65),
            circumstances: long(2_001),
        };
        let revocation = wire::RevokeSessionsRequest {
            person_id,
            session_id: long(65),
            reason: long(2_001),
        };
        let change = wire::ChangePasswordRequest {
            password: long(1_025),
        };
        let confirm = wire::ConfirmTotpRequest { code: long(21) };
        let verify = wire::VerifyTotpRequest { code: long(21) };
        let before = said::<wire::SignInRefused>(town).await;
        for (answer, fields) in [
            (accounts.bootstrap(bootstrap).await.err(), &["secret"][..]),
            (accounts.enrol(enrol).await.err(), &["code", "password"]),
            (accounts.register_id_card(card).await.err(), &["serial"]),
            (
                accounts.remove_factor(removal).await.err(),
                &["credential_id"],
            ),
            (
                accounts.report_credential_lost(loss).await.err(),
                &["credential_id", "circumstances"],
            ),
            (
                accounts.revoke_sessions(revocation).await.err(),
                &["session_id", "reason"],
            ),
            (accounts.change_password(change).await.err(), &["password"]),
            (accounts.confirm_totp(confirm).await.err(), &["code"]),
            (sign_ins.verify_totp(verify).await.err(), &["code"]),
        ] {
            let answer = refused(&answer.expect("too long"));
            assert_eq!(answer.status, Code::InvalidArgument, "{fields:?}");
            assert_eq!(answer.fields, fields);
        }
        assert_eq!(said::<wire::SignInRefused>(town).await, before, "no trace");
    })
    .await;
}

#[tokio::test]
async fn an_account_is_shown_to_the_platform_only_if_there_is_such_a_person() {
    in_both(async |town| {
        assert_eq!(town.account("S1").await.state(), wire::AccountState::Absent);
        let request = wire::GetAccountRequest {
            person_id: "nobody".to_owned(),
        };
        let status = town.accounts(town.platform()).get_account(request).await;
        assert_eq!(
            refused(&status.expect_err("unknown")).code,
            "person_unknown"
        );
    })
    .await;
}
