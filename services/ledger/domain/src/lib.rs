//! The rules of the ledger (台帳), pure: no IO, no clock, no randomness.
//!
//! One module per aggregate. [`system`] and [`information`] are joined by counts: the shell tells
//! a system, in the same transaction, of every entry of information it gains or loses, and the
//! system derives its strictest class and its importance from them. [`connection`] holds the one
//! rule for which connections are lawful, and [`allowance`] what may relax it. [`keeper`] says
//! whose part of the ledger a caller may write in.

pub mod allowance;
pub mod clauses;
pub mod connection;
pub mod device;
#[cfg(test)]
mod fixture;
pub mod information;
pub mod keeper;
pub mod network;
mod served;
pub mod system;
pub mod takeout;

pub use served::served;
