//! Who gets in: default deny, the access table, tokens, and the record of those turned away.

use std::sync::atomic::Ordering;

use crate::support::{code, house, words};
use futures::FutureExt;
use jiff::SignedDuration;
use kernel::Actor;
use proto::ledger::v1::GetSystemRequest;
use tonic::{Code, Request};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_types::StatusExt as _;

/// G8.
#[tokio::test]
async fn an_rpc_nobody_listed_is_refused_although_it_exists() {
    let house = house().await;
    for caller in [house.anonymous(), house.auditor()] {
        for method in ["Hidden", "/sekisho.ledger.v1.Other/Hidden", "/nonsense"] {
            let refused = caller.say(method, "who").await.expect_err("refused");
            assert_eq!(refused.code(), Code::PermissionDenied, "{method}");
            assert_eq!(code(&refused), "rpc_not_listed");
        }
    }
}

#[tokio::test]
async fn each_rpc_is_open_to_whom_the_table_names() {
    let house = house().await;
    let gateway = house.machine(Actor::Workload("vdi-gateway".into()));
    let service = house.machine(Actor::Service("audit".into()));
    let callers = [
        house.anonymous(),
        house.staff(),
        house.auditor(),
        gateway,
        service,
    ];
    let (ok, nobody) = ("", "token_missing");
    for (method, expected) in [
        ("Open", [ok, ok, ok, ok, ok]),
        (
            "Staff",
            [nobody, ok, ok, "person_required", "person_required"],
        ),
        (
            "Auditor",
            [
                nobody,
                "role_missing",
                ok,
                "person_required",
                "person_required",
            ],
        ),
        (
            "Gateway",
            [
                nobody,
                "enforcement_point_required",
                "enforcement_point_required",
                ok,
                "enforcement_point_required",
            ],
        ),
        (
            "Internal",
            [
                nobody,
                "platform_service_required",
                "platform_service_required",
                "platform_service_required",
                ok,
            ],
        ),
    ] {
        for (caller, expected) in callers.iter().zip(expected) {
            let answer = caller.say(method, "who").await;
            let got = answer.map_or_else(|refused| code(&refused), |_| String::new());
            assert_eq!(got, expected, "{method}");
        }
    }
}

/// 3-4-(1)-1, RFC 9470.
#[tokio::test]
async fn a_role_with_one_category_is_asked_to_verify_a_second_and_that_is_on_record() {
    let house = house().await;
    let weak = house.weak_auditor();
    weak.say("Staff", "who").await.expect("as everybody");
    let refused = weak.say("Auditor", "who").await.expect_err("refused");
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(code(&refused), "insufficient_user_authentication");
    assert!(words(&refused, "ja").is_some());
    let info = refused.get_details_error_info().expect("ErrorInfo");
    assert_eq!(info.metadata["acr_values"], "urn:sekisho:aal2");
    let kept = house.recorder.kept();
    let codes: Vec<&str> = kept.iter().map(|(_, one)| one.code.as_str()).collect();
    assert_eq!(codes, ["insufficient_user_authentication"]);
}

#[tokio::test]
async fn a_bad_token_is_refused_where_one_is_needed_and_ignored_elsewhere() {
    let house = house().await;
    let staff = house.staff();
    house.clock.advance(SignedDuration::from_secs(301));
    for (caller, expected) in [
        (house.with_token("forged"), "token_malformed"),
        (staff, "token_expired"),
    ] {
        let refused = caller.say("Staff", "who").await.expect_err("refused");
        assert_eq!(refused.code(), Code::Unauthenticated);
        assert_eq!(code(&refused), expected);
        assert!(words(&refused, "ja").is_some());
        let answer = caller.say("Open", "who").await.expect("open to anyone");
        assert!(answer.starts_with("anonymous "), "{answer}");
        let mut health = HealthClient::new(caller.0.clone());
        let mut request = Request::new(HealthCheckRequest::default());
        let odd = "not a key".parse().expect("a value");
        request.metadata_mut().insert("idempotency-key", odd);
        health.check(request).await.expect("open to anyone");
    }
}

/// A search by what a request was about finds its refusals, too.
#[tokio::test]
async fn the_record_of_a_refusal_names_what_the_request_was_about() {
    let house = house().await;
    let request = GetSystemRequest {
        system_id: "SYS-7".into(),
    };
    let method = "/sekisho.ledger.v1.Systems/GetSystem";
    let refused = house.staff().send(method, Request::new(request)).await;
    assert_eq!(code(&refused.expect_err("refused")), "role_missing");
    house
        .staff()
        .say("Auditor", "who")
        .await
        .expect_err("refused");
    let kept = house.recorder.kept();
    let subjects: Vec<&str> = kept.iter().map(|(_, one)| one.subject.as_str()).collect();
    assert_eq!(subjects, ["SYS-7", ""], "the second names nothing");
}

/// G4: what is refused to a known caller is on record first.
#[tokio::test]
async fn a_refusal_is_recorded_before_it_is_answered() {
    let house = house().await;
    house.recorder.gate.forget_permits(usize::MAX);
    let staff = house.staff();
    let mut call = Box::pin(staff.say("Staff", "refuse"));
    tokio::select! {
        _ = &mut call => panic!("answered before it was recorded"),
        () = house.recorder.begun() => {}
    }
    assert!((&mut call).now_or_never().is_none(), "still not answered");
    assert!(house.recorder.kept().is_empty());
    house.recorder.gate.add_permits(1);
    let refused = call.await.expect_err("refused");
    assert_eq!(code(&refused), "a_rule");

    let kept = house.recorder.kept();
    let (context, record) = &kept[0];
    assert_eq!(context.actor.to_string(), "person/S0001");
    assert_eq!(record.method, "/sekisho.ledger.v1.Probe/Staff");
    assert_eq!(record.code, "a_rule");
    assert_eq!(record.clauses, ["3-4-(6)-1"]);
    assert_eq!(record.pack_version, "sendai/2026.1");
}

/// Identity starts later than the others, or is down: nobody is told to sign in again for that.
#[tokio::test]
async fn a_token_whose_issuer_cannot_be_asked_is_not_called_wrong() {
    let house = house().await;
    let caller = house.staff_of_absent_issuer();
    let answer = caller.say("Staff", "who").await.expect_err("an error");
    assert_eq!(answer.code(), Code::Unavailable);
    assert_eq!(code(&answer), "unavailable");
}

#[tokio::test]
async fn a_refusal_that_cannot_be_recorded_is_not_answered_as_one() {
    let house = house().await;
    house.recorder.fails.store(true, Ordering::SeqCst);
    let answer = house
        .staff()
        .say("Staff", "refuse")
        .await
        .expect_err("an error");
    assert_eq!(answer.code(), Code::Unavailable);
    assert_eq!(code(&answer), "refusal_not_recorded");
}

#[tokio::test]
async fn refusals_by_rule_permission_and_reused_key_are_recorded_and_others_are_not() {
    let house = house().await;
    let staff = house.staff();
    for (method, text) in [
        ("Staff", "refuse"),
        ("Staff", "reuse"),
        ("Auditor", "who"),
        ("Hidden", "who"),
        ("Staff", "contend"),
        ("Staff", "not yet"),
        ("Staff", "fields"),
        ("Staff", "fault"),
        ("Staff", "who"),
    ] {
        let _ = staff.say(method, text).await;
    }
    let nobody = house.anonymous();
    nobody.say("Open", "refuse").await.expect_err("refused");
    let kept = house.recorder.kept();
    let codes: Vec<&str> = kept.iter().map(|(_, one)| one.code.as_str()).collect();
    let expected = [
        "a_rule",
        "idempotency_key_reused",
        "role_missing",
        "rpc_not_listed",
    ];
    assert_eq!(codes, expected);
}
