//! The card door: a port of identity's own where TLS asks the browser for the certificate of an ID card.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, middleware};
use runtime::{
    Stage, Tasks,
    config::{IcCardSection, Limits, PagesSection},
    http::{Port, Speech, Turned},
};
use rustls::{ServerConfig, server::Acceptor};
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use super::handshake;
use crate::secrets::CardIssuers;

/// Longest that a browser may take to say that it wants to speak TLS: nobody types anything for that.
const HELLO: Duration = Duration::from_secs(5);
/// Longest that a browser and its card may take over the rest; whoever holds it types a PIN then.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module.
pub(crate) struct Door {
    tcp: TcpListener,
    tls: Arc<ServerConfig>,
    /// Where browsers reach it.
    pub(crate) origin: String,
}

/// Who is at the door.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The certificate (DER) whose key the browser has just proven to hold, if it showed one.
    pub(crate) shown: Option<Arc<[u8]>>,
}

impl Door {
    /// Opens the port, if one is configured.
    ///
    /// # Errors
    /// Names the key and the reason.
    pub(crate) async fn open(
        section: &IcCardSection,
        pages: &PagesSection,
        issuers: &CardIssuers,
    ) -> Result<Option<Self>, String> {
        let Some(listen) = section.listen else {
            return Ok(None);
        };
        let tls = handshake::configuration(section, issuers)?;
        let failed = |error| format!("listen {listen}: {error}");
        let tcp = TcpListener::bind(listen).await.map_err(failed)?;
        let port = tcp.local_addr().map_err(failed)?.port();
        Ok(Some(Self {
            tcp,
            tls: Arc::new(tls),
            origin: section.door_origin(pages, port),
        }))
    }

    /// Serves until the process stops.
    pub(crate) fn serve(self, routes: Router, limits: Limits, tasks: &Tasks) {
        let servers = tasks.stage(Stage::Servers);
        let stop = servers.shutdown_token();
        tracing::info!(listen = ?self.tcp.local_addr(), origin = self.origin, "card door");
        let routes = routes.layer(middleware::map_response(handshake::once));
        let port = Port {
            name: "card_door",
            speech: Speech::HttpInTls,
            listener: self.tcp,
            limits,
        };
        let tls = self.tls;
        let greet = move |tcp, peer| shake(Arc::clone(&tls), tcp, peer);
        servers.spawn("identity: card door", port.serve_after(routes, stop, greet));
    }
}

async fn shake(
    tls: Arc<ServerConfig>,
    tcp: TcpStream,
    peer: SocketAddr,
) -> Result<(TlsStream<TcpStream>, Caller), Turned> {
    let refused = |error: std::io::Error| {
        tracing::debug!(%peer, %error, "no handshake at the card door");
        Turned::Handshake
    };
    let hello = timeout(HELLO, LazyConfigAcceptor::new(Acceptor::default(), tcp));
    let hello = hello.await.map_err(|_| Turned::Silent)?.map_err(refused)?;
    let shaken = timeout(PATIENCE, hello.into_stream(tls));
    let stream = shaken.await.map_err(|_| Turned::Handshake)?;
    let stream = stream.map_err(refused)?;
    let shown = stream.get_ref().1.peer_certificates();
    let shown = shown.and_then(<[_]>::first).map(|own| own.as_ref().into());
    Ok((stream, Caller { shown }))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};
    use rustls::{ClientConfig, ClientConnection, RootCertStore, crypto::ring};
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    fn server() -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let own = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        let own = own.self_signed(&key).expect("signed");
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], key.into())
            .expect("a certificate and its key");
        Arc::new(tls)
    }

    fn hello() -> Vec<u8> {
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let name = "localhost".try_into().expect("a name");
        let mut client = ClientConnection::new(Arc::new(tls), name).expect("a client");
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).expect("written");
        bytes
    }

    // The clock moves on by itself when everybody waits.
    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_go_on_with_the_handshake_is_not_waited_for() {
        let (tls, hello) = (server(), hello());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        for (sent, turned, longest) in [
            (&[][..], Turned::Silent, HELLO),
            (&hello[..hello.len() / 2], Turned::Silent, HELLO),
            (&hello[..], Turned::Handshake, PATIENCE),
            (
                &b"GET / HTTP/1.1\r\n\r\n"[..],
                Turned::Handshake,
                Duration::ZERO,
            ),
        ] {
            let mut client = TcpStream::connect(address).await.expect("connected");
            client.write_all(sent).await.expect("sent");
            let (tcp, peer) = listener.accept().await.expect("there");
            let start = tokio::time::Instant::now();
            let shaken = shake(Arc::clone(&tls), tcp, peer).await;
            assert_eq!(shaken.err(), Some(turned));
            assert_eq!(start.elapsed().as_secs(), longest.as_secs());
        }
    }
}
