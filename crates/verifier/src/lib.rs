//! Checks the log offline (guarantee G9): for an auditor, or anyone who once kept a checkpoint.
//!
//! Shares no code with the server. The tree, notes and proofs are implemented here a second time,
//! from RFC 9162 and the C2SP texts, and CloudEvents are read by a small field walker of its own: an
//! error, or a trick, in the server's code is then not repeated in its judge.
//!
//! - [`verify_dump`] reads a whole log (`.sklog`, `docs/log-format.md`) once, however long it is.
//! - [`verify_bundle`] checks one record with its proof.
//! - [`verify_growth`] checks that one checkpoint's log is the beginning of another's.
//!
//! Every failure says what differs and where, in English (`Display`) and Japanese.

mod bundle;
mod chain;
mod dump;
mod failure;
mod merkle;
mod note;
mod record;
mod wire;

pub use bundle::{Bundle, Proven, verify_bundle, verify_growth};
pub use chain::SourceReport;
pub use dump::{LONGEST_RECORD, Report, Writer, verify_dump};
pub use failure::{Failure, Which};
pub use merkle::{leaf_hash, verify_consistency, verify_inclusion};
pub use note::{Checkpoint, VerifierKey};
pub use record::{Placed, Unplaced};

/// A SHA-256 digest.
pub type Hash = [u8; 32];
