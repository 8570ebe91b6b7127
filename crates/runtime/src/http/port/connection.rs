//! One connection, from its greeting to its end.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::ConnectInfo,
    http::{Request, StatusCode},
    response::IntoResponse as _,
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{HEAD, Speech, Turned};
use crate::{config::Limits, http::Client};

/// Streams one HTTP/2 connection may have open.
const STREAMS: u32 = 1024;
/// How often whoever is connected by HTTP/2 is asked whether they are still there.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(30);
/// How long their answer may take.
const KEEPALIVE_PATIENCE: Duration = Duration::from_secs(10);

/// See the module.
pub(super) struct Connection {
    pub(super) speech: Speech,
    pub(super) peer: SocketAddr,
    pub(super) limits: Arc<Limits>,
    pub(super) router: Router,
    pub(super) stop: CancellationToken,
}

/// What is noted of a connection while it is served.
#[derive(Default)]
struct Noted {
    asked: AtomicBool,
    slow: AtomicBool,
}

impl Connection {
    /// Serves it to its end: the caller's, or that of its time.
    pub(super) async fn attend<Io, Caller>(
        self,
        greeting: impl Future<Output = Result<(Io, Caller), Turned>>,
    ) -> Result<(), Turned>
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        Caller: Clone + Send + Sync + 'static,
    {
        let stop = self.stop.clone();
        let (io, caller) = tokio::select! {
            greeted = greeting => greeted?,
            () = stop.cancelled() => return Ok(()),
        };
        let age = self.limits.max_connection_age();
        let (http, noted) = (self.http(), Arc::new(Noted::default()));
        let (connection, note) = (Arc::new(self), Arc::clone(&noted));
        let answer = service_fn(move |mut request: Request<Incoming>| {
            note.asked.store(true, Ordering::Relaxed);
            let client = connection.client(&request);
            let extensions = request.extensions_mut();
            extensions.insert(client);
            extensions.insert(ConnectInfo(caller.clone()));
            let (connection, note) = (Arc::clone(&connection), Arc::clone(&note));
            async move { connection.answer(request, &note).await }
        });
        let mut serving = pin!(http.serve_connection(TokioIo::new(io), answer));
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
            () = sleep(age) => {
                // It takes nothing further and ends with what it has; whoever keeps it open in spite of
                // that is cut off.
                serving.as_mut().graceful_shutdown();
                timeout(age, serving).await.map_err(|_| Turned::Slow)?
            }
        };
        let timed_out = |error: &(dyn std::error::Error + 'static)| {
            error
                .downcast_ref::<hyper::Error>()
                .is_some_and(hyper::Error::is_timeout)
        };
        let silent = ended.is_err_and(|error| timed_out(error.as_ref()));
        let silent = silent && !noted.asked.load(Ordering::Relaxed);
        match (silent, noted.slow.load(Ordering::Relaxed)) {
            (true, _) => Err(Turned::Silent),
            (_, true) => Err(Turned::Slow),
            _ => Ok(()),
        }
    }

    fn http(&self) -> auto::Builder<TokioExecutor> {
        let mut http = auto::Builder::new(TokioExecutor::new());
        match self.speech {
            Speech::Http | Speech::HttpInTls => {
                http = http.http1_only();
                http.http1()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD);
            }
            Speech::Grpc => {
                http = http.http2_only();
                http.http2()
                    .timer(TokioTimer::new())
                    .max_concurrent_streams(STREAMS)
                    .keep_alive_interval(KEEPALIVE_EVERY)
                    .keep_alive_timeout(KEEPALIVE_PATIENCE);
            }
        }
        http
    }

    fn client(&self, request: &Request<Incoming>) -> Client {
        let trusted = match self.speech {
            Speech::HttpInTls => &[][..],
            Speech::Http | Speech::Grpc => &self.limits.trusted_proxies,
        };
        Client::of(self.peer.ip(), request.headers(), trusted)
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        noted: &Noted,
    ) -> Result<axum::response::Response, std::convert::Infallible> {
        let answer = self.router.clone().oneshot(request);
        if self.speech == Speech::Grpc {
            return answer.await;
        }
        let in_time = timeout(self.limits.request_deadline(), answer).await;
        in_time.unwrap_or_else(|_| {
            noted.slow.store(true, Ordering::Relaxed);
            Ok(StatusCode::REQUEST_TIMEOUT.into_response())
        })
    }
}
