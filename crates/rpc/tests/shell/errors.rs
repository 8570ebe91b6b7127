//! What goes wrong, and how it is told: every error with code, both languages and request id.

use crate::support::{code, house, house_with, message, words};
use opentelemetry::trace::TraceContextExt;
use proto::{journal::v1::ReadResponse, ledger::v1::GetSystemRequest};
use tonic::{Code, Request, Status};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_types::StatusExt;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

fn complete(status: &Status) {
    for locale in ["en", "ja"] {
        assert!(words(status, locale).is_some(), "{locale} in {status:?}");
    }
    let info = status.get_details_request_info().expect("a request id");
    let header = status.metadata().get("x-request-id");
    assert_eq!(
        header.and_then(|id| id.to_str().ok()),
        Some(info.request_id.as_str())
    );
}

/// G10.
#[tokio::test]
async fn every_error_is_told_in_full() {
    let house = house().await;
    let staff = house.staff();
    let large = "x".repeat(100_000);
    for (method, text, status, expected) in [
        ("Staff", "refuse", Code::FailedPrecondition, "a_rule"),
        ("Staff", "reuse", Code::Aborted, "idempotency_key_reused"),
        ("Staff", "contend", Code::Aborted, "contended"),
        ("Staff", "fault", Code::Internal, "internal"),
        ("Staff", "panic", Code::Internal, "internal"),
        ("Staff", "fields", Code::InvalidArgument, "invalid_fields"),
        ("Staff", &large, Code::OutOfRange, "message_too_large"),
        ("Auditor", "who", Code::PermissionDenied, "role_missing"),
        (
            "/sekisho.ledger.v1.Nowhere/To",
            "",
            Code::Unimplemented,
            "not_implemented",
        ),
    ] {
        let error = staff.say(method, text).await.expect_err("an error");
        assert_eq!(error.code(), status, "{expected}");
        assert_eq!(code(&error), expected);
        complete(&error);
    }
}

#[tokio::test]
async fn a_refusal_names_its_clauses_and_the_pack() {
    let house = house().await;
    let error = house
        .staff()
        .say("Staff", "refuse")
        .await
        .expect_err("refused");
    let info = error.get_details_error_info().expect("info");
    assert_eq!(info.metadata["clauses"], "3-4-(6)-1");
    assert_eq!(info.metadata["pack"], "sendai/2026.1");
}

#[tokio::test]
async fn all_fields_at_fault_are_named_at_once() {
    let house = house().await;
    let error = house
        .staff()
        .say("Staff", "fields")
        .await
        .expect_err("refused");
    let bad = error.get_details_bad_request().expect("fields");
    let named: Vec<_> = bad
        .field_violations
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(named, ["name", "days"]);
}

#[tokio::test]
async fn a_message_that_is_no_utf8_or_no_protobuf_is_the_callers_error() {
    let house = house().await;
    let invalid_utf8 = ReadResponse {
        records: vec![vec![0xff, 0xfe].into()],
    };
    let request = Request::new(invalid_utf8);
    let error = house
        .staff()
        .send("Staff", request)
        .await
        .expect_err("refused");
    assert_eq!(error.code(), Code::InvalidArgument);
    assert_eq!(code(&error), "malformed_message");
    complete(&error);
}

/// The limit told is the one that was met: the configuration's, or a handler's own below it.
#[tokio::test]
async fn a_message_that_is_too_large_is_told_the_limit() {
    let house = house_with(|config| config.limits.max_message_bytes = 1024).await;
    let system_id = "x".repeat(1025);
    let request = Request::new(GetSystemRequest { system_id });
    let auditor = house.auditor();
    let method = "/sekisho.ledger.v1.Systems/GetSystem";
    let configured = auditor.send(method, request).await;
    let own = auditor.say("Staff", &"x".repeat(100_000)).await;
    for (error, limit) in [(configured, "1024"), (own, "65536")] {
        let error = error.expect_err("too large");
        assert_eq!(error.code(), Code::OutOfRange);
        assert_eq!(code(&error), "message_too_large");
        for locale in ["en", "ja"] {
            let words = words(&error, locale).expect("words");
            assert!(words.contains(limit), "{words}");
        }
        complete(&error);
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let house = house_with(|config| config.limits.request_deadline_seconds = 1).await;
    let error = house
        .staff()
        .say("Staff", "wait")
        .await
        .expect_err("given up");
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert_eq!(code(&error), "deadline_exceeded");
    complete(&error);
}

#[tokio::test]
async fn a_deadline_that_cannot_be_read_is_refused_and_not_left_out_of_account() {
    let house = house().await;
    for wrong in ["zzz", "-1S", "123456789S", "S"] {
        let mut request = Request::new(message("who"));
        let value = wrong.parse().expect("metadata");
        request.metadata_mut().insert("grpc-timeout", value);
        let error = house.staff().send("Staff", request).await;
        let error = error.expect_err(wrong);
        assert_eq!(error.code(), Code::InvalidArgument, "{wrong}");
        assert_eq!(code(&error), "deadline_malformed");
        complete(&error);
    }
}

/// G11.
#[tokio::test]
async fn what_is_too_much_is_refused_at_once_and_what_is_in_work_goes_on() {
    let house = house_with(|config| config.limits.max_in_flight = 1).await;
    let staff = house.staff();
    let first = staff.clone();
    let mut first = Box::pin(async move { first.say("Staff", "wait").await });
    tokio::select! {
        answer = &mut first => panic!("{answer:?}"),
        () = house.probe.waiting() => {}
    }
    let error = staff.say("Staff", "who").await.expect_err("too much");
    assert_eq!(error.code(), Code::ResourceExhausted);
    assert_eq!(code(&error), "overloaded");
    let retry = error.get_details_retry_info().expect("when to try again");
    assert!(retry.retry_delay.is_some_and(|delay| !delay.is_zero()));
    complete(&error);
    for locale in ["en", "ja"] {
        let words = words(&error, locale).expect("words");
        assert!(words.contains('1') && words.contains("500"), "{words}");
    }
    let mut health = HealthClient::new(staff.0.clone());
    let exempt = health.check(HealthCheckRequest::default()).await;
    exempt.expect("health is asked when things are bad");

    house.probe.gate.add_permits(1);
    assert_eq!(first.await.expect("finished"), "waited");
    staff.say("Staff", "who").await.expect("room again");
}

#[tokio::test]
async fn a_request_keeps_its_own_id_and_key() {
    let house = house().await;
    let mut request = Request::new(message("who"));
    for (name, value) in [("x-request-id", "order-66"), ("idempotency-key", "once")] {
        let value = value.parse().expect("a value");
        request.metadata_mut().insert(name, value);
    }
    let answer = house.staff().answer("Staff", request).await;
    let answer = answer.expect("answered");
    let id = answer.metadata().get("x-request-id");
    assert_eq!(id.and_then(|id| id.to_str().ok()), Some("order-66"));
    let text = answer.into_inner().id;
    assert!(text.starts_with("person/S0001 order-66 once "), "{text}");
}

#[tokio::test]
async fn an_idempotency_key_that_is_none_is_refused() {
    let house = house().await;
    let mut request = Request::new(message("who"));
    let long = "k".repeat(65).parse().expect("a value");
    request.metadata_mut().insert("idempotency-key", long);
    let error = house
        .staff()
        .send("Staff", request)
        .await
        .expect_err("refused");
    assert_eq!(error.code(), Code::InvalidArgument);
    assert_eq!(code(&error), "idempotency_key_invalid");
}

#[tokio::test]
async fn a_span_joins_the_trace_of_the_caller() {
    let house = house().await;

    let calling = tracing::info_span!("caller");
    let context = calling.context();
    let sent = context.span().span_context().clone();
    let answer = house.staff().say("Staff", "who").instrument(calling).await;
    let answer = answer.expect("answered");
    let traceparent = answer.rsplit(' ').next().expect("a last word");
    let parts: Vec<&str> = traceparent.split('-').collect();
    assert_eq!(parts[1], sent.trace_id().to_string(), "the same trace");
    assert_ne!(parts[2], sent.span_id().to_string(), "a span of its own");
}
