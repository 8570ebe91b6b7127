//! The RPCs: convert in, execute or ask, convert out.

mod convert;
mod exceptions;
mod permits;

pub use exceptions::Exceptions;
pub use permits::Permits;
