//! The card door: a port of identity's own where TLS asks the browser for the certificate of an ID card.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::connect_info::Connected, middleware, serve::IncomingStream};
use futures::{
    FutureExt as _,
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt as _},
};
use runtime::{
    Stage, Tasks,
    config::{IcCardSection, PagesSection},
};
use rustls::pki_types::CertificateDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::handshake;
use crate::secrets::CardIssuers;

/// Longest that a browser and its card may take over a handshake; whoever holds it types a PIN then.
const PATIENCE: Duration = Duration::from_secs(60);
/// Handshakes under way at once; more wait outside.
const AT_ONCE: usize = 1024;
/// Most certificates between a card's and its issuer's that are looked at.
const CHAIN: usize = 4;

type Shaken = Option<(TlsStream<TcpStream>, SocketAddr)>;

/// See the module.
pub(crate) struct Door {
    tcp: TcpListener,
    tls: TlsAcceptor,
    shaking: FuturesUnordered<BoxFuture<'static, Shaken>>,
    /// Where browsers reach it.
    pub(crate) origin: String,
}

/// Who is at the door.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) peer: SocketAddr,
    /// The certificate whose key the browser has just proven to hold, if it showed one.
    pub(crate) shown: Option<Arc<Shown>>,
}

/// A certificate (DER), and those between it and its issuer.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) certificate: Vec<u8>,
    pub(crate) chain: Vec<Vec<u8>>,
}

impl Door {
    /// Opens the port, if one is configured.
    ///
    /// # Errors
    /// Names the key and the reason.
    pub(crate) async fn open(
        section: &IcCardSection,
        pages: &PagesSection,
        issuers: Option<&CardIssuers>,
    ) -> Result<Option<Self>, String> {
        let (Some(listen), Some(issuers)) = (section.listen, issuers) else {
            return Ok(None);
        };
        let tls = handshake::configuration(section, issuers)?;
        let failed = |error| format!("listen {listen}: {error}");
        let tcp = TcpListener::bind(listen).await.map_err(failed)?;
        let port = tcp.local_addr().map_err(failed)?.port();
        Ok(Some(Self {
            tcp,
            tls: TlsAcceptor::from(Arc::new(tls)),
            shaking: FuturesUnordered::new(),
            origin: section.door_origin(pages, port),
        }))
    }

    /// Serves until the process stops.
    pub(crate) fn serve(self, routes: Router, tasks: &Tasks) {
        let servers = tasks.stage(Stage::Servers);
        let stop = servers.shutdown_token().cancelled_owned();
        tracing::info!(listen = ?self.tcp.local_addr(), origin = self.origin, "card door");
        let routes = routes.layer(middleware::map_response(handshake::once));
        let routes = routes.into_make_service_with_connect_info::<Caller>();
        servers.spawn("identity: card door", async {
            axum::serve(self, routes).with_graceful_shutdown(stop).await
        });
    }
}

impl axum::serve::Listener for Door {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // One browser that waits for its PIN keeps no other waiting.
        loop {
            tokio::select! {
                (tcp, peer) = axum::serve::Listener::accept(&mut self.tcp),
                    if self.shaking.len() < AT_ONCE =>
                {
                    self.shaking.push(shake(self.tls.clone(), tcp, peer).boxed());
                }
                Some(shaken) = self.shaking.next() => {
                    if let Some(shaken) = shaken {
                        return shaken;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

async fn shake(tls: TlsAcceptor, tcp: TcpStream, peer: SocketAddr) -> Shaken {
    match tokio::time::timeout(PATIENCE, tls.accept(tcp)).await {
        Ok(Ok(stream)) => Some((stream, peer)),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "no handshake at the card door");
            None
        }
        Err(_) => None,
    }
}

impl Connected<IncomingStream<'_, Door>> for Caller {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        let (_, session) = stream.io().get_ref();
        let shown = session.peer_certificates().and_then(Shown::of);
        Self {
            peer: *stream.remote_addr(),
            shown: shown.map(Arc::new),
        }
    }
}

impl Shown {
    fn of(certificates: &[CertificateDer<'_>]) -> Option<Self> {
        let (certificate, chain) = certificates.split_first()?;
        let chain = chain.iter().take(CHAIN).map(|one| one.to_vec());
        Some(Self {
            certificate: certificate.to_vec(),
            chain: chain.collect(),
        })
    }
}
