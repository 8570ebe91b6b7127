//! Behind a load balancer everybody connects from one address, and a source is whom it speaks for.

use proto::identity::v1 as wire;
use reqwest::{Client, header::HeaderMap, redirect::Policy};
use runtime::Config;
use testkit::{Engine, refused};
use tonic::{Request, Status, metadata::MetadataValue};

use crate::{
    pages::browser::Browser,
    town::{PASSWORD, Town},
};

/// As many failures as are free, and the one that makes their source wait.
const TOO_MANY: usize = 31;

/// What connects in these tests is the city's load balancer.
pub(super) fn behind_a_proxy(config: &mut Config) {
    let proxy = "127.0.0.1/32".parse().expect("a network");
    config.limits.trusted_proxies = vec![proxy];
}

/// A request that says from where it was passed on.
pub(super) fn from<T>(client: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let client = MetadataValue::try_from(client).expect("ASCII");
    request.metadata_mut().insert("x-forwarded-for", client);
    request
}

/// Signs in over gRPC.
pub(super) async fn sign_in(
    town: &Town,
    client: &str,
    person: &str,
    password: &str,
) -> Result<wire::SessionGrant, Status> {
    let message = wire::SignInWithPasswordRequest {
        person_id: person.to_owned(),
        password: password.to_owned(),
    };
    let mut sign_ins = town.sign_ins(town.process.anonymous());
    let answer = sign_ins.sign_in_with_password(from(client, message));
    Ok(answer.await?.into_inner().grant.expect("a grant"))
}

/// A browser that reaches the pages from there.
fn browser(town: &Town, client: &str) -> Browser {
    let mut headers = HeaderMap::new();
    headers.insert("forwarded", format!("for={client}").parse().expect("ASCII"));
    let builder = Client::builder().redirect(Policy::none());
    let client = builder.default_headers(headers).build();
    Browser::new(town).at(client.expect("a client"), &town.process.http_uri())
}

#[tokio::test]
async fn through_a_trusted_proxy_two_clients_are_two_sources() {
    let town = Town::configured(Engine::Sqlite, behind_a_proxy).await;
    town.with_password("S1").await;
    for n in 0..TOO_MANY {
        let failed = sign_in(&town, "192.0.2.1", &format!("X{n}"), "wrong password").await;
        assert_eq!(refused(&failed.expect_err("wrong")).code, "sign_in_refused");
    }
    let held = sign_in(&town, "192.0.2.1", "S1", PASSWORD).await;
    let held = refused(&held.expect_err("it waits"));
    assert_eq!(held.code, "sign_in_source_waits");
    let other = sign_in(&town, "192.0.2.2", "S1", PASSWORD).await;
    other.expect("another client of the same proxy");

    // The pages know them as the gRPC port does.
    for (client, status) in [("192.0.2.1", 422), ("192.0.2.2", 303)] {
        let mut browser = browser(&town, client);
        browser.get("/sign-in").await;
        let page = browser.sign_in("S1", PASSWORD).await;
        assert_eq!(page.status, status, "{client}: {}", page.body);
    }
    town.process.stop().await;
}

#[tokio::test]
async fn a_forged_header_from_an_untrusted_address_makes_no_source_of_its_own() {
    let town = Town::start(Engine::Sqlite).await;
    town.with_password("S1").await;
    for n in 0..TOO_MANY {
        let client = format!("192.0.2.{n}");
        let failed = sign_in(&town, &client, &format!("X{n}"), "wrong password").await;
        assert_eq!(refused(&failed.expect_err("wrong")).code, "sign_in_refused");
    }
    let held = sign_in(&town, "192.0.2.99", "S1", PASSWORD).await;
    let held = refused(&held.expect_err("the address waits"));
    assert_eq!(held.code, "sign_in_source_waits");
    let mut browser = browser(&town, "192.0.2.99");
    browser.get("/sign-in").await;
    assert_eq!(browser.sign_in("S1", PASSWORD).await.status, 422);
    town.process.stop().await;
}
