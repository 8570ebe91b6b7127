//! Identity as an OAuth server, over HTTP: for the command line and registered applications, which
//! are public clients, and for machines that look tokens up.
//!
//! There is no grant by password. A device without a browser is let in from one that has (RFC 8628),
//! refreshes by tokens that are good once, and may give its session back (RFC 7009).

pub mod decoders;
mod device;
mod introspect;
mod metadata;
mod refused;
mod revoke;
mod token;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    routing::{get, post},
};
use identity_domain::account::ClientId;
use runtime::config::ClientSection;

use crate::identity::Identity;
use refused::Refused;

const TOKEN: &str = "/oauth2/token";
const DEVICE: &str = "/oauth2/device_authorization";
const INTROSPECT: &str = "/oauth2/introspect";
const REVOKE: &str = "/oauth2/revoke";
/// Where people type a device's code.
const VERIFY: &str = "/device";
/// Most bytes of a form: the longest access token, and room for the rest.
const FORM: usize = 16 << 10;

/// What the endpoints share.
#[derive(Clone)]
struct Server {
    identity: Identity,
    verifier: auth::Verifier,
}

/// The endpoints, for the HTTP port.
pub(crate) fn routes(identity: &Identity, verifier: &auth::Verifier) -> Router {
    let server = Server {
        identity: identity.clone(),
        verifier: verifier.clone(),
    };
    Router::new()
        .route(TOKEN, post(token::token))
        .route(DEVICE, post(device::ask))
        .route(INTROSPECT, post(introspect::introspect))
        .route(REVOKE, post(revoke::revoke))
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::map_response(unkept))
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::metadata),
        )
        .with_state(server)
}

impl Identity {
    /// A registered client.
    pub(crate) fn client(&self, id: &str) -> Option<&ClientSection> {
        let mut known = self.runtime.config.identity.clients.iter();
        known.find(|known| known.client_id == id)
    }
}

impl Server {
    /// The client that a form names. It is public: nothing proves it, and nothing is given for the
    /// name alone.
    fn client(&self, id: Option<&str>) -> Result<ClientId, Refused> {
        let id = id.ok_or(Refused::Malformed("client_id is missing"))?;
        let known = self.identity.client(id).ok_or(Refused::Client)?;
        Ok(ClientId::new(known.client_id.as_str()))
    }
}

/// No cache keeps tokens (RFC 6749, 5.1).
async fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
