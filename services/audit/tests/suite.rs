//! The audit service as its callers meet it: a real process, a real broker, real journals.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "suite/access.rs"]
mod access;
#[path = "suite/city.rs"]
mod city;
#[path = "suite/divergence.rs"]
mod divergence;
#[path = "suite/proofs.rs"]
mod proofs;
#[path = "suite/search.rs"]
mod search;
#[path = "suite/stream.rs"]
mod stream;
#[path = "suite/tiles.rs"]
mod tiles;
