//! The pure heart of the tamper-evident log (記録の窃取・改ざん・消去防止, 7-1-(4)-3).
//!
//! A record a service published becomes a [`Leaf`]; leaves grow a [`Tree`] (RFC 6962); the tree's
//! [`Root`] is signed as a [`Checkpoint`] (C2SP tlog-checkpoint in a signed note); a [`Plan`] reads
//! a few stored nodes and builds the proof that a record is in the log, or that the log only grew.
//! [`Tile`]s are how others fetch it; a [`WitnessKey`] tells what a witness has seen of it, a
//! [`HandOver`] when one key of the log followed another; a [`Continuation`] is what a key kept elsewhere
//! is asked to sign. Before any of that, [`Watermark::judge`] says whether a record may enter at all, and
//! [`HeadWatch`] whether its source still tells the same story.
//!
//! Nothing here does IO: the shell keeps nodes, watermarks and checkpoints, in one transaction.
//! Hashing, proofs and notes are the work of `tlog_tiles` and `signed_note` (ADR 0003).

pub mod analysis;
mod checkpoint;
mod continuation;
mod hand_over;
mod head;
mod ingest;
mod key;
mod leaf;
mod proof;
mod retention;
mod suspicion;
mod tile;
mod tree;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use continuation::{Continuation, LONGEST_CONTINUATION, Rejection};
pub use hand_over::{HandOver, HandOverError};
pub use head::{HeadReport, HeadWatch};
pub use ingest::{Incoming, Verdict, Watermark};
pub use key::{KeyError, SignerKey, VerifierKey};
pub use leaf::{LONGEST_LITERAL, Leaf, record_hash};
pub use proof::{Plan, ProofError, verify_consistency, verify_inclusion};
pub use retention::{About, Hold, Keeping, young_since};
pub use suspicion::Suspicion;
pub use tile::{NoTile, Tile, TileKind};
pub use tree::{MAX_SIZE, Node, Root, Tree, TreeError};
pub use witness::WitnessKey;

/// A SHA-256 digest.
pub type Hash = [u8; 32];
