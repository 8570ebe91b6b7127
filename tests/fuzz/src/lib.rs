//! Fuzz targets: every decoder of what comes from outside, on any bytes. None may panic or go on for long.
//!
//! A [`Target`] is a decoder and some inputs that are good. `cargo test` runs each for a moment on good
//! inputs that were spoilt ([`run`]); `make fuzz` runs them under libFuzzer for as long as one likes,
//! which learns from what a decoder does with an input what to try next.

mod bounded;
mod calls;
mod cards;
mod federation;
mod forms;
mod head;
mod jws;
mod log;
mod package;
mod pages;
mod passkeys;
mod records;
mod scim;
mod sheets;
mod spoil;
mod target;
mod tokens;
mod witnesses;

pub use bounded::run;
pub use target::{Target, all, named};
