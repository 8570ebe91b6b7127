//! Bounds: on requests, and on stopping.

use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Bounds on requests; what is beyond them is refused early (guarantee G11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests in work at once, 1 to 1,000,000; more are refused with RESOURCE_EXHAUSTED.
    pub max_in_flight: usize,
    /// Longest message of a request in bytes, 1 KiB to 256 MiB. A method may take less: a table is
    /// at most 8 MiB, any other message 4 MiB.
    pub max_message_bytes: usize,
    /// Longest time a request may take, in seconds; a caller's own deadline counts if shorter.
    pub request_deadline_seconds: u64,
    /// Connections open at once at each port (gRPC, HTTP, identity's card door), 1 to 1,000,000. More
    /// wait at an HTTP port, where connections come and go, and are closed at the gRPC port.
    pub max_connections: usize,
    /// Of these, from one network address (of IPv6, from one network of 64 bits); more are closed.
    /// Trusted proxies are exempt.
    pub max_connections_per_address: usize,
    /// After so many seconds, 1 to 86,400, a connection takes no further requests and ends with those it
    /// has, at the latest after as many again: none is kept for good, and balancers share anew.
    pub max_connection_age_seconds: u64,
    /// Networks (`10.0.3.0/24`, `2001:db8::7/128`) of the proxies before the ports. What one of them says
    /// of its client in `X-Forwarded-For` or `Forwarded` counts as the client's address; from anybody
    /// else these headers count for nothing.
    pub trusted_proxies: Vec<IpNet>,
}

/// How long stopping may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shutdown {
    /// Seconds between "not serving" and refusing new connections, so that balancers notice.
    pub drain_seconds: u64,
    /// Seconds after which what still runs is cut off.
    pub limit_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_in_flight: 1024,
            // An imported table is at most 8 MiB.
            max_message_bytes: 10 * 1024 * 1024,
            request_deadline_seconds: 30,
            max_connections: 4096,
            max_connections_per_address: 1024,
            max_connection_age_seconds: 3600,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self {
            drain_seconds: 0,
            limit_seconds: 25,
        }
    }
}

impl Limits {
    /// The longest time a request may take.
    pub const fn request_deadline(&self) -> Duration {
        Duration::from_secs(self.request_deadline_seconds)
    }

    /// How long a connection takes requests.
    pub const fn max_connection_age(&self) -> Duration {
        Duration::from_secs(self.max_connection_age_seconds)
    }

    pub(crate) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        let mut within = |key: &str, value: u64, low: u64, high: u64| {
            if !(low..=high).contains(&value) {
                problem(key, format!("{value} is not within {low} to {high}"));
            }
        };
        within(
            "limits.max_in_flight",
            self.max_in_flight as u64,
            1,
            1_000_000,
        );
        within(
            "limits.max_message_bytes",
            self.max_message_bytes as u64,
            1024,
            256 * 1024 * 1024,
        );
        within(
            "limits.request_deadline_seconds",
            self.request_deadline_seconds,
            1,
            3600,
        );
        within(
            "limits.max_connection_age_seconds",
            self.max_connection_age_seconds,
            1,
            86_400,
        );
        for (key, value) in [
            ("limits.max_connections", self.max_connections),
            (
                "limits.max_connections_per_address",
                self.max_connections_per_address,
            ),
        ] {
            within(key, value as u64, 1, 1_000_000);
        }
    }
}
