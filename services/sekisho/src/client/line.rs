//! A connection to the platform, chosen by the method called.

use std::{
    collections::BTreeMap,
    fmt,
    future::poll_fn,
    task::{Context, Poll},
};

use futures::{FutureExt as _, future::BoxFuture};
use rpc::client::Channel;
use standard::ServiceName;
use tonic::{Status, body::Body};
use tower::Service;

/// One address, or one per service.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    together: Way,
    apart: BTreeMap<&'static str, Way>,
}

/// A channel, and how its address was given.
#[derive(Debug, Clone)]
pub(super) struct Way {
    channel: Channel,
    uri: String,
    flag: &'static str,
}

impl Way {
    pub(super) fn new(channel: Channel, uri: &str, flag: &'static str) -> Self {
        Self {
            channel,
            uri: uri.to_owned(),
            flag,
        }
    }
}

impl Line {
    pub(super) fn new(together: Way, apart: BTreeMap<&'static str, Way>) -> Self {
        Self { together, apart }
    }

    /// The same where everything is asked of the process that runs one service.
    pub(crate) fn to(mut self, service: ServiceName) -> Self {
        if let Some(way) = self.apart.remove(service.as_str()) {
            self.together = way;
        }
        self.apart.clear();
        self
    }
}

/// Nobody answers at an address.
#[derive(Debug)]
pub(crate) struct Unreachable {
    uri: String,
    flag: &'static str,
    source: <Channel as Service<http::Request<Body>>>::Error,
}

impl Unreachable {
    /// What is behind a status that no server gave.
    pub(crate) fn behind(status: &Status) -> Option<&Self> {
        std::error::Error::source(status)?.downcast_ref()
    }

    pub(crate) fn message_ja(&self) -> String {
        format!(
            "{} に接続できません。起動していますか。宛先は {} で指定できます。",
            self.uri, self.flag
        )
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { uri, flag, .. } = self;
        write!(
            f,
            "nobody answers at {uri}: is it running? {flag} says where to ask"
        )
    }
}

impl std::error::Error for Unreachable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl Service<http::Request<Body>> for Line {
    type Response = <Channel as Service<http::Request<Body>>>::Response;
    type Error = Unreachable;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // Which channel it will be is known only with the request: see `call`.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let owner = request
            .uri()
            .path()
            .strip_prefix("/sekisho.")
            .and_then(|rest| rest.split('.').next());
        let way = match owner.filter(|owner| owner.parse::<ServiceName>().is_ok()) {
            Some(service) => self.apart.get(service),
            // What belongs to no service every process answers.
            None => self.apart.values().next(),
        };
        let way = way.unwrap_or(&self.together);
        let Way {
            mut channel,
            uri,
            flag,
        } = way.clone();
        async move {
            let answer = match poll_fn(|context| channel.poll_ready(context)).await {
                Ok(()) => channel.call(request).await,
                Err(error) => Err(error),
            };
            answer.map_err(|source| Unreachable { uri, flag, source })
        }
        .boxed()
    }
}
