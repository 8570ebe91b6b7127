//! What the layers share.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Instant};

use auth::Verifier;
use axum::middleware::from_fn_with_state;
use kernel::Clock;
use runtime::{CancellationToken, config::Limits};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;

use crate::{RefusalRecorder, access::Merged, layers, subject::Subjects};

/// One process's shell.
pub(crate) struct Shell {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) verifier: Verifier,
    pub(crate) access: Merged,
    pub(crate) recorders: BTreeMap<&'static str, Arc<dyn RefusalRecorder>>,
    pub(crate) subjects: Subjects,
    pub(crate) pack_version: String,
    pub(crate) limits: Limits,
    pub(crate) places: Semaphore,
    /// Cancelled when servers are to stop.
    pub(crate) stop: CancellationToken,
}

impl Shell {
    /// Puts all layers around a router, in their order.
    pub(crate) fn around(self: &Arc<Self>, router: axum::Router) -> axum::Router {
        let shell = || Arc::clone(self);
        router.layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(shell(), layers::trace))
                .layer(from_fn_with_state(shell(), layers::details))
                .layer(from_fn_with_state(shell(), layers::shed))
                .layer(from_fn_with_state(shell(), layers::deadline))
                .layer(from_fn_with_state(shell(), layers::authn))
                .layer(from_fn_with_state(shell(), layers::message))
                .layer(from_fn_with_state(shell(), layers::record))
                .layer(from_fn_with_state(shell(), layers::access)),
        )
    }

    /// Whether anyone may call the method, known or not.
    pub(crate) fn is_open(&self, method: &str) -> bool {
        self.access
            .get(method)
            .is_some_and(|permission| permission.is_open())
    }

    /// The method as a label: what nobody listed must not become a metric of its own.
    pub(crate) fn label(&self, path: &str) -> &'static str {
        self.access
            .get_key_value(path)
            .map_or("unknown", |(method, _)| *method)
    }
}

impl fmt::Debug for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shell")
            .field("rpcs", &self.access.len())
            .finish_non_exhaustive()
    }
}

/// The service a method belongs to: `ledger` for `/sekisho.ledger.v1.Systems/GetSystem`.
pub(crate) fn owner(method: &str) -> Option<&str> {
    method
        .strip_prefix("/sekisho.")?
        .split_once('.')
        .map(|(owner, _)| owner)
}

/// Seconds since then.
pub(crate) fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}
