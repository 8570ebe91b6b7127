//! One record with its proof, in one JSON text (`docs/log-format.md`), and the proof that a log
//! only grew between two checkpoints.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    Checkpoint, Failure, Hash, Placed, VerifierKey, Which,
    merkle::{leaf_hash, verify_consistency, verify_inclusion},
    note::{decimal, digest},
};

/// Version of the bundle.
const FORMAT: &str = "sekisho-proof/1";
/// First line of a C2SP tlog-proof.
const PROOF: &str = "c2sp.org/tlog-proof@v1";
/// No tree is taller.
const LONGEST_PROOF: usize = 64;

/// A record and the C2SP tlog-proof for it: index, inclusion proof and signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    format: String,
    /// The record's bytes, base64.
    record: String,
    /// The text of a `.tlog-proof` file.
    proof: String,
}

/// What a bundle that passed has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Leaf of the record, from 0.
    pub leaf: u64,
    /// The record's bytes.
    pub record: Vec<u8>,
    /// Its place in its source's chain, when it can be read.
    pub placed: Option<Placed>,
    /// The checkpoint it is under.
    pub checkpoint: Checkpoint,
}

impl Bundle {
    /// Puts a record, its leaf index, its inclusion proof and the signed checkpoint together.
    pub fn new(record: &[u8], leaf: u64, proof: &[Hash], signed_checkpoint: &str) -> Self {
        let mut text = format!("{PROOF}\nindex {leaf}\n");
        for hash in proof {
            text.push_str(&BASE64_STANDARD.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(signed_checkpoint);
        Self {
            format: FORMAT.to_owned(),
            record: BASE64_STANDARD.encode(record),
            proof: text,
        }
    }

    /// The bundle as JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings are always JSON")
    }
}

/// Verifies a bundle's JSON text: that the log's key signed for a tree that holds this record.
pub fn verify_bundle(json: &str, key: &VerifierKey) -> Result<Proven, Failure> {
    let bundle: Bundle =
        serde_json::from_str(json).map_err(|_| Failure::Bundle("not the expected JSON fields"))?;
    if bundle.format != FORMAT {
        return Err(Failure::Bundle("unknown format version"));
    }
    let record = BASE64_STANDARD
        .decode(&bundle.record)
        .map_err(|_| Failure::Bundle("the record is not base64"))?;
    let (leaf, proof, note) =
        parse(&bundle.proof).ok_or(Failure::Bundle("not a C2SP tlog-proof"))?;
    let checkpoint = Checkpoint::open(note, key, Which::Final)?;
    let (size, root) = (checkpoint.size, &checkpoint.root);
    if !verify_inclusion(leaf, size, &leaf_hash(&record), &proof, root) {
        return Err(Failure::NotIncluded { leaf, size });
    }
    Ok(Proven {
        leaf,
        placed: Placed::read(&record).ok(),
        record,
        checkpoint,
    })
}

/// Index, hashes and signed checkpoint of a tlog-proof. Its `extra` line is not authenticated, this
/// log writes none, and one that is there is not accepted.
fn parse(text: &str) -> Option<(u64, Vec<Hash>, &str)> {
    let (head, note) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    if lines.next()? != PROOF {
        return None;
    }
    let index = decimal(lines.next()?.strip_prefix("index ")?)?;
    let proof: Vec<Hash> = lines.map(digest).collect::<Option<_>>()?;
    (proof.len() <= LONGEST_PROOF).then_some((index, proof, note))
}

/// Verifies that the log of the kept checkpoint is the beginning of the log of the new one, by the
/// consistency proof between them; returns both.
pub fn verify_growth(
    kept: &str,
    new: &str,
    proof: &[Hash],
    key: &VerifierKey,
) -> Result<(Checkpoint, Checkpoint), Failure> {
    let kept = Checkpoint::open(kept, key, Which::Kept)?;
    let new = Checkpoint::open(new, key, Which::Final)?;
    if kept.size > new.size {
        return Err(Failure::RolledBack {
            kept: kept.size,
            now: new.size,
        });
    }
    if !verify_consistency(kept.size, &kept.root, new.size, &new.root, proof) {
        return Err(Failure::NoGrowth {
            kept: kept.size,
            now: new.size,
        });
    }
    Ok((kept, new))
}
