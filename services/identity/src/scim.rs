//! SCIM 2.0 (RFC 7643, 7644) over HTTP: an outside directory (an identity management system) keeps
//! members of staff here, by the same commands as tables and RPCs do.
//!
//! A user is a member of staff, a group a section. Only machines named in the configuration are let
//! in, with the same tokens as on the other port; what is refused is on record.

mod admission;
pub mod decoders;
mod discovery;
mod filter;
mod groups;
mod listing;
mod patch;
mod refused;
mod resource;
mod schema;
mod selection;
mod users;
mod version;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, get, post},
};
use kernel::PersonId;
use rpc::RefusalRecorder;
use sea_orm::DatabaseConnection;
use tokio::sync::Semaphore;

use crate::identity::Identity;
use refused::Refused;

const BASE: &str = "/scim/v2";
/// Most bytes of a body: a thousand members, each with its address and name.
const MAX_BODY: usize = 1 << 20;

/// What the endpoints share; cheap to clone.
#[derive(Clone)]
struct Server {
    identity: Identity,
    verifier: auth::Verifier,
    recorder: Arc<dyn RefusalRecorder>,
    places: Arc<Semaphore>,
}

/// The endpoints, for the HTTP port.
pub(crate) fn routes(
    identity: &Identity,
    verifier: &auth::Verifier,
    recorder: Arc<dyn RefusalRecorder>,
) -> Router {
    let server = Server {
        identity: identity.clone(),
        verifier: verifier.clone(),
        recorder,
        places: Arc::new(Semaphore::new(identity.runtime.config.limits.max_in_flight)),
    };
    let at = |path: &str| format!("{BASE}{path}");
    Router::new()
        .route(&at("/ServiceProviderConfig"), get(discovery::provider))
        .route(&at("/ResourceTypes"), get(discovery::kinds))
        .route(&at("/ResourceTypes/{id}"), get(discovery::kind))
        .route(&at("/Schemas"), get(discovery::schemas))
        .route(&at("/Schemas/{id}"), get(discovery::schema))
        .route(&at("/Users"), get(users::list).post(users::create))
        .route(&at("/Users/.search"), post(users::search))
        .route(
            &at("/Users/{id}"),
            get(users::get)
                .put(users::replace)
                .patch(users::patch)
                .delete(users::delete),
        )
        .route(&at("/Groups"), get(groups::list).post(not_offered))
        .route(&at("/Groups/.search"), post(groups::search))
        .route(
            &at("/Groups/{id}"),
            get(groups::get)
                .put(groups::replace)
                .patch(groups::patch)
                .delete(not_offered),
        )
        .route(&at("/Bulk"), any(not_offered))
        .route(&at("/Me"), any(not_offered))
        .route(&at("/{*rest}"), any(no_endpoint))
        .method_not_allowed_fallback(no_endpoint)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            admission::admit,
        ))
        .with_state(server)
}

impl Server {
    fn read(&self) -> &DatabaseConnection {
        self.identity.store.database().read()
    }
}

impl Identity {
    /// Whether a workload is a directory that keeps people here.
    pub(crate) fn provisions(&self, workload: &str) -> bool {
        let scim = &self.runtime.config.identity.scim;
        scim.clients.iter().any(|client| client == workload)
    }

    /// The address that all others begin with.
    fn scim_base(&self) -> String {
        format!("{}{BASE}", self.runtime.config.identity.pages.origin)
    }
}

async fn not_offered() -> Refused {
    Refused::NotOffered
}

async fn no_endpoint() -> Refused {
    Refused::NoEndpoint
}

/// A staff number in an address; what is none is nobody's.
fn person(id: &str) -> Result<PersonId, Refused> {
    PersonId::try_new(id).map_err(|_| Refused::Unknown(id.to_owned()))
}

/// A segment of an address.
fn segment(text: &str) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let written = text.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    written.collect()
}
