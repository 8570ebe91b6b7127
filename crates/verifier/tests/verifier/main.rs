//! What the server makes is accepted here, and nothing else is.
#![expect(clippy::unwrap_used, reason = "tests")]

mod agreement;
mod bundles;
mod comparison;
mod hand_overs;
mod log;
mod mutations;
mod packages;
mod pruned;
mod tampering;
mod tiles;
mod witnesses;
