//! Whoever begins sign-in after sign-in and answers none keeps nobody out but themselves.

#[path = "floods/everywhere.rs"]
mod everywhere;
#[path = "floods/proxies.rs"]
mod proxies;

use std::net::IpAddr;

use futures::future::join_all;
use proto::identity::v1 as wire;
use reqwest::{Client, redirect::Policy};
use runtime::config::Ceiling;
use testkit::{Authenticator, eventually, refused};
use wire::factors_client::FactorsClient;

use crate::{
    federation::{in_both as with_provider, linked},
    pages::browser::{Browser, Page},
    passkeys::{enrol, step_up},
    town::{PASSWORD, Town, in_both},
};

/// Many times what may be begun from one place at once.
const ROUNDS: usize = 20;
const EACH: usize = 100;

#[tokio::test]
async fn a_flood_of_passkey_challenges_holds_up_its_source_for_moments_and_nobody_who_is_in() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let mut held = None;
        for _ in 0..ROUNDS {
            let round = (0..EACH).map(|_| async {
                let mut factors = FactorsClient::new(town.process.anonymous());
                let asked = wire::BeginPasskeySignInRequest {};
                factors.begin_passkey_sign_in(asked).await.err()
            });
            held = join_all(round).await.into_iter().flatten().next();
            if held.is_some() {
                break;
            }
        }
        let refused = refused(&held.expect("a source has its pace"));
        assert_eq!(refused.code, "sign_ins_begun_too_many");
        assert!(refused.retry_after.is_some());

        // Whoever is in, from the same place, enrols and steps up.
        let mut passkey = Authenticator::new(1);
        enrol(town, &one.grant, &mut passkey)
            .await
            .expect("enrolled");
        let plain = town.sign_in("S1", PASSWORD).await.expect("in");
        step_up(town, &plain, &mut passkey).await.expect("raised");
        // The source itself signs in again a moment later.
        let mut later = FactorsClient::new(town.process.anonymous());
        let asked = eventually("the pace lets one in", async || {
            let asked = wire::BeginPasskeySignInRequest {};
            later.clone().begin_passkey_sign_in(asked).await.ok()
        });
        let ceremony = asked.await.into_inner().ceremony;
        let ceremony = ceremony.expect("a ceremony");
        let answered = wire::SignInWithPasskeyRequest {
            credential_json: passkey.get(&ceremony),
            challenge_id: ceremony.challenge_id,
        };
        let signed_in = later.sign_in_with_passkey(answered).await;
        signed_in.expect("signed in");
    })
    .await;
}

/// A browser somewhere else.
fn elsewhere(town: &Town) -> Browser {
    let client = Client::builder()
        .redirect(Policy::none())
        .local_address(IpAddr::from([127, 0, 0, 2]))
        .build();
    Browser::new(town).at(client.expect("a client"), &town.process.http_uri())
}

#[tokio::test]
async fn a_flood_of_sign_ins_at_a_provider_holds_up_its_own_source_only() {
    with_provider(Ceiling::Aal2, async |town, issuer| {
        linked(town, "S1", "u1").await;
        let ask = async |browser: &mut Browser| browser.get("/sign-in/federation/idp").await;
        let back = async |browser: &mut Browser, sent: &Page| {
            let back = issuer.signs_in(sent.location(), "u1", town.now());
            browser.get(&back).await
        };
        let mut inside = Browser::new(town);
        let sent = ask(&mut inside).await;
        assert_eq!(back(&mut inside, &sent).await.location(), "/account");

        let mut held = None;
        for _ in 0..ROUNDS {
            let round = (0..EACH).map(|_| async { ask(&mut Browser::new(town)).await });
            let mut all = join_all(round).await.into_iter();
            held = all.find(|page| page.status != 303);
            if held.is_some() {
                break;
            }
        }
        let held = held.expect("a source has its pace");
        assert!(held.body.contains("開始が多すぎます"), "{}", held.body);

        // Whoever is in, at the same place, steps up there.
        let asked = "/step-up?acr_values=urn:sekisho:aal2&return_to=/account";
        let page = inside.get(asked).await;
        let page = inside.follow(page).await;
        let way = page.between("href=\"/step-up/federation/", "\"");
        let sent = inside.get(&format!("/step-up/federation/{way}")).await;
        issuer.says(serde_json::json!({ "acr": "two" }));
        assert_eq!(back(&mut inside, &sent).await.location(), "/account");
        // Somebody somewhere else signs in there.
        let mut other = elsewhere(town);
        let sent = ask(&mut other).await;
        assert_eq!(back(&mut other, &sent).await.location(), "/account");
    })
    .await;
}
