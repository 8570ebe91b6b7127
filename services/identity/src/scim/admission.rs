//! Who is let in, and how refusals leave.

use auth::Principal;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use kernel::{Actor, Context};
use proto::common::v1::RequestRefused;
use runtime::metrics;

use super::{
    BASE, Server,
    refused::{Failed, Refused},
};
use crate::pages::Language;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Who asks, as part of which request.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    actor: Actor,
    request_id: String,
}

impl Asker {
    /// The surroundings of a command, at this instant.
    pub(super) fn request(&self, now: jiff::Timestamp) -> store::Request {
        Context::new(self.actor.clone(), now, &self.request_id).into()
    }
}

pub(super) async fn admit(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let language = Language::accepted(request.headers());
    let request_id = rpc::request_id(request.headers());
    let method = format!("{} {}", request.method(), request.uri().path());
    let Ok(_place) = server.places.try_acquire() else {
        return finished(Refused::Busy.told(language), &request_id);
    };
    let asker = server.principal(request.headers()).await;
    let asker = asker.map(|principal| Asker {
        actor: principal.actor.clone(),
        request_id: request_id.clone(),
    });
    let mut response = match &asker {
        Ok(asker) if server.admits(&asker.actor) => {
            request.extensions_mut().insert(asker.clone());
            next.run(request).await
        }
        Ok(_) => Refused::NotAClient.into_response(),
        Err(refused) => refused.clone().into_response(),
    };
    if let Some(mut refused) = response.extensions_mut().remove::<Refused>() {
        if let Ok(asker) = &asker
            && refused.is_recorded()
            && server.record(asker, method, &refused).await.is_err()
        {
            refused = Refused::Failed(Failed::Unrecorded);
        }
        response = refused.told(language);
    }
    finished(response, &request_id)
}

impl Server {
    async fn principal(&self, headers: &HeaderMap) -> Result<std::sync::Arc<Principal>, Refused> {
        let token = rpc::bearer(headers)?.ok_or(auth::Refused::Missing)?;
        Ok(self.verifier.verify(token).await?)
    }

    /// Machines named in the configuration, and nobody else: a person's right does not reach here.
    fn admits(&self, actor: &Actor) -> bool {
        matches!(actor, Actor::Workload(name) if self.identity.provisions(name))
    }

    /// A refusal is on record before it is answered.
    async fn record(&self, asker: &Asker, method: String, refused: &Refused) -> Result<(), ()> {
        metrics::decisions().refused("identity", refused.code());
        let path = method.split_once(BASE).map_or("", |(_, path)| path);
        let subject = path.split('/').nth(2).unwrap_or("").to_owned();
        let told = RequestRefused {
            code: refused.code().to_owned(),
            clauses: refused.clauses().iter().map(ToString::to_string).collect(),
            subject,
            method,
            pack_version: self.identity.runtime.pack.edition(),
        };
        let context = asker.request(self.identity.now()).context;
        let recorded = self.recorder.record(&context, told).await;
        recorded.map_err(|error| tracing::error!(error, "a refusal could not be recorded"))
    }
}

/// No cache keeps what is said of people.
fn finished(mut response: Response, request_id: &str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if headers.contains_key(header::CONTENT_TYPE) {
        let scim = HeaderValue::from_static("application/scim+json");
        headers.insert(header::CONTENT_TYPE, scim);
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
