//! The pure heart of the tamper-evident log (記録の窃取・改ざん・消去防止, 7-1-(4)-3).
//!
//! A record a service published becomes a [`Leaf`]; leaves grow a [`Tree`] (RFC 6962); the tree's
//! [`Root`] is signed as a [`Checkpoint`] (C2SP tlog-checkpoint in a signed note); a [`Plan`] reads
//! a few stored nodes and builds the proof that a record is in the log, or that the log only grew.
//! [`Tile`]s are how others fetch it. Before any of that, [`Watermark::judge`] says whether a record may enter at all, and
//! [`HeadWatch`] whether its source still tells the same story.
//!
//! Nothing here does IO: the shell keeps nodes, watermarks and checkpoints, in one transaction.
//! Hashing, proofs and notes are the work of `tlog_tiles` and `signed_note` (ADR 0003).

mod burst;
mod checkpoint;
mod head;
mod ingest;
mod key;
mod leaf;
mod proof;
mod suspicion;
mod tile;
mod tree;

pub use burst::{BurstLimit, DeniedBurst};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use head::{HeadReport, HeadWatch};
pub use ingest::{Incoming, Verdict, Watermark};
pub use key::{KeyError, SignerKey, VerifierKey};
pub use leaf::{LONGEST_LITERAL, Leaf, record_hash};
pub use proof::{Plan, ProofError, verify_consistency, verify_inclusion};
pub use suspicion::Suspicion;
pub use tile::{NoTile, Tile, TileKind};
pub use tree::{MAX_SIZE, Node, Root, Tree, TreeError};

/// A SHA-256 digest.
pub type Hash = [u8; 32];
