//! Where tries to sign in come from. Whoever fails too often waits, longer each time and never for good:
//! each source for itself, and all together, so that many accounts cannot be tried one after another
//! (an account's own waiting is the domain's). Each replica counts for itself.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use auth::Principal;
use jiff::{SignedDuration, Timestamp};
use kernel::Actor;
use quick_cache::unsync::Cache;
use store::Failure;

use crate::{failure::AnyFailure, identity::Identity, metrics, refused::Refused};

/// Most sources remembered; the least used are forgotten first.
const MOST: usize = 10_000;

/// Where a try comes from: a machine that is known by its token, or a network address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Source(String);

impl Source {
    /// Of an address. An IPv6 network of 64 bits is one source: whoever has one address of it has
    /// them all.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self(runtime::http::network(address).to_string())
    }

    /// Of an RPC.
    pub(crate) fn of<T>(request: &tonic::Request<T>) -> Self {
        let principal = request.extensions().get::<std::sync::Arc<Principal>>();
        match principal.map(|principal| &principal.actor) {
            Some(Actor::Workload(name)) => Self(format!("workload/{name}")),
            _ => request
                .remote_addr()
                .map_or_else(|| Self(String::new()), |peer| Self::address(peer.ip())),
        }
    }
}

/// How much failing costs nothing, and how long it makes wait beyond that.
struct Limits {
    /// Failures that are free at once.
    free: f64,
    /// How many of them still count after a wait.
    left: f64,
    /// How many are forgotten in a second.
    forgotten: f64,
    /// The first wait.
    first: SignedDuration,
    /// The longest.
    longest: SignedDuration,
}

/// An office behind one address mistypes a good deal in the morning.
const ONE: Limits = Limits {
    free: 30.0,
    left: 30.0,
    forgotten: 0.1,
    first: SignedDuration::from_secs(5),
    longest: SignedDuration::from_mins(15),
};
/// A city of ten thousand mistypes a few times a second at worst. The waits are short, and a few
/// failures after one do not bring the next: keeping everybody out takes hundreds in every wait.
const ALL: Limits = Limits {
    free: 600.0,
    left: 300.0,
    forgotten: 10.0,
    first: SignedDuration::from_secs(1),
    longest: SignedDuration::from_secs(30),
};

/// What is remembered of failures.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    level: f64,
    at: Timestamp,
    waits: u32,
    until: Timestamp,
}

impl Failures {
    fn rest(&self, now: Timestamp) -> Option<Duration> {
        let rest = Duration::try_from(self.until.duration_since(now)).ok()?;
        (!rest.is_zero()).then_some(rest)
    }

    fn add(&mut self, now: Timestamp, limits: &Limits) {
        if now < self.until {
            // It was on its way before the wait began.
            return;
        }
        let elapsed = now.duration_since(self.at).as_secs_f64().max(0.0);
        let level = self.level - elapsed * limits.forgotten;
        if level <= 0.0 {
            self.waits = 0;
        }
        self.level = level.max(0.0) + 1.0;
        self.at = now;
        if self.level > limits.free {
            self.level = limits.left;
            let wait = limits.first.saturating_mul(1 << self.waits.min(16));
            self.until = now + wait.min(limits.longest);
            self.waits += 1;
            // Nothing is forgotten while it waits.
            self.at = self.until;
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
        let one = known.each.peek(source).and_then(|one| one.rest(now));
        one.max(known.all.rest(now))
    }

    fn failed(&self, source: &Source, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.all.add(now, &ALL);
        let mut one = known.each.get(source).copied().unwrap_or_default();
        one.add(now, &ONE);
        known.each.insert(source.clone(), one);
        if let Some(wait) = one.rest(now) {
            tracing::warn!(source = source.0, ?wait, "too many failed sign-ins");
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
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::address(text.parse().expect("an address"))
    }

    fn fail(sources: &Sources, who: &Source, now: Timestamp, times: u32) {
        (0..times).for_each(|_| sources.failed(who, now));
    }

    #[test]
    fn a_source_waits_after_thirty_failures_longer_each_time_and_never_for_good() {
        let sources = Sources::new();
        let (one, other) = (source("192.0.2.1"), source("192.0.2.2"));
        let mut now = Timestamp::UNIX_EPOCH;
        fail(&sources, &one, now, 30);
        assert_eq!(sources.rest(&one, now), None);
        for seconds in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900] {
            fail(&sources, &one, now, 3);
            let rest = Duration::from_secs(seconds);
            assert_eq!(sources.rest(&one, now), Some(rest));
            assert_eq!(sources.rest(&other, now), None, "another is none the worse");
            now += SignedDuration::try_from(rest).expect("a span");
            assert_eq!(sources.rest(&one, now), None, "{seconds} s are enough");
        }
        now += SignedDuration::from_mins(10);
        fail(&sources, &one, now, 30);
        assert_eq!(sources.rest(&one, now), None, "quiet for long enough");
    }

    #[test]
    fn many_sources_together_wait_for_a_short_time() {
        let sources = Sources::new();
        let now = Timestamp::UNIX_EPOCH;
        for n in 0..=600_u32 {
            assert_eq!(sources.rest(&source("198.51.100.1"), now), None, "{n}");
            sources.failed(&Source::address(IpAddr::V4(n.into())), now);
        }
        let other = source("198.51.100.1");
        assert_eq!(sources.rest(&other, now), Some(Duration::from_secs(1)));

        // The next wait takes as much as half of what brought the first, and is longer.
        let now = now + SignedDuration::from_secs(1);
        for n in 0..=300_u32 {
            assert_eq!(sources.rest(&other, now), None, "{n}");
            sources.failed(&Source::address(IpAddr::V4(n.into())), now);
        }
        assert_eq!(sources.rest(&other, now), Some(Duration::from_secs(2)));
    }

    #[test]
    fn a_network_of_ipv6_is_one_source_and_a_mapped_address_is_its_own() {
        assert_eq!(source("2001:db8:0:1::1"), source("2001:db8:0:1:ffff::2"));
        assert_ne!(source("2001:db8:0:1::1"), source("2001:db8:0:2::1"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
    }
}
