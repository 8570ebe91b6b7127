//! An HTTP port: how many connections it bears at once, and for how long each. Whoever opens many and
//! says nothing, or a byte at a time (slowloris), keeps nobody else out.

use std::{
    future::ready,
    io,
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
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::places::Places;
use crate::{config::Limits, metrics};

/// Longest that a head of a request may take, and that a connection may lie idle before the next.
const HEAD: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug)]
pub struct Port {
    /// Its name in metrics: one word.
    pub name: &'static str,
    /// Open, on its address.
    pub listener: TcpListener,
    /// How many connections, and how long a request may take.
    pub limits: Limits,
}

/// Why a connection was not borne with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// Its network has as many open as it may.
    TooMany,
    /// It asked nothing.
    Silent,
    /// It did not speak as it must before it asks.
    Handshake,
    /// Its request did not end in time, or the answer did not.
    Slow,
}

impl Turned {
    const fn as_str(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::Silent => "silent",
            Self::Handshake => "handshake",
            Self::Slow => "slow",
        }
    }
}

impl Port {
    /// Serves until `stop`, then finishes what is in hand. Handlers may ask whom they answer
    /// (`ConnectInfo<SocketAddr>`). Run it as a task of stage `Servers`.
    ///
    /// # Errors
    /// None: what fails is one connection.
    pub async fn serve(self, router: Router, stop: CancellationToken) -> io::Result<()> {
        self.serve_after(router, stop, |tcp, peer| ready(Ok((tcp, peer))))
            .await
    }

    /// The same where a connection begins with something of its own, such as TLS; what is found out
    /// there of the caller is the handlers' `ConnectInfo`. It must end by itself.
    ///
    /// # Errors
    /// None: what fails is one connection.
    pub async fn serve_after<Io, Caller, Greeting>(
        self,
        router: Router,
        stop: CancellationToken,
        greet: impl Fn(TcpStream, SocketAddr) -> Greeting + Send,
    ) -> io::Result<()>
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        Caller: Clone + Send + Sync + 'static,
        Greeting: Future<Output = Result<(Io, Caller), Turned>> + Send + 'static,
    {
        let Self {
            name,
            mut listener,
            limits,
        } = self;
        let room = Arc::new(Semaphore::new(limits.max_connections));
        let places = Places::new(limits.max_connections_per_address);
        let mut open = JoinSet::new();
        loop {
            // Beyond the bound they wait outside; nobody inside can stay for long.
            let next = async {
                let room = Arc::clone(&room).acquire_owned().await;
                (room, axum::serve::Listener::accept(&mut listener).await)
            };
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = open.join_next() => {}
                (room, (tcp, peer)) = next => {
                    let Some(place) = places.take(peer.ip()) else {
                        metrics::http().turned_away(name, Turned::TooMany.as_str());
                        continue;
                    };
                    let greeting = greet(tcp, peer);
                    let (router, stop) = (router.clone(), stop.clone());
                    open.spawn(async move {
                        let attended = attend(greeting, router, limits.request_deadline(), stop);
                        if let Err(turned) = attended.await {
                            metrics::http().turned_away(name, turned.as_str());
                        }
                        drop((place, room));
                    });
                }
            }
        }
        drop(listener);
        while open.join_next().await.is_some() {}
        Ok(())
    }
}

/// One connection, from its greeting to its end.
async fn attend<Io, Caller>(
    greeting: impl Future<Output = Result<(Io, Caller), Turned>>,
    router: Router,
    deadline: Duration,
    stop: CancellationToken,
) -> Result<(), Turned>
where
    Io: AsyncRead + AsyncWrite + Unpin,
    Caller: Clone + Send + Sync + 'static,
{
    let (io, caller) = tokio::select! {
        greeted = greeting => greeted?,
        () = stop.cancelled() => return Ok(()),
    };
    let (asked, slow) = (AtomicBool::new(false), AtomicBool::new(false));
    let answer = service_fn(|mut request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(caller.clone()));
        let answer = timeout(deadline, router.clone().oneshot(request));
        let slow = &slow;
        async move {
            answer.await.unwrap_or_else(|_| {
                slow.store(true, Ordering::Relaxed);
                Ok(StatusCode::REQUEST_TIMEOUT.into_response())
            })
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut serving = pin!(http.serve_connection(TokioIo::new(io), answer));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    let silent = ended.is_err_and(|error| error.is_timeout()) && !asked.load(Ordering::Relaxed);
    match (silent, slow.load(Ordering::Relaxed)) {
        (true, _) => Err(Turned::Silent),
        (_, true) => Err(Turned::Slow),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
