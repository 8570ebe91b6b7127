//! A service that does what the text of the request says.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::{StreamExt, future::BoxFuture, stream::BoxStream};
use kernel::{ClauseId, Kind, ManualClock, Refusal};
use proto::codec::StrictCodec;
use rpc::{AccessTable, Caller, Fields, Permission, status};
use standard::Role;
use tokio::sync::{Semaphore, broadcast, watch};
use tokio_stream::wrappers::BroadcastStream;
use tonic::{
    Request, Response, Status, body::Body, codegen::http, server::Grpc, server::NamedService,
};
use tower::{Service, service_fn};

use super::{Message, message};

/// `Hidden` exists and is not listed.
pub(crate) const PROBE: AccessTable = &[
    ("/sekisho.ledger.v1.Probe/Open", Permission::Public),
    ("/sekisho.ledger.v1.Probe/Staff", Permission::Person),
    (
        "/sekisho.ledger.v1.Probe/Auditor",
        Permission::Roles(&[Role::Auditor]),
    ),
    (
        "/sekisho.ledger.v1.Probe/Gateway",
        Permission::EnforcementPoint,
    ),
    ("/sekisho.ledger.v1.Probe/Internal", Permission::Platform),
    ("/sekisho.ledger.v1.Probe/Stream", Permission::Person),
    ("/sekisho.ledger.v1.Nowhere/To", Permission::Public),
    // One of the contracts, whose request names a system.
    (
        "/sekisho.ledger.v1.Systems/GetSystem",
        Permission::Roles(&[Role::Auditor]),
    ),
];

type Text = Result<Response<Message>, Status>;

#[derive(Clone)]
pub(crate) struct Probe {
    /// A permit lets one `wait` go on.
    pub(crate) gate: Arc<Semaphore>,
    waiting: Arc<watch::Sender<usize>>,
    /// What streams send.
    pub(crate) news: broadcast::Sender<String>,
}

impl Default for Probe {
    fn default() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(0)),
            waiting: Arc::new(watch::Sender::new(0)),
            news: broadcast::channel(16).0,
        }
    }
}

impl Probe {
    /// Returns when a `wait` is in work.
    pub(crate) async fn waiting(&self) {
        let mut waiting = self.waiting.subscribe();
        waiting
            .wait_for(|n| *n > 0)
            .await
            .expect("the sender lives");
    }

    async fn unary(self, request: Request<Message>) -> Text {
        let (caller, message) = Caller::open(request);
        match message.id.as_str() {
            "who" => answer(describe(&caller)),
            "refuse" => Err(status::refused(Rule { again: None })),
            "not yet" => Err(status::refused(Rule {
                again: Some(Duration::from_secs(2)),
            })),
            "reuse" => Err(status::failure::<Rule>(store::Failure::KeyReused)),
            "contend" => Err(status::failure::<Rule>(store::Failure::Contended(None))),
            "fault" => Err(status::internal(fmt::Error)),
            "panic" => panic!("as it was told to"),
            "fields" => {
                let mut fields = Fields::new();
                fields.text("name", "", 1..=9);
                fields.number("days", 99, 1..=30);
                fields.done()?;
                answer("unreachable".into())
            }
            "wait" => {
                self.waiting.send_modify(|n| *n += 1);
                self.gate.acquire().await.expect("open").forget();
                answer("waited".into())
            }
            other => answer(other.to_owned()),
        }
    }

    fn stream(self) -> BoxStream<'static, Result<Message, Status>> {
        let news = BroadcastStream::new(self.news.subscribe());
        news.map(|text| Ok(message(&text.unwrap_or_default())))
            .boxed()
    }
}

fn answer(text: String) -> Text {
    Ok(Response::new(message(&text)))
}

fn describe(caller: &Caller) -> String {
    let clock = ManualClock::new(jiff::Timestamp::UNIX_EPOCH);
    let context = caller.context(&clock);
    format!(
        "{} {} {} {}",
        context.actor,
        context.correlation,
        caller.idempotency_key().unwrap_or("-"),
        context.traceparent.unwrap_or_default(),
    )
}

#[derive(Debug)]
struct Rule {
    again: Option<Duration>,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule stands against it")
    }
}

impl std::error::Error for Rule {}

impl Refusal for Rule {
    fn kind(&self) -> Kind {
        Kind::Precondition
    }
    fn code(&self) -> &'static str {
        "a_rule"
    }
    fn clauses(&self) -> Vec<ClauseId> {
        vec![ClauseId::known("3-4-(6)-1")]
    }
    fn retry_after(&self) -> Option<Duration> {
        self.again
    }
    fn message_ja(&self) -> String {
        "規則に反します。".into()
    }
}

impl NamedService for Probe {
    const NAME: &'static str = "sekisho.ledger.v1.Probe";
}

impl Service<http::Request<Body>> for Probe {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let probe = self.clone();
        let mut grpc = Grpc::new(StrictCodec::<Message, Message>::default())
            .max_decoding_message_size(64 * 1024);
        Box::pin(async move {
            if request.uri().path().ends_with("/Stream") {
                let stream = service_fn(move |_: Request<Message>| {
                    let stream = probe.clone().stream();
                    async move { Ok::<_, Status>(Response::new(stream)) }
                });
                return Ok(grpc.server_streaming(stream, request).await);
            }
            let unary = service_fn(move |request| probe.clone().unary(request));
            Ok(grpc.unary(unary, request).await)
        })
    }
}
