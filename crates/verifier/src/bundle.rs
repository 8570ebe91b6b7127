//! One record with its proof, in one text (C2SP tlog-proof), and the proof that a log only grew
//! between two checkpoints.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    Checkpoint, Failure, Hash, Placed, Trust, Which,
    merkle::{leaf_hash, verify_consistency, verify_inclusion},
    note::{decimal, digest},
};

/// First line of a C2SP tlog-proof.
const PROOF: &str = "c2sp.org/tlog-proof@v1";
/// No tree is taller.
const LONGEST_PROOF: usize = 64;

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

/// Puts a record, its leaf index, its inclusion proof and the signed checkpoint together: a tlog-proof
/// whose extra data is the record.
pub fn bundle(record: &[u8], leaf: u64, proof: &[Hash], signed_checkpoint: &str) -> String {
    let record = BASE64_STANDARD.encode(record);
    let hashes: String = proof
        .iter()
        .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
        .collect();
    format!("{PROOF}\nextra {record}\nindex {leaf}\n{hashes}\n{signed_checkpoint}")
}

/// Verifies a bundle: that the log's key signed for a tree that holds the record in it.
pub fn verify_bundle(text: &str, trust: &Trust) -> Result<Proven, Failure> {
    let read = parse(text).ok_or(Failure::Bundle("not a C2SP tlog-proof"))?;
    let (record, leaf, proof, note) = read;
    let record = record.ok_or(Failure::Bundle("it has no record: no line of extra data"))?;
    let checkpoint = Checkpoint::open(note, trust, Which::Final)?;
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

/// Extra data, index, hashes and signed checkpoint of a tlog-proof. The extra data is nobody's word
/// until it is proven to be the leaf.
type Parts<'a> = (Option<Vec<u8>>, u64, Vec<Hash>, &'a str);

fn parse(text: &str) -> Option<Parts<'_>> {
    let (head, note) = text.split_once("\n\n")?;
    let mut lines = head.split('\n').peekable();
    if lines.next()? != PROOF {
        return None;
    }
    let extra = lines.next_if(|line| line.starts_with("extra "));
    let extra = extra.map(|line| BASE64_STANDARD.decode(&line["extra ".len()..]));
    let index = decimal(lines.next()?.strip_prefix("index ")?)?;
    let proof: Vec<Hash> = lines.map(digest).collect::<Option<_>>()?;
    let fits = proof.len() <= LONGEST_PROOF;
    fits.then_some((extra.transpose().ok()?, index, proof, note))
}

/// Verifies that the log of the kept checkpoint is the beginning of the log of the new one, by the
/// consistency proof between them; returns both.
pub fn verify_growth(
    kept: &str,
    new: &str,
    proof: &[Hash],
    trust: &Trust,
) -> Result<(Checkpoint, Checkpoint), Failure> {
    let kept = Checkpoint::open(kept, trust, Which::Kept)?;
    let new = Checkpoint::open(new, trust, Which::Final)?;
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
