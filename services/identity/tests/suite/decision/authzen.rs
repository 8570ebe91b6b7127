//! The OpenID AuthZEN endpoint: the same answers as over gRPC, for the same callers.

use proto::identity::v1::{self as wire, access_decision_client::AccessDecisionClient};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, eventually};

use super::{
    process::start,
    rig::{system, using},
};

/// A process in which S0001 may use SYS-1 and nothing else.
async fn process(engine: Engine) -> TestProcess {
    let process = TestProcess::start(engine, &[(ServiceName::Identity, start)]).await;
    process
        .neighbours
        .say(ServiceName::Ledger, "system", "SYS-1", &system(|_| ()), &[])
        .await;
    let question = body(&process, "SYS-1", "use");
    eventually("let in", async || {
        let answer = ask(&process, "evaluation", &question).await;
        let answer: Value = answer.json().await.ok()?;
        (answer["decision"] == true).then_some(())
    })
    .await;
    process
}

fn workload_token(process: &TestProcess, name: &str) -> String {
    let runtime = process.runtime();
    let key = auth::WorkloadKey::load_or_create(&runtime.config.workload_key_path());
    let actor = kernel::Actor::Workload(name.to_owned());
    key.expect("the platform's key")
        .mint(&actor, runtime.clock.now())
}

fn subject(process: &TestProcess) -> Value {
    json!({
        "type": "person",
        "id": "S0001",
        "properties": { "access_token": process.person_token("S0001", "tax", &[]) },
    })
}

fn body(process: &TestProcess, system: &str, action: &str) -> Value {
    json!({
        "subject": subject(process),
        "action": { "name": action },
        "resource": { "type": "system", "id": system },
    })
}

async fn ask(process: &TestProcess, endpoint: &str, body: &Value) -> Response {
    let token = workload_token(process, "office");
    ask_as(
        process,
        endpoint,
        body.to_string(),
        &format!("Bearer {token}"),
    )
    .await
}

async fn ask_as(
    process: &TestProcess,
    endpoint: &str,
    body: String,
    authorization: &str,
) -> Response {
    runtime::crypto::install();
    let mut request = reqwest::Client::new()
        .post(format!("{}/access/v1/{endpoint}", process.http_uri()))
        .header("content-type", "application/json")
        .header("x-request-id", "case-7")
        .body(body);
    if !authorization.is_empty() {
        request = request.header("authorization", authorization);
    }
    request.send().await.expect("an answer")
}

async fn grpc(process: &TestProcess, question: wire::AccessQuestion) -> wire::AccessAnswer {
    let request = wire::EvaluateRequest {
        subject_token: process.person_token("S0001", "tax", &[]),
        question: Some(question),
    };
    let mut client = AccessDecisionClient::new(process.workload("office"));
    let answer = client.evaluate(request).await.expect("an answer");
    answer.into_inner().answer.expect("an answer")
}

fn texts(values: &Value) -> Vec<String> {
    let values = values.as_array().expect("a list").iter();
    values
        .map(|one| one.as_str().expect("a text").to_owned())
        .collect()
}

async fn both_say_the_same(engine: Engine) {
    let process = process(engine).await;
    for (system, action, given) in [
        ("SYS-1", "use", json!({})),
        ("SYS-1", "administer", json!({})),
        ("SYS-1", "export", json!({ "device_id": "D-9" })),
        ("SYS-1", "use", json!({ "automated": true })),
        ("SYS-1", "use", json!({ "shared_id": "desk" })),
        ("SYS-2", "use", json!({})),
    ] {
        let mut asked = body(&process, system, action);
        asked["context"] = given.clone();
        asked["resource"]["properties"] = json!({ "information_class": "S" });
        let response = ask(&process, "evaluation", &asked).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["x-request-id"], "case-7");
        let http: Value = response.json().await.expect("JSON");
        let other = grpc(
            &process,
            wire::AccessQuestion {
                action: wire::AccessAction::from_str_name(&format!(
                    "ACCESS_ACTION_{}",
                    action.to_uppercase()
                ))
                .expect("an action")
                .into(),
                device_id: given["device_id"].as_str().unwrap_or("").to_owned(),
                automated: given["automated"] == true,
                shared_id: given["shared_id"].as_str().unwrap_or("").to_owned(),
                information_class: proto::common::v1::InformationClass::S.into(),
                ..using(system)
            },
        )
        .await;
        let context = &http["context"];
        let outcome = format!(
            "ACCESS_OUTCOME_{}",
            context["outcome"].as_str().expect("one")
        );
        assert_eq!(outcome.to_uppercase(), other.outcome().as_str_name());
        assert_eq!(
            http["decision"] == true,
            other.outcome() == wire::AccessOutcome::Allow
        );
        assert_eq!(texts(&context["clauses"]), other.clauses);
        assert_eq!(context["pack_version"], other.pack_version);
        assert_eq!(
            (&context["information_class"], &context["path"]),
            (&json!("S"), &json!("office"))
        );
        let reasons = context["reasons"].as_array().expect("a list");
        assert_eq!(reasons.len(), other.reasons.len());
        for (http, other) in reasons.iter().zip(&other.reasons) {
            assert_eq!(http["code"], other.code);
            assert_eq!(texts(&http["clauses"]), other.clauses);
            assert_eq!(http["message"]["ja"], other.message_ja);
            assert_eq!(http["message"]["en"], other.message_en);
        }
        match &other.required {
            None => assert_eq!(context["required"], Value::Null),
            Some(required) => {
                assert_eq!(
                    texts(&context["required"]["acr_values"]),
                    required.acr_values
                );
                assert_eq!(context["required"]["max_age"], json!(required.max_age));
            }
        }
        on_record(&process, context["decision_id"].as_str().expect("an id")).await;
    }
    process.stop().await;
}

/// An answer over HTTP is on record like any other (guarantee G3).
async fn on_record(process: &TestProcess, id: &str) {
    let request = wire::GetDecisionRequest {
        decision_id: id.to_owned(),
    };
    let auditor = process.person("S0009", "audit", &[Role::Auditor]);
    let found = AccessDecisionClient::new(auditor)
        .get_decision(request)
        .await;
    let found = found.expect("on record").into_inner().decision;
    assert_eq!(found.expect("the record").enforcement_point_id, "office");
}

#[tokio::test(flavor = "multi_thread")]
async fn http_and_grpc_say_the_same_on_sqlite() {
    both_say_the_same(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_and_grpc_say_the_same_on_postgres() {
    both_say_the_same(Engine::Postgres).await;
}

// What is given outside the list holds for each; the semantics say how far it is answered.
#[tokio::test(flavor = "multi_thread")]
async fn several_are_answered_in_their_order_and_as_far_as_asked() {
    let process = process(Engine::Sqlite).await;
    let mut asked = body(&process, "SYS-1", "use");
    asked["evaluations"] = json!([
        {},
        { "resource": { "type": "system", "id": "SYS-2" } },
        { "action": { "name": "administer" } },
        {},
    ]);
    for (semantic, decisions) in [
        (Value::Null, &[true, false, false, true][..]),
        (json!("execute_all"), &[true, false, false, true]),
        (json!("deny_on_first_deny"), &[true, false]),
        (json!("permit_on_first_permit"), &[true]),
    ] {
        asked["options"] = match &semantic {
            Value::Null => json!({}),
            semantic => json!({ "evaluations_semantic": semantic }),
        };
        let answer: Value = ask(&process, "evaluations", &asked)
            .await
            .json()
            .await
            .expect("JSON");
        let found: Vec<bool> = (answer["evaluations"].as_array().expect("a list").iter())
            .map(|one| one["decision"].as_bool().expect("a decision"))
            .collect();
        assert_eq!(found, decisions, "{semantic}");
    }
    // Without a list it is a request for one.
    let one = body(&process, "SYS-1", "use");
    let answer: Value = ask(&process, "evaluations", &one)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(answer["decision"], true);
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_good_is_a_recorded_refusal_and_another_subject_none_at_all() {
    let process = process(Engine::Sqlite).await;
    let mut asked = body(&process, "SYS-1", "use");
    asked["subject"]["properties"]["access_token"] = json!("nonsense");
    let answer: Value = ask(&process, "evaluation", &asked)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(answer["decision"], false);
    assert_eq!(answer["context"]["reasons"][0]["code"], "token_malformed");
    on_record(
        &process,
        answer["context"]["decision_id"].as_str().expect("an id"),
    )
    .await;

    let mut asked = body(&process, "SYS-1", "use");
    asked["subject"]["id"] = json!("S0002");
    let response = ask(&process, "evaluation", &asked).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let answer: Value = response.json().await.expect("JSON");
    assert_eq!(answer["fields"][0]["field"], "subject.id");
    assert_eq!(answer["fields"][0]["code"], "subject_mismatch");
    process.stop().await;
}

// Guarantee G8 holds on this port as on the other.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_ask_is_refused_and_a_known_caller_on_record() {
    let process = process(Engine::Sqlite).await;
    let question = body(&process, "SYS-1", "use").to_string();
    let person = process.person_token("S0001", "tax", &[Role::Ciso]);
    for (authorization, status, code, challenge) in [
        (
            String::new(),
            StatusCode::UNAUTHORIZED,
            "token_missing",
            Some("Bearer"),
        ),
        (
            "Bearer nonsense".to_owned(),
            StatusCode::UNAUTHORIZED,
            "token_malformed",
            Some("Bearer error=\"invalid_token\""),
        ),
        (
            format!("Bearer {person}"),
            StatusCode::FORBIDDEN,
            "enforcement_point_required",
            None,
        ),
    ] {
        let response = ask_as(&process, "evaluation", question.clone(), &authorization).await;
        assert_eq!(response.status(), status, "{code}");
        let found = response.headers().get("www-authenticate");
        assert_eq!(found.and_then(|one| one.to_str().ok()), challenge);
        let answer: Value = response.json().await.expect("JSON");
        assert_eq!(answer["error"], code);
        assert!(!answer["message"]["ja"].as_str().expect("words").is_empty());
    }
    process.stop().await;
}

// Guarantee G10: everything at fault is named, and nothing malformed is more than an error.
#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_named_in_full_and_decides_nothing() {
    let process = process(Engine::Sqlite).await;
    let asked = json!({
        "subject": { "type": "user", "id": "S0001" },
        "action": { "name": "fly" },
        "evaluations": [
            { "resource": { "type": "system", "id": "a b", "properties": { "information_class": "IX" } } },
            { "context": { "device_id": "x/y" } },
        ],
    });
    let response = ask(&process, "evaluations", &asked).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let answer: Value = response.json().await.expect("JSON");
    let fields: Vec<&str> = (answer["fields"].as_array().expect("a list").iter())
        .map(|one| one["field"].as_str().expect("a name"))
        .collect();
    assert_eq!(
        fields,
        [
            "evaluations[0].subject.type",
            "evaluations[0].subject.properties.access_token",
            "evaluations[0].resource.id",
            "evaluations[0].action.name",
            "evaluations[0].resource.properties.information_class",
            "evaluations[1].resource",
        ]
    );
    let token = format!("Bearer {}", workload_token(&process, "office"));
    for nonsense in [
        "",
        "{",
        "[]",
        "null",
        "{\"subject\":1}",
        "\u{0}",
        &"[".repeat(10_000),
    ] {
        let response = ask_as(&process, "evaluations", nonsense.to_owned(), &token).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{nonsense:.20}");
    }
    let long = format!("\"{}\"", "x".repeat(2 * 1024 * 1024));
    let response = ask_as(&process, "evaluation", long, &token).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoints_are_where_the_configuration_says() {
    let process = process(Engine::Sqlite).await;
    let uri = format!("{}/.well-known/authzen-configuration", process.http_uri());
    let found: Value = reqwest::get(uri)
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(found["policy_decision_point"], process.http_uri());
    let question = body(&process, "SYS-1", "use");
    let token = workload_token(&process, "office");
    let endpoint = found["access_evaluation_endpoint"].as_str().expect("a URL");
    let response = reqwest::Client::new()
        .post(endpoint)
        .bearer_auth(token)
        .json(&question)
        .send()
        .await;
    assert_eq!(response.expect("an answer").status(), StatusCode::OK);
    process.stop().await;
}
