//! The audit service as its callers meet it: a real process, a real broker, real journals.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "suite/access.rs"]
mod access;
#[path = "suite/analysis.rs"]
mod analysis;
#[path = "suite/city.rs"]
mod city;
#[path = "suite/divergence.rs"]
mod divergence;
#[path = "suite/evidence.rs"]
mod evidence;
#[path = "suite/looked_at.rs"]
mod looked_at;
#[path = "suite/proofs.rs"]
mod proofs;
#[path = "suite/readers.rs"]
mod readers;
#[path = "suite/readings.rs"]
mod readings;
#[path = "suite/retention.rs"]
mod retention;
#[path = "suite/search.rs"]
mod search;
#[path = "suite/start.rs"]
mod start;
#[path = "suite/stream.rs"]
mod stream;
#[path = "suite/tiles.rs"]
mod tiles;
