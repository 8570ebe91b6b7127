//! A port: how many connections it bears at once, and for how long each. Whoever opens many and says
//! nothing, or a byte at a time (slowloris), keeps nobody else out.

mod connection;
mod preface;

use std::{future::ready, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{client::trusts, places::Places};
use crate::{config::Limits, metrics};
use connection::Connection;

/// Longest that a head of a request may take, and that an HTTP/1 connection may lie idle before the
/// next; longest that an HTTP/2 connection may take to begin.
const HEAD: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug)]
pub struct Port {
    /// Its name in metrics: one word.
    pub name: &'static str,
    /// What is spoken there.
    pub speech: Speech,
    /// Open, on its address.
    pub listener: TcpListener,
    /// How many connections, for how long, and how long a request may take.
    pub limits: Limits,
}

/// What is spoken at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// HTTP/1.1 in the clear.
    Http,
    /// HTTP/1.1 inside TLS that ends here. A proxy before it sees nothing of the requests and can have
    /// written no header, so none is believed.
    HttpInTls,
    /// gRPC: HTTP/2 in the clear. How long a request may take is its layers' to say.
    Grpc,
}

/// Why a connection was not borne with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// The port, or its network, has as many open as it may.
    TooMany,
    /// It asked nothing.
    Silent,
    /// It did not speak as it must before it asks.
    Handshake,
    /// Its request did not end in time, or the answer did not, or it stayed on beyond its age.
    Slow,
}

impl Turned {
    const ALL: [Self; 4] = [Self::TooMany, Self::Silent, Self::Handshake, Self::Slow];

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
    /// ([`Client`]). Run it as a task of stage `Servers`.
    ///
    /// # Errors
    /// None: what fails is one connection.
    pub async fn serve(self, router: Router, stop: CancellationToken) -> io::Result<()> {
        match self.speech {
            Speech::Http | Speech::HttpInTls => {
                let greet = |tcp, _| ready(Ok((tcp, ())));
                self.serve_after(router, stop, greet).await
            }
            Speech::Grpc => {
                let greet = |tcp, _| async { Ok((preface::awaited(tcp, HEAD).await?, ())) };
                self.serve_after(router, stop, greet).await
            }
        }
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
            speech,
            mut listener,
            limits,
        } = self;
        metrics::http().begin(name, Turned::ALL.map(Turned::as_str));
        let room = Arc::new(Semaphore::new(limits.max_connections));
        let places = Places::new(limits.max_connections_per_address);
        let limits = Arc::new(limits);
        let mut open = JoinSet::new();
        loop {
            let next = async {
                let room = room_for_one(speech, &room).await;
                (room, axum::serve::Listener::accept(&mut listener).await)
            };
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = open.join_next() => {}
                (room, (tcp, peer)) = next => {
                    let place = if trusts(&limits.trusted_proxies, peer.ip()) {
                        Some(None)
                    } else {
                        places.take(peer.ip()).map(Some)
                    };
                    let (Some(room), Some(place)) = (room, place) else {
                        metrics::http().turned_away(name, Turned::TooMany.as_str());
                        continue;
                    };
                    // Without it small answers wait for others; a socket that has none does as well.
                    let _ = tcp.set_nodelay(true);
                    let connection = Connection {
                        speech,
                        peer,
                        limits: Arc::clone(&limits),
                        router: router.clone(),
                        stop: stop.clone(),
                    };
                    let attended = connection.attend(greet(tcp, peer));
                    open.spawn(async move {
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

/// Room within the bound on all. Beyond it, connections of HTTP/1 wait outside: those inside soon ask or
/// go. Those of HTTP/2 stay for long, and whoever waits for them is better told to go elsewhere.
async fn room_for_one(speech: Speech, room: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    let room = Arc::clone(room);
    match speech {
        Speech::Http | Speech::HttpInTls => room.acquire_owned().await.ok(),
        Speech::Grpc => room.try_acquire_owned().ok(),
    }
}

#[cfg(test)]
mod tests;
