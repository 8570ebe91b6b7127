//! The checkpoint against a decision point that answers as it is told, over real gRPC.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use auth::{Issuer, PersonClaims, Revocations, SigningKey, Verifier};
use axum::{Extension, Router, body::Body, routing::get};
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use kernel::{Clock as _, ManualClock};
use pep::{Access, AccessAction, Checkpoint, CheckpointLayer, Object, Passed, Stopped};
use proto::identity::v1::{
    AccessAnswer, AccessOutcome, AccessReason, EvaluateManyRequest, EvaluateManyResponse,
    EvaluateRequest, EvaluateResponse, GetDecisionRequest, GetDecisionResponse,
    RequiredAuthentication,
    access_decision_server::{AccessDecision, AccessDecisionServer},
    access_question,
};
use rpc::client::{Credentials, channel};
use standard::InformationClass;
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet};
use tonic::{Status, transport::server::TcpIncoming};
use tower::{Layer as _, ServiceExt as _};

/// What it is to answer, and what it was asked.
#[derive(Clone, Default)]
struct Says(Arc<Said>);

#[derive(Default)]
struct Said {
    answer: Mutex<AccessAnswer>,
    asked: Mutex<Option<EvaluateRequest>>,
    count: AtomicUsize,
}

#[tonic::async_trait]
impl AccessDecision for Says {
    async fn evaluate(
        &self,
        request: tonic::Request<EvaluateRequest>,
    ) -> Result<tonic::Response<EvaluateResponse>, Status> {
        self.0.count.fetch_add(1, Ordering::Relaxed);
        *self.0.asked.lock().expect("no panic before") = Some(request.into_inner());
        let answer = self.0.answer.lock().expect("no panic before").clone();
        let answer = Some(answer);
        Ok(tonic::Response::new(EvaluateResponse { answer }))
    }

    async fn evaluate_many(
        &self,
        _: tonic::Request<EvaluateManyRequest>,
    ) -> Result<tonic::Response<EvaluateManyResponse>, Status> {
        Ok(tonic::Response::new(EvaluateManyResponse::default()))
    }

    async fn get_decision(
        &self,
        _: tonic::Request<GetDecisionRequest>,
    ) -> Result<tonic::Response<GetDecisionResponse>, Status> {
        Ok(tonic::Response::new(GetDecisionResponse::default()))
    }
}

struct Gate {
    says: Says,
    checkpoint: Checkpoint,
    clock: ManualClock,
    key: SigningKey,
    stop: oneshot::Sender<()>,
    server: JoinSet<()>,
}

impl Gate {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let says = Says::default();
        let service = AccessDecisionServer::new(says.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let mut server = JoinSet::new();
        server.spawn(async move {
            tonic::transport::Server::builder()
                .add_service(service)
                .serve_with_incoming_shutdown(TcpIncoming::from(listener), async {
                    let _ = stopped.await;
                })
                .await
                .expect("it serves");
        });
        let clock = ManualClock::new("2026-04-01T01:00:00Z".parse().expect("an instant"));
        let key = SigningKey::generate();
        let issuer = Issuer::people("urn:test", key.key_set());
        let shared = Arc::new(clock.clone());
        let verifier = Verifier::new(shared, vec![issuer], Revocations::default());
        let ourselves = Credentials::bearer("the gate's own");
        let identity = channel(&format!("http://{address}"), ourselves).expect("an address");
        Self {
            says,
            checkpoint: Checkpoint::new(verifier, identity),
            clock,
            key,
            stop,
            server,
        }
    }

    fn answers(&self, outcome: AccessOutcome, change: impl FnOnce(&mut AccessAnswer)) {
        let mut answer = AccessAnswer {
            decision_id: "D-1".to_owned(),
            outcome: outcome.into(),
            ..AccessAnswer::default()
        };
        change(&mut answer);
        *self.says.0.answer.lock().expect("no panic before") = answer;
    }

    fn asked(&self) -> usize {
        self.says.0.count.load(Ordering::Relaxed)
    }

    fn token(&self) -> String {
        let now = self.clock.now().as_second();
        let claims = PersonClaims {
            iss: "urn:test".to_owned(),
            sub: "S0001".parse().expect("an id"),
            aud: auth::AUDIENCE.to_owned(),
            exp: now + 300,
            iat: now,
            auth_time: now,
            acr: "urn:sekisho:aal1".to_owned(),
            amr: vec!["pwd".to_owned()],
            sid: "s-1".parse().expect("an id"),
            epoch: 0,
            roles: Vec::new(),
            section: None,
            client_id: "test".to_owned(),
            jti: "t-1".to_owned(),
        };
        claims.mint(&self.key)
    }

    async fn pass(&self) -> Result<Passed, Stopped> {
        self.checkpoint.pass(&self.token(), &using()).await
    }
}

fn using() -> Access {
    Access::to_use("SYS-1".parse().expect("an id"))
}

fn reason(code: &str) -> AccessReason {
    AccessReason {
        code: code.to_owned(),
        clauses: vec!["7-2-(1)-1".to_owned()],
        message_ja: "登録されていません。".to_owned(),
        message_en: "not registered".to_owned(),
    }
}

#[tokio::test]
async fn whoever_is_allowed_passes_with_the_decision_and_every_access_is_asked_for() {
    let gate = Gate::open().await;
    for (outcome, count) in [
        (AccessOutcome::Allow, 1),
        (AccessOutcome::AllowByException, 2),
    ] {
        gate.answers(outcome, |_| ());
        let passed = gate.pass().await.expect("passed");
        assert_eq!(passed.answer.decision_id, "D-1");
        assert_eq!(
            passed.principal.actor.person().expect("one").as_str(),
            "S0001"
        );
        assert_eq!(gate.asked(), count, "no decision is kept");
    }
}

#[tokio::test]
async fn what_is_asked_is_what_the_application_says() {
    let gate = Gate::open().await;
    gate.answers(AccessOutcome::Allow, |_| ());
    let access = Access {
        device: Some("D-7".parse().expect("an id")),
        class: Some(InformationClass::S),
        automated: true,
        shared_id: Some("desk".parse().expect("an id")),
        object: Some(Object::Item("FOLDER-1".parse().expect("an id"))),
        ..Access::of("SYS-1".parse().expect("an id"), AccessAction::Export)
    };
    let token = gate.token();
    gate.checkpoint.pass(&token, &access).await.expect("passed");
    let asked = gate.says.0.asked.lock().expect("no panic before").clone();
    let asked = asked.expect("a request");
    assert_eq!(asked.subject_token, token);
    let question = asked.question.expect("a question");
    assert_eq!(question.action(), AccessAction::Export);
    let folder = access_question::Object::ItemId("FOLDER-1".to_owned());
    assert_eq!(question.object, Some(folder));
    assert_eq!(
        question.information_class(),
        proto::common::v1::InformationClass::S
    );
    assert_eq!(
        (question.device_id.as_str(), question.automated),
        ("D-7", true)
    );
    assert_eq!(question.shared_id, "desk");
}

// RFC 9470.
#[tokio::test]
async fn a_step_up_becomes_a_challenge_with_levels_and_age() {
    let gate = Gate::open().await;
    gate.answers(AccessOutcome::StepUp, |answer| {
        answer.reasons = vec![reason("privilege_factor")];
        answer.required = Some(RequiredAuthentication {
            acr_values: vec![
                "urn:sekisho:phr".to_owned(),
                "urn:sekisho:aal3".to_owned(),
                "evil\"\r\nSet-Cookie: a=b".to_owned(),
            ],
            max_age: Some(900),
            ..RequiredAuthentication::default()
        });
    });
    let stopped = gate.pass().await.expect_err("stopped");
    assert_eq!(
        stopped.challenge().expect("a challenge"),
        "Bearer error=\"insufficient_user_authentication\", \
         error_description=\"more or fresher authentication is needed\", \
         acr_values=\"urn:sekisho:phr urn:sekisho:aal3\", max_age=\"900\""
    );
    let response: Response<String> = stopped.response();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(stopped.decision_id(), Some("D-1"));
}

#[tokio::test]
async fn a_refusal_is_final_unless_signing_in_again_answers_it() {
    let gate = Gate::open().await;
    for (codes, status) in [
        (&["entitlement_missing"][..], StatusCode::FORBIDDEN),
        (&["session_not_live"], StatusCode::UNAUTHORIZED),
        (
            &["epoch_outdated", "token_revoked"],
            StatusCode::UNAUTHORIZED,
        ),
        (&["session_not_live", "public_line"], StatusCode::FORBIDDEN),
        (&[], StatusCode::FORBIDDEN),
    ] {
        gate.answers(AccessOutcome::Deny, |answer| {
            answer.reasons = codes.iter().map(|code| reason(code)).collect();
        });
        let stopped = gate.pass().await.expect_err("stopped");
        let response: Response<String> = stopped.response();
        assert_eq!(response.status(), status, "{codes:?}");
        let challenge = response.headers().get(header::WWW_AUTHENTICATE);
        assert_eq!(challenge.is_some(), status == StatusCode::UNAUTHORIZED);
        for code in codes {
            assert!(response.body().contains(code), "{}", response.body());
        }
    }
}

#[tokio::test]
async fn a_token_that_is_not_good_never_reaches_identity() {
    let gate = Gate::open().await;
    gate.answers(AccessOutcome::Allow, |_| ());
    let expired = gate.token();
    gate.checkpoint
        .pass(&expired, &using())
        .await
        .expect("passed");
    assert_eq!(gate.asked(), 1);
    gate.clock.advance(SignedDuration::from_secs(300));
    let foreign = SigningKey::generate();
    let forged = Gate {
        key: foreign,
        ..gate
    };
    for token in [&expired, &forged.token(), "nonsense"] {
        let stopped = forged.checkpoint.pass(token, &using()).await;
        let stopped = stopped.expect_err("stopped");
        assert!(matches!(stopped, Stopped::Token(_)), "{stopped:?}");
        assert_eq!(
            stopped.challenge().expect("a challenge"),
            "Bearer error=\"invalid_token\""
        );
    }
    assert_eq!(
        forged.asked(),
        1,
        "a remembered token expires like any other"
    );
}

// Fails closed: whatever the class, and whatever was allowed before.
#[tokio::test]
async fn without_an_answer_nobody_passes() {
    let mut gate = Gate::open().await;
    gate.answers(AccessOutcome::Allow, |_| ());
    gate.pass().await.expect("passed");
    gate.answers(AccessOutcome::Unspecified, |_| ());
    let stopped = gate.pass().await.expect_err("not an answer");
    assert!(matches!(stopped, Stopped::Away));

    gate.answers(AccessOutcome::Allow, |_| ());
    let token = gate.token();
    gate.stop.send(()).expect("a server that runs");
    gate.server.join_next().await;
    let stopped = gate
        .checkpoint
        .pass(&token, &using())
        .await
        .expect_err("identity is away");
    let response: Response<String> = stopped.response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key(header::RETRY_AFTER));
    assert!(
        stopped.challenge().is_none(),
        "nobody signs in again for that"
    );
}

#[tokio::test]
async fn the_layer_lets_requests_through_with_who_passed_and_answers_the_others_itself() {
    let gate = Gate::open().await;
    let greet = |Extension(passed): Extension<Passed>| async move { passed.answer.decision_id };
    let app = Router::new().route("/", get(greet));
    let layer = CheckpointLayer::new(gate.checkpoint.clone(), |parts| {
        let mut access = using();
        access.automated = parts.headers.contains_key("x-robot");
        access
    });
    let app = layer.layer(app);
    let ask = |authorization: Option<String>| {
        let mut request = Request::get("/").header("x-robot", "1");
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        app.clone()
            .oneshot(request.body(Body::empty()).expect("a request"))
    };
    gate.answers(AccessOutcome::Allow, |_| ());
    let bearer = format!("Bearer {}", gate.token());
    let response = ask(Some(bearer.clone())).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.expect("a body");
    assert_eq!(body.to_bytes(), "D-1");
    let asked = gate.says.0.asked.lock().expect("no panic before").clone();
    assert!(
        asked
            .and_then(|one| one.question)
            .expect("a question")
            .automated
    );

    gate.answers(AccessOutcome::Deny, |answer| {
        answer.reasons = vec![reason("entitlement_missing")];
    });
    let response = ask(Some(bearer)).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let body = response.into_body().collect().await.expect("a body");
    let body: serde_json::Value = serde_json::from_slice(&body.to_bytes()).expect("JSON");
    assert_eq!(body["decision_id"], "D-1");
    assert_eq!(body["reasons"][0]["code"], "entitlement_missing");
    assert_eq!(body["reasons"][0]["clauses"][0], "7-2-(1)-1");
    assert_eq!(body["reasons"][0]["message"]["ja"], "登録されていません。");

    let before = gate.asked();
    for (given, challenge) in [
        (None, "Bearer"),
        (
            Some("Basic abc".to_owned()),
            "Bearer error=\"invalid_token\"",
        ),
    ] {
        let response = ask(given).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], challenge);
    }
    assert_eq!(gate.asked(), before);
}

// A connection that is taken and never answered on.
#[tokio::test]
async fn without_an_answer_in_time_nobody_passes() {
    let gate = Gate::open().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = silent.local_addr().expect("its address");
    let identity = channel(&format!("http://{address}"), Credentials::anonymous());
    let issuer = Issuer::people("urn:test", gate.key.key_set());
    let clock = Arc::new(gate.clock.clone());
    let verifier = Verifier::new(clock, vec![issuer], Revocations::default());
    let checkpoint = Checkpoint::new(verifier, identity.expect("an address"))
        .with_patience(std::time::Duration::from_millis(50));
    let stopped = checkpoint.pass(&gate.token(), &using()).await;
    assert!(matches!(stopped, Err(Stopped::Away)), "{stopped:?}");
}
