//! Recovery codes, and enrolling with a one-time code.

use proto::identity::v1 as wire;
use testkit::{measured, refused};
use tonic::Status;

use crate::{
    journal::said,
    passkeys::{as_anybody, inside},
    town::{PASSWORD, Person, Town, in_both},
};

pub(crate) async fn codes_of(town: &Town, person: &Person) -> Vec<String> {
    let made = inside(town, &person.grant)
        .make_recovery_codes(wire::MakeRecoveryCodesRequest {})
        .await;
    made.expect("made").into_inner().codes
}

pub(crate) async fn recover(town: &Town, person: &str, code: &str) -> Result<String, Status> {
    let used = wire::UseRecoveryCodeRequest {
        person_id: person.to_owned(),
        recovery_code: code.to_owned(),
    };
    let opened = as_anybody(town).use_recovery_code(used).await?;
    Ok(opened.into_inner().code)
}

/// A generator enrolled with a one-time code.
pub(crate) async fn totp_with(town: &Town, person: &str, code: &str) -> Result<String, Status> {
    let mut factors = as_anybody(town);
    let offer = wire::EnrolTotpWithCodeRequest {
        person_id: person.to_owned(),
        code: code.to_owned(),
    };
    let secret = factors
        .enrol_totp_with_code(offer)
        .await?
        .into_inner()
        .secret;
    let confirm = wire::ConfirmTotpWithCodeRequest {
        person_id: person.to_owned(),
        code: code.to_owned(),
        totp: town.totp(&secret),
    };
    factors.confirm_totp_with_code(confirm).await?;
    Ok(secret)
}

#[tokio::test]
async fn who_lost_the_generator_enrols_another_with_a_recovery_code() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let codes = codes_of(town, &two).await;
        assert_eq!(codes.len(), 10);
        // Typed from paper.
        let typed = codes[3].to_lowercase().replace('-', " ");
        let code = recover(town, "S1", &typed).await.expect("opened");
        town.session(&two.grant.access_token)
            .await
            .expect("not ended by that");
        let secret = totp_with(town, "S1", &code).await.expect("enrolled");
        town.session(&two.grant.access_token)
            .await
            .expect_err("ended by this");
        let grant = town.sign_in("S1", PASSWORD).await.expect("in");
        town.later(30);
        let raised = town.verify_totp(&grant, town.totp(&secret)).await;
        let raised = raised.expect("raised").session.expect("a session");
        assert_eq!(raised.acr, "urn:sekisho:aal2");

        let used = said::<wire::RecoveryCodeUsed>(town).await;
        let told: Vec<_> = used
            .iter()
            .map(|one| (one.person_id.as_str(), one.left))
            .collect();
        assert_eq!(told, [("S1", 9)], "for somebody to look at");
        assert!(measured("sekisho_identity_recovery_codes_used_total", &[]) > 0.0);
        let factors = town.account("S1").await.factors;
        let left = factors.iter().find(|one| one.kind == "recovery_code");
        assert_eq!(left.map(|one| one.codes_left), Some(9));
    })
    .await;
}

#[tokio::test]
async fn a_generator_is_replaced_with_a_code_from_the_desk() {
    in_both(async |town| {
        town.with_two_factors("S1").await;
        let code = town.code_for("S1").await;
        totp_with(town, "S1", &code).await.expect("enrolled");
        let again = totp_with(town, "S1", &code).await.expect_err("spent");
        assert_eq!(refused(&again).code, "sign_in_refused");
        let nobody = totp_with(town, "nobody", &code).await.expect_err("nobody");
        assert_eq!(refused(&nobody).code, "sign_in_refused");
    })
    .await;
}
