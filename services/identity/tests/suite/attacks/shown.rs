//! Attack 1 by whoever is shown a token: an application that was broken into.

use pep::{Access, Passed, Stopped};
use proto::identity::v1 as wire;
use tonic::Status;

use crate::{
    grants::{granted, permit},
    oauth::{error, tokens},
    pages::step_up::checkpoint,
    refusals::code,
    town::{Town, in_both},
};

const SHOWN: &str = "urn:sekisho:enforcement-points";

/// What somebody who acts by a token could do with it, and what became of it.
async fn acts(town: &Town, token: &str) -> Vec<Result<(), Status>> {
    let line = || town.process.bearer(token);
    let mut factors = wire::factors_client::FactorsClient::new(line());
    let mut accounts = town.accounts(line());
    let mut sign_ins = town.sign_ins(line());
    let mut devices = wire::device_sign_in_client::DeviceSignInClient::new(line());
    let approve = wire::ApproveDeviceSignInRequest {
        user_code: town.device().await.user_code,
    };
    let recovery = wire::MakeRecoveryCodesRequest::default();
    vec![
        factors.make_recovery_codes(recovery).await.map(drop),
        accounts
            .enrol_totp(wire::EnrolTotpRequest {})
            .await
            .map(drop),
        sign_ins
            .get_session(wire::GetSessionRequest {})
            .await
            .map(drop),
        devices.approve_device_sign_in(approve).await.map(drop),
        sign_ins.sign_out(wire::SignOutRequest {}).await.map(drop),
    ]
}

async fn asks(town: &Town, token: &str) -> Result<Passed, Stopped> {
    let system = "SYS-1".parse().expect("an id");
    let access = Access::to_use(system);
    checkpoint(town).pass(token, &access).await
}

#[tokio::test]
async fn attack_1_a_token_that_was_shown_asks_for_entry_and_acts_nowhere() {
    in_both(async |town| {
        town.office().await;
        town.system("SYS-1").await;
        let two = town.with_two_factors("S1").await;
        granted(town, permit(town, "p1", "entitlement", None)).await;
        let shown = town.to_show(&two.grant.session_handle).await;

        testkit::eventually("in", async || asks(town, &shown).await.ok()).await;
        assert_eq!(town.active(&shown).await["aud"], SHOWN);
        for refused in acts(town, &shown).await {
            assert_eq!(code(refused), "token_audience_wrong");
        }
        // The same session's own token does all of it, so it is the audience that is refused.
        for done in acts(town, &two.grant.access_token).await {
            done.expect("done");
        }
    })
    .await;
}

#[tokio::test]
async fn attack_1_a_client_asks_for_a_token_to_show_by_its_resource() {
    in_both(async |town| {
        town.office().await;
        let two = town.with_two_factors("S1").await;
        let client = town.let_in(&two).await;
        let ask = async |refresh: &str, resource: &str| {
            let form = [
                ("grant_type", "refresh_token"),
                ("client_id", "sekisho-cli"),
                ("refresh_token", refresh),
                ("resource", resource),
            ];
            town.post_form("/oauth2/token", &form).await
        };
        let elsewhere = ask(&client.refresh, "https://elsewhere.example").await;
        assert_eq!(error(&elsewhere), (400, "invalid_target"));
        // It was not used up.
        let shown = tokens(&ask(&client.refresh, SHOWN).await);
        assert_eq!(
            code(town.session(&shown.access).await),
            "token_audience_wrong"
        );
        let own = tokens(&town.follow(&shown.refresh).await);
        town.session(&own.access).await.expect("acts");
    })
    .await;
}
