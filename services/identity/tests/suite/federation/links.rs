//! Links over gRPC.

use proto::identity::v1 as wire;
use runtime::config::Ceiling;
use serde_json::{Value, json};
use testkit::refused;
use tonic::Status;
use wire::federation_client::FederationClient;

use super::{in_both, issuer::Issuer, linked, through};
use crate::{
    journal::said,
    pages::browser::Browser,
    town::{Person, Town},
};

pub(super) async fn link_own(
    town: &Town,
    person: &Person,
    token: String,
) -> Result<String, Status> {
    let mut federation = FederationClient::new(town.as_person(&person.grant));
    let request = wire::LinkOwnAccountRequest {
        provider_id: "idp".to_owned(),
        access_token: token,
    };
    let linked = federation.link_own_account(request).await?;
    Ok(linked.into_inner().credential_id)
}

fn token(town: &Town, issuer: &Issuer, subject: &str) -> String {
    let now = town.now();
    let claims: Value = json!({ "sub": subject, "acr": "one", "auth_time": now.as_second() });
    issuer.token("at+jwt", now, claims)
}

#[tokio::test]
async fn one_s_own_account_is_linked_with_two_categories_and_a_token_that_shows_it() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        let one = town.with_password("S3").await;
        let weak = link_own(town, &one, token(town, issuer, "u3")).await;
        let weak = weak.expect_err("one category");
        assert_eq!(refused(&weak).code, "insufficient_user_authentication");

        let two = town.with_two_factors("S1").await;
        let forged = link_own(town, &two, "x".to_owned())
            .await
            .expect_err("no token");
        assert_eq!(refused(&forged).code, "federation_refused");
        let credential = link_own(town, &two, token(town, issuer, "u1"))
            .await
            .expect("linked");
        let again = link_own(town, &two, token(town, issuer, "u1"))
            .await
            .expect("again");
        assert_eq!(again, credential, "a repeat changes nothing");
        let factor = town.account("S1").await.factors.into_iter();
        let factor = factor
            .filter(|one| one.kind == "federated")
            .collect::<Vec<_>>();
        let [factor] = &factor[..] else {
            panic!("{factor:?}");
        };
        let shown = (
            factor.provider_id.as_str(),
            factor.issuer.as_str(),
            factor.subject.as_str(),
        );
        assert_eq!(shown, ("idp", issuer.uri.as_str(), "u1"));
        let enrolled: Vec<wire::FactorEnrolled> = said(town).await;
        let last = enrolled.last().expect("on record");
        let told = (
            last.upstream_issuer.as_str(),
            last.upstream_subject.as_str(),
        );
        assert_eq!(told, (issuer.uri.as_str(), "u1"));
        town.later(301);
        let stale = link_own(town, &two, token(town, issuer, "u9")).await;
        assert!(
            stale.is_err(),
            "not fresh, or the token of the session has ended"
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_removed_ends_its_sessions_and_frees_the_account_there() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        town.with_password("S1").await;
        let credential = linked(town, "S1", "u1").await;
        assert_eq!(
            linked(town, "S1", "u1").await,
            credential,
            "a repeat changes nothing"
        );
        let mut browser = Browser::new(town);
        through(town, issuer, &mut browser, "u1").await;
        let remove = wire::RemoveFactorRequest {
            person_id: "S1".to_owned(),
            credential_id: credential,
        };
        let mut accounts = town.accounts(town.platform());
        accounts.remove_factor(remove).await.expect("removed");
        assert_eq!(browser.get("/account").await.status, 303, "out");
        let mut browser = Browser::new(town);
        let page = through(town, issuer, &mut browser, "u1").await;
        assert!(page.body.contains("連携されていません"), "{}", page.body);
        linked(town, "S3", "u1").await;
        // Lost: dead for good, and nobody's any more.
        let lost = wire::ReportCredentialLostRequest {
            person_id: "S3".to_owned(),
            credential_id: town.credential("S3", "federated").await,
            circumstances: "taken over there".to_owned(),
        };
        accounts.report_credential_lost(lost).await.expect("lost");
        let mut browser = Browser::new(town);
        super::refused(&through(town, issuer, &mut browser, "u1").await, &browser);
        for person in ["S1", "S3"] {
            let request = wire::LinkAccountRequest {
                person_id: person.to_owned(),
                provider_id: "idp".to_owned(),
                subject: "u1".to_owned(),
            };
            let mut federation = FederationClient::new(town.platform());
            let status = federation.link_account(request).await.expect_err("dead");
            assert_eq!(
                refused(&status).code,
                "federation_account_taken",
                "{person}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_manage_links_nobody_and_unknown_providers_are_named() {
    in_both(Ceiling::Aal1, async |town, issuer| {
        let stranger = town.with_two_factors("S3").await;
        let request = |provider: &str| wire::LinkAccountRequest {
            person_id: "S1".to_owned(),
            provider_id: provider.to_owned(),
            subject: "u1".to_owned(),
        };
        let mut federation = FederationClient::new(town.as_person(&stranger.grant));
        let status = federation
            .link_account(request("idp"))
            .await
            .expect_err("no authority");
        assert_eq!(refused(&status).code, "account_no_authority");
        let status = federation
            .link_account(request("other"))
            .await
            .expect_err("unknown");
        assert_eq!(refused(&status).code, "federation_provider_unknown");
        let listed = federation
            .list_providers(wire::ListProvidersRequest {})
            .await;
        let listed = listed.expect("listed").into_inner().providers;
        let [one] = &listed[..] else {
            panic!("{listed:?}");
        };
        let shown = (
            one.provider_id.as_str(),
            one.issuer.as_str(),
            one.ceiling.as_str(),
        );
        assert_eq!(shown, ("idp", issuer.uri.as_str(), "urn:sekisho:aal1"));
    })
    .await;
}
