//! The checkpoint before an HTTP service.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response, request::Parts};
use tower::{Layer, Service};

use crate::{Access, Checkpoint, Stopped};

/// Puts a [`Checkpoint`] before a service. `access` says what a request wants; a request that passes
/// carries [`crate::Passed`] in its extensions.
#[derive(Clone)]
pub struct CheckpointLayer<F> {
    checkpoint: Checkpoint,
    access: Arc<F>,
}

impl<F> CheckpointLayer<F>
where
    F: Fn(&Parts) -> Access,
{
    /// Every request is asked for as `access` says.
    pub fn new(checkpoint: Checkpoint, access: F) -> Self {
        Self {
            checkpoint,
            access: Arc::new(access),
        }
    }
}

impl<S, F> Layer<S> for CheckpointLayer<F> {
    type Service = Guarded<S, F>;

    fn layer(&self, inner: S) -> Guarded<S, F> {
        Guarded {
            inner,
            checkpoint: self.checkpoint.clone(),
            access: Arc::clone(&self.access),
        }
    }
}

/// A service behind a checkpoint.
pub struct Guarded<S, F> {
    inner: S,
    checkpoint: Checkpoint,
    access: Arc<F>,
}

impl<S: Clone, F> Clone for Guarded<S, F> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            checkpoint: self.checkpoint.clone(),
            access: Arc::clone(&self.access),
        }
    }
}

impl<S, F, B, R> Service<Request<B>> for Guarded<S, F>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    F: Fn(&Parts) -> Access,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let access = (self.access)(&parts);
        let checkpoint = self.checkpoint.clone();
        // The one that was polled ready goes; its clone waits for the next request.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            let passed = match rpc::bearer(&parts.headers) {
                Ok(Some(token)) => checkpoint.pass(token, &access).await,
                Ok(None) => Err(Stopped::Token(auth::Refused::Missing)),
                Err(refused) => Err(Stopped::Token(refused)),
            };
            match passed {
                Ok(passed) => {
                    parts.extensions.insert(passed);
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(stopped) => Ok(stopped.response()),
            }
        })
    }
}
