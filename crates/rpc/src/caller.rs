//! Who sent a request, as handlers see it.

use std::sync::Arc;

use auth::Principal;
use http::Extensions;
use kernel::{Actor, Clock, Context, PersonId};
use prost::Message;
use tonic::Request;

use crate::call::Call;

/// The sender of a request and what ties the request to others.
#[derive(Debug, Clone)]
pub struct Caller {
    principal: Option<Arc<Principal>>,
    method: Arc<str>,
    correlation: String,
    traceparent: Option<String>,
    idempotency_key: Option<String>,
}

impl Caller {
    /// The sender of a request that came through the shell. One that did not (a handler called
    /// directly) is from nobody.
    pub fn of<T>(request: &Request<T>) -> Self {
        Self::from_extensions(request.extensions())
    }

    /// The sender and the message.
    pub fn open<T>(request: Request<T>) -> (Self, T) {
        (Self::of(&request), request.into_inner())
    }

    pub(crate) fn from_extensions(extensions: &Extensions) -> Self {
        let principal = extensions.get::<Arc<Principal>>().cloned();
        match extensions.get::<Call>().cloned() {
            Some(call) => Self {
                principal,
                method: call.method,
                correlation: call.request_id,
                traceparent: call.traceparent,
                idempotency_key: call.idempotency_key.ok().flatten(),
            },
            None => Self {
                principal,
                method: "".into(),
                correlation: runtime::new_id().to_string(),
                traceparent: None,
                idempotency_key: None,
            },
        }
    }

    /// The verified bearer of the token; none without a token.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_deref()
    }

    /// Who acts.
    pub fn actor(&self) -> Actor {
        self.principal()
            .map_or(Actor::Anonymous, |principal| principal.actor.clone())
    }

    /// The person, if it is one.
    pub fn person(&self) -> Option<&PersonId> {
        self.principal()
            .and_then(|principal| principal.actor.person())
    }

    /// The request id: the caller's own, or ours.
    pub fn correlation(&self) -> &str {
        &self.correlation
    }

    /// The idempotency key, if one was sent.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    /// The surroundings of a command, at this instant.
    pub fn context(&self, clock: &dyn Clock) -> Context {
        Context {
            traceparent: self.traceparent.clone(),
            ..Context::new(self.actor(), clock.now(), self.correlation.clone())
        }
    }

    /// The same for `store::execute`, with the idempotency key bound to this method and message.
    pub fn request(&self, clock: &dyn Clock, message: &impl Message) -> store::Request {
        let key = self
            .idempotency_key()
            .map(|key| store::Key::new(key, &self.method, &message.encode_to_vec()));
        store::Request {
            context: self.context(clock),
            key,
        }
    }
}
