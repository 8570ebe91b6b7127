//! Checks the log offline (guarantee G9): for an auditor, or anyone who once kept a checkpoint.
//!
//! Shares no code with the server. The tree, notes and proofs are implemented here a second time,
//! from RFC 9162 and the C2SP texts, and CloudEvents are read by a small field walker of its own: an
//! error, or a trick, in the server's code is then not repeated in its judge.
//!
//! - [`verify_dump`] reads a whole log (`.sklog`, `docs/log-format.md`) once, however long it is.
//! - [`verify_bundle`] checks one record with its proof.
//! - [`verify_package`] checks an evidence package (`docs/evidence.md`).
//! - [`verify_growth`] checks that one checkpoint's log is the beginning of another's, [`Growth`] the same by
//!   the log's tiles, and [`Comparison`] finds the leaf at which a file and the log part.
//! - [`Submission::judge`] is the same for a witness, which then signs with its [`Cosigner`].
//!
//! What all of them stand on is [`Trust`]: the log's key, its hand-overs, and witnesses to be demanded.
//!
//! Every failure says what differs and where, in English (`Display`) and Japanese.

mod bundle;
mod chain;
mod comparison;
mod cosignature;
mod dump;
mod failure;
mod hand_over;
mod key;
mod merkle;
mod note;
mod package;
mod pruned;
mod record;
mod tiles;
mod trust;
mod wire;
mod witness;

pub use bundle::{Proven, bundle, verify_bundle, verify_growth};
pub use chain::SourceReport;
pub use comparison::{Comparison, Parting};
pub use cosignature::{Cosigner, WitnessKey};
pub use dump::{LONGEST_RECORD, Report, Writer, verify_dump};
pub use failure::{Failure, Which};
pub use key::VerifierKey;
pub use merkle::{leaf_hash, verify_consistency, verify_inclusion};
pub use note::Checkpoint;
pub use package::{PROOF, Package, RECORDS, STATEMENT, verify_package};
pub use record::{Placed, Unplaced};
pub use tiles::{Grown, Growth, Tile};
pub use trust::Trust;
pub use witness::{LONGEST_SUBMISSION, Rejection, Submission};

/// A SHA-256 digest.
pub type Hash = [u8; 32];
