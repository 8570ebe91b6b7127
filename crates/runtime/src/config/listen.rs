//! The two ports of a process.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Where the process listens. Port 0 takes any free port (tests).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// gRPC, for all services of the process.
    pub grpc: SocketAddr,
    /// HTTP: `/metrics`, `/healthz`, `/readyz`, and what services add (`/.well-known/jwks.json`).
    pub http: SocketAddr,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            grpc: (Ipv4Addr::LOCALHOST, 7070).into(),
            http: (Ipv4Addr::LOCALHOST, 7080).into(),
        }
    }
}

impl Listen {
    pub(crate) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        if self.grpc == self.http && self.grpc.port() != 0 {
            problem(
                "listen.http",
                format!("{} is the gRPC port already", self.grpc),
            );
        }
    }
}
