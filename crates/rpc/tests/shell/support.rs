//! A process with one tiny service in it, and callers of every kind.

mod probe;
mod recorder;

use std::sync::{Arc, Once};

use auth::{Issuer, PersonClaims, Revocations, SigningKey, Verifier, WorkloadKey};
use kernel::{Actor, Clock, ManualClock, PersonId, SessionId};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use proto::{codec::StrictCodec, sekisho::standard::v1::GetClauseRequest};
use rpc::{
    Endpoint, Process,
    client::{self, Channel, Credentials},
};
use runtime::{
    Config, Runtime,
    config::{IssuerKind, TokenAlgorithm, TrustedIssuer},
};
use standard::{Pack, Role, ServiceName};
use tonic::{Request, Response, Status, Streaming, client::Grpc, codegen::http::uri::PathAndQuery};
use tonic_types::{ErrorDetail, StatusExt};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

pub(crate) use probe::{PROBE, Probe};
pub(crate) use recorder::Recorder;

/// What each message of the tiny service is: a text.
pub(crate) type Message = GetClauseRequest;

/// A running process.
pub(crate) struct House {
    pub(crate) runtime: Runtime,
    pub(crate) clock: ManualClock,
    pub(crate) people: SigningKey,
    pub(crate) workload: WorkloadKey,
    pub(crate) verifier: Verifier,
    pub(crate) probe: Probe,
    pub(crate) recorder: Recorder,
    pub(crate) uri: String,
}

/// One with the usual limits.
pub(crate) async fn house() -> House {
    house_with(|_| {}).await
}

/// One with other limits.
pub(crate) async fn house_with(change: impl FnOnce(&mut Config)) -> House {
    record_traces();
    let mut config = Config::defaults_for_embedded("unused");
    config.listen.grpc.set_port(0);
    config.listen.http.set_port(0);
    change(&mut config);
    let clock = ManualClock::new("2026-11-22T09:00:00Z".parse().expect("an instant"));
    let pack = Pack::sendai().expect("the pack");
    let runtime = Runtime::with(config, pack, Arc::new(clock.clone()));
    let people = SigningKey::generate();
    let workload = WorkloadKey::generate();
    let issuers = vec![
        Issuer::people("urn:sekisho:identity", people.key_set()),
        Issuer::own_workloads(&workload),
        Issuer::from_config(&absent()).expect("an issuer"),
    ];
    let verifier = Verifier::new(Arc::new(clock.clone()), issuers, Revocations::default());
    let process = Process::bind(runtime.clone(), verifier.clone()).await;
    let process = process.expect("ports");
    let uri = format!("http://{}", process.grpc_address());
    let probe = Probe::default();
    let recorder = Recorder::default();
    let endpoint = Endpoint::new(
        ServiceName::Ledger,
        tonic::service::Routes::new(probe.clone()),
        PROBE,
        Arc::new(recorder.clone()),
    );
    process.start(vec![endpoint]).await.expect("started");
    House {
        runtime,
        clock,
        people,
        workload,
        verifier,
        probe,
        recorder,
        uri,
    }
}

/// An issuer that is trusted and whose keys cannot be read.
fn absent() -> TrustedIssuer {
    TrustedIssuer {
        issuer: "urn:sekisho:absent".into(),
        audience: auth::AUDIENCE.into(),
        kind: IssuerKind::People,
        jwks_url: None,
        jwks_file: Some("nowhere/jwks.json".into()),
        algorithms: vec![TokenAlgorithm::Es256],
        jwks_bearer_file: None,
        jwks_ca_file: None,
        subjects: std::collections::BTreeMap::new(),
    }
}

/// For the whole test process: whether a span is wanted is judged once for all threads.
fn record_traces() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let traces = SdkTracerProvider::builder().build();
        let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer("test"));
        tracing_subscriber::registry().with(spans).init();
    });
}

impl House {
    pub(crate) fn anonymous(&self) -> Caller {
        self.caller(Credentials::anonymous())
    }

    pub(crate) fn staff(&self) -> Caller {
        self.person(&[])
    }

    pub(crate) fn auditor(&self) -> Caller {
        self.person(&[Role::Auditor])
    }

    /// Who has verified one category only.
    pub(crate) fn weak_auditor(&self) -> Caller {
        let mut claims = self.claims("urn:sekisho:identity", &[Role::Auditor]);
        "urn:sekisho:aal1".clone_into(&mut claims.acr);
        self.with_token(&claims.mint(&self.people))
    }

    pub(crate) fn machine(&self, actor: Actor) -> Caller {
        let clock = Arc::new(self.clock.clone());
        self.caller(Credentials::minted(self.workload.clone(), actor, clock))
    }

    pub(crate) fn with_token(&self, token: &str) -> Caller {
        self.caller(Credentials::bearer(token))
    }

    /// Staff with a token of an issuer that cannot be asked for its keys.
    pub(crate) fn staff_of_absent_issuer(&self) -> Caller {
        let token = self.token("urn:sekisho:absent", &[], &SigningKey::generate());
        self.with_token(&token)
    }

    fn person(&self, roles: &[Role]) -> Caller {
        let token = self.token("urn:sekisho:identity", roles, &self.people);
        self.with_token(&token)
    }

    fn token(&self, issuer: &str, roles: &[Role], key: &SigningKey) -> String {
        self.claims(issuer, roles).mint(key)
    }

    fn claims(&self, issuer: &str, roles: &[Role]) -> PersonClaims {
        let now = self.clock.now().as_second();
        PersonClaims {
            iss: issuer.into(),
            sub: PersonId::try_new("S0001").expect("an id"),
            aud: auth::AUDIENCE.into(),
            exp: now + 300,
            iat: now,
            auth_time: now,
            acr: "urn:sekisho:aal2".into(),
            amr: vec!["pwd".into(), "otp".into()],
            sid: SessionId::try_new("session-1").expect("an id"),
            epoch: 0,
            roles: roles.to_vec(),
            section: None,
            client_id: "test".into(),
            jti: "1".into(),
        }
    }

    fn caller(&self, credentials: Credentials) -> Caller {
        Caller(client::channel(&self.uri, credentials).expect("an address"))
    }
}

/// Someone who calls.
#[derive(Clone)]
pub(crate) struct Caller(pub Channel);

impl Caller {
    /// Calls a method of the tiny service with a text.
    pub(crate) async fn say(&self, method: &str, text: &str) -> Result<String, Status> {
        self.send(method, Request::new(message(text))).await
    }

    /// The same with a request of one's own making.
    pub(crate) async fn send<M>(&self, method: &str, request: Request<M>) -> Result<String, Status>
    where
        M: prost::Message + Send + Sync + 'static,
    {
        self.answer(method, request)
            .await
            .map(|answer| answer.into_inner().id)
    }

    /// The whole answer.
    pub(crate) async fn answer<M>(
        &self,
        method: &str,
        request: Request<M>,
    ) -> Result<Response<Message>, Status>
    where
        M: prost::Message + Send + Sync + 'static,
    {
        let mut grpc = self.ready().await;
        let codec = StrictCodec::<M, Message>::default();
        grpc.unary(request, path(method), codec).await
    }

    /// Opens the tiny service's stream.
    pub(crate) async fn listen(&self) -> Result<Streaming<Message>, Status> {
        let mut grpc = self.ready().await;
        let codec = StrictCodec::<Message, Message>::default();
        let request = Request::new(message(""));
        let answer = grpc.server_streaming(request, path("Stream"), codec).await;
        answer.map(Response::into_inner)
    }

    async fn ready(&self) -> Grpc<Channel> {
        let mut grpc = Grpc::new(self.0.clone()).max_encoding_message_size(usize::MAX);
        grpc.ready().await.expect("a connection");
        grpc
    }
}

pub(crate) fn message(text: &str) -> Message {
    Message { id: text.into() }
}

fn path(method: &str) -> PathAndQuery {
    let full = match method.starts_with('/') {
        true => method.to_owned(),
        false => format!("/sekisho.ledger.v1.Probe/{method}"),
    };
    full.parse().expect("a path")
}

/// The stable code of an error.
pub(crate) fn code(status: &Status) -> String {
    let info = status.get_details_error_info();
    info.map_or_else(|| format!("none in {status:?}"), |info| info.reason)
}

/// Its words in a language.
pub(crate) fn words(status: &Status, locale: &str) -> Option<String> {
    let mut details = status.get_error_details_vec().into_iter();
    details.find_map(|detail| match detail {
        ErrorDetail::LocalizedMessage(m) if m.locale == locale => Some(m.message),
        _ => None,
    })
}
