//! The life of the ports: health, reflection, open streams, stopping.

use crate::support::{code, house};
use kernel::SessionId;
use runtime::metrics;
use tokio_stream::StreamExt;
use tonic::Code;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

const SERVING: i32 = 1;
const NOT_SERVING: i32 = 2;

#[tokio::test]
async fn health_follows_readiness_from_not_serving_on() {
    let house = house().await;
    for service in ["", "sekisho.ledger.v1.Probe"] {
        let database = house.runtime.readiness.require("database");
        let request = HealthCheckRequest {
            service: service.into(),
        };
        let mut health = HealthClient::new(house.anonymous().0);
        let watch = health.watch(request).await.expect("open to anyone");
        let mut watch = watch.into_inner().map(|news| news.expect("news").status);
        // It may have been serving until the requirement was made.
        while watch.next().await.expect("news") != NOT_SERVING {}
        database.met();
        assert_eq!(watch.next().await, Some(SERVING), "{service:?}");
        database.unmet();
        assert_eq!(watch.next().await, Some(NOT_SERVING), "{service:?}");
        database.met();
        assert_eq!(watch.next().await, Some(SERVING), "{service:?}");
    }
    house.runtime.tasks.stop().await;
}

#[tokio::test]
async fn anyone_may_ask_which_services_there_are_here() {
    let house = house().await;
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(house.anonymous().0);
    let answers = client
        .server_reflection_info(tokio_stream::iter([request]))
        .await;
    let answer = answers.expect("open to anyone").into_inner().next().await;
    let answer = answer
        .expect("an answer")
        .expect("a good one")
        .message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else {
        panic!("{answer:?}");
    };
    let names: Vec<&str> = list.service.iter().map(|one| one.name.as_str()).collect();
    for name in ["sekisho.standard.v1.ClausePack", "grpc.health.v1.Health"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    // What another process serves is not promised here.
    let elsewhere = |name: &&str| name.starts_with("sekisho.audit.");
    assert!(!names.iter().any(elsewhere), "{names:?}");
}

/// Rule 9 of shutdown: a stream that waits for news does not hold up a stopping server.
#[tokio::test]
async fn stopping_ends_open_streams_and_then_the_server() {
    let house = house().await;
    let mut stream = house.staff().listen().await.expect("open");
    house.probe.news.send("one".into()).expect("heard");
    assert_eq!(stream.next().await.expect("one").expect("good").id, "one");
    let (_, end) = tokio::join!(house.runtime.tasks.stop(), stream.next());
    let end = end.expect("an end that says why").expect_err("an error");
    assert_eq!(end.code(), Code::Unavailable);
    assert_eq!(code(&end), "stopping");
    assert_eq!(house.runtime.tasks.failure(), None);
}

/// Attack 19: a leaver's open stream ends.
#[tokio::test]
async fn a_stream_ends_when_its_session_is_revoked() {
    let house = house().await;
    let mut stream = house.staff().listen().await.expect("open");
    house.probe.news.send("one".into()).expect("heard");
    assert_eq!(stream.next().await.expect("one").expect("good").id, "one");
    let session = SessionId::try_new("session-1").expect("an id");
    house
        .verifier
        .revocations()
        .revoke_session(session, auth::Withdrawn::Ended);
    house.probe.news.send("secret".into()).expect("heard");
    let end = stream
        .next()
        .await
        .expect("an end")
        .expect_err("not the news");
    assert_eq!(end.code(), Code::Unauthenticated);
    assert_eq!(code(&end), "token_revoked");
}

#[tokio::test]
async fn requests_are_counted_by_method_and_code_and_strangers_as_one() {
    let house = house().await;
    house
        .staff()
        .say("Gateway", "who")
        .await
        .expect_err("refused");
    let made_up = "/made.up/Path";
    house
        .staff()
        .say(made_up, "who")
        .await
        .expect_err("refused");
    house.runtime.tasks.stop().await;
    let page = metrics::exposition().expect("a page");
    let counted = |method: &str| {
        page.lines().any(|line| {
            line.starts_with("sekisho_rpc_requests_total")
                && line.contains(&format!("method=\"{method}\""))
                && line.contains("code=\"PERMISSION_DENIED\"")
        })
    };
    assert!(counted("/sekisho.ledger.v1.Probe/Gateway"), "{page}");
    assert!(counted("unknown"), "{page}");
    assert!(!page.contains(made_up), "labels are bounded");
}
