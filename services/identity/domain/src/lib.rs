//! The rules of identity: who belongs where, who may sign in how, who may use what.
//!
//! Pure: time, new ids, hashes and what other aggregates know arrive in commands and facts.

pub mod access_review;
pub mod account;
pub mod bootstrap;
mod clause;
pub mod decision;
pub mod device_sign_in;
pub mod digest;
pub mod emergency_access;
pub mod enforcement_point;
pub mod grant;
pub mod organisation;
pub mod privilege;
pub mod provisioning;
pub mod restricted_item;
mod served;
pub mod service_id;
pub mod shared_id;

pub use digest::Digest;
pub use served::served;
