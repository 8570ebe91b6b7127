//! Where tries to sign in come from. A source that fails too often waits, longer each time and never
//! for good (an account's own waiting is the domain's). While very many fail in the whole city, no
//! stranger's failure is free any more: many accounts are not tried from many sources one after
//! another, and whoever does not fail, or is signed in, notices nothing. Each replica counts for itself.

mod failures;

use std::{
    fmt,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use auth::Principal;
use jiff::Timestamp;
use quick_cache::unsync::Cache;
use runtime::http::{Client, network};
use store::Failure;

use crate::{failure::AnyFailure, identity::Identity, metrics, refused::Refused};
use failures::{ALL, Failures, ONE, STRICT};

/// Most sources remembered; the least used are forgotten first.
const MOST: usize = 10_000;

/// Where a try comes from: a network, and from it strangers or those who are signed in. Neither waits
/// for what the others did.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    /// None: nobody knows (a handler called directly).
    network: Option<IpAddr>,
    inside: bool,
}

impl Source {
    /// Strangers at an address. An IPv6 network of 64 bits is one source: whoever has one address of
    /// it has them all.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self {
            network: Some(network(address)),
            inside: false,
        }
    }

    /// Of an RPC.
    pub(crate) fn of<T>(request: &tonic::Request<T>) -> Self {
        let extensions = request.extensions();
        let client = extensions.get::<Client>();
        Self {
            network: client.map(|client| network(client.0)),
            inside: extensions.get::<std::sync::Arc<Principal>>().is_some(),
        }
    }

    /// The same for those who are signed in there.
    pub(crate) fn inside(self) -> Self {
        Self {
            inside: true,
            ..self
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.network {
            Some(network) => network.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

/// What is remembered of all.
pub(crate) struct Sources(Mutex<Known>);

struct Known {
    each: Cache<Source, Failures>,
    all: Failures,
}

impl Sources {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Known {
            each: Cache::new(MOST),
            all: Failures::default(),
        }))
    }

    /// How long a try from there has to wait.
    fn rest(&self, source: &Source, now: Timestamp) -> Option<Duration> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.each.peek(source).and_then(|one| one.rest(now))
    }

    fn failed(&self, source: &Source, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.all.rest(now).is_some();
        known.all.add(now, &ALL);
        let strict = known.all.rest(now);
        if let (false, Some(time)) = (before, strict) {
            tracing::warn!(?time, "too many failed sign-ins in the whole city");
        }
        let limits = match strict {
            Some(_) if !source.inside => &STRICT,
            _ => &ONE,
        };
        let mut one = known.each.get(source).copied().unwrap_or_default();
        one.add(now, limits);
        known.each.insert(source.clone(), one);
        if let Some(wait) = one.rest(now) {
            tracing::warn!(%source, ?wait, "too many failed sign-ins");
        }
    }
}

impl Identity {
    /// Tries something that whoever does not know a secret fails at, unless its source has to wait.
    pub(crate) async fn tried<T, E: Into<AnyFailure>>(
        &self,
        source: &Source,
        trying: impl Future<Output = Result<T, E>>,
    ) -> Result<T, AnyFailure> {
        if let Some(rest) = self.sources.rest(source, self.now()) {
            metrics::sign_in().held();
            return Err(Failure::Refused(Refused::SourceWaits(rest)).into());
        }
        let done = trying.await.map_err(Into::into);
        if let Err(AnyFailure::Shell(Failure::Refused(Refused::SignIn))) = &done {
            self.sources.failed(source, self.now());
        }
        done
    }
}

#[cfg(test)]
mod tests;
