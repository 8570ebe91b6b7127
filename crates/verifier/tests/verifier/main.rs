//! What the server makes is accepted here, and nothing else is.
#![expect(clippy::unwrap_used, reason = "tests")]

mod agreement;
mod bundles;
mod log;
mod mutations;
mod tampering;
