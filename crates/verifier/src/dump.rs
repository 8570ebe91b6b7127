//! The whole log in one file, `.sklog` version 1 (`docs/log-format.md`): written by the operator,
//! read here once, front to back.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
};

use crate::{
    Checkpoint, Failure, Hash, SourceReport, Trust, Which,
    chain::Chains,
    merkle::{RootStream, leaf_hash},
    pruned::Pruned,
};

mod writer;

pub use writer::Writer;

/// First word and version of the header line.
const HEADER: &str = "sklog 1 ";
/// Longest header line, in bytes.
const LONGEST_HEADER: u64 = 1_024;
/// Stands where a record's length would, after the last record.
const END: u32 = u32::MAX;
/// Stands where a record's length would, before the leaf hash of one that was pruned.
const PRUNED: u32 = u32::MAX - 1;
/// Longest record in a dump, in bytes (64 MiB: the largest message the event bus can carry).
pub const LONGEST_RECORD: u32 = 64 << 20;
/// Longest signed checkpoint, in bytes.
const LONGEST_CHECKPOINT: u64 = 1 << 20;

/// What a dump that passed holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The checkpoint at its end.
    pub checkpoint: Checkpoint,
    /// Size of the kept checkpoint whose past was found unchanged, if one was given.
    pub kept: Option<u64>,
    /// Every source, with its last record.
    pub sources: BTreeMap<String, SourceReport>,
    /// Leaves that are in the tree but have no readable place in a source's chain.
    pub unplaced: Vec<u64>,
    /// How many leaves have their hash and no record: the log says of each that it was dropped.
    pub pruned: u64,
}

/// Verifies a dump, and against a checkpoint kept from earlier that its past is unchanged.
///
/// Checks every source's positions and hash chain while reading, then the final checkpoint's
/// signature, size and root, then the kept checkpoint, and the log at every hand-over of its key,
/// against the log's own prefix. Without a kept checkpoint it proves only that whoever holds the log's
/// key, and the witnesses demanded, stand by this file.
///
/// Reads the input once; memory depends on the longest record, the number of sources and of leaves
/// without a place, not on the length of the log.
pub fn verify_dump(input: impl Read, trust: &Trust, kept: Option<&str>) -> Result<Report, Failure> {
    let kept = kept
        .map(|note| Checkpoint::open(note, trust, Which::Kept))
        .transpose()?;
    let mut input = BufReader::new(input);
    header(&mut input, trust)?;

    let mut tree = RootStream::default();
    let mut chains = Chains::default();
    let marks: Vec<u64> = kept
        .iter()
        .map(|kept| kept.size)
        .chain(trust.ends().map(|end| end.size))
        .collect();
    let mut past = BTreeMap::new();
    let mut pruned = Pruned::default();
    let mut record = Vec::new();
    loop {
        if marks.contains(&tree.size()) {
            past.insert(tree.size(), tree.root());
        }
        let leaf = tree.size();
        match next(&mut input, leaf, &mut record)? {
            Next::End => break,
            Next::Pruned(hash) => {
                pruned.is_gone(leaf);
                chains.drop_one();
                tree.push(hash);
            }
            Next::Record => {
                pruned.hear(&record);
                chains.follow(leaf, &record)?;
                tree.push(leaf_hash(&record));
            }
        }
    }

    let checkpoint = last(&mut input, trust)?;
    compare(&checkpoint, &tree, &chains)?;
    let now = tree.size();
    if let Some(kept) = &kept {
        unchanged(kept.size, kept.root, &past, now)?;
    }
    // A file from before a hand-over is none the worse for it.
    for end in trust.ends().filter(|end| end.size <= now) {
        unchanged(end.size, end.root, &past, now)?;
    }
    let (sources, unplaced) = chains.into_parts();
    Ok(Report {
        checkpoint,
        kept: kept.map(|kept| kept.size),
        sources,
        unplaced,
        pruned: pruned.judge()?,
    })
}

/// The hash of every leaf of a dump, as far as it can be read.
pub(crate) fn leaves(
    input: impl Read,
    trust: &Trust,
) -> Result<impl Iterator<Item = Hash>, Failure> {
    let mut input = BufReader::new(input);
    header(&mut input, trust)?;
    let mut record = Vec::new();
    let leaves = (0..).map_while(move |leaf| match next(&mut input, leaf, &mut record) {
        Ok(Next::Record) => Some(leaf_hash(&record)),
        Ok(Next::Pruned(hash)) => Some(hash),
        Ok(Next::End) | Err(_) => None,
    });
    Ok(leaves.fuse())
}

fn header(input: &mut impl BufRead, trust: &Trust) -> Result<(), Failure> {
    let mut line = Vec::new();
    let read = input.take(LONGEST_HEADER).read_until(b'\n', &mut line);
    read.map_err(Failure::Io)?;
    let line = String::from_utf8(line).map_err(|_| Failure::Header)?;
    let line = line.strip_suffix('\n').ok_or(Failure::Header)?;
    let origin = line.strip_prefix(HEADER).ok_or(Failure::Header)?;
    if origin != trust.name() {
        return Err(Failure::Origin {
            found: origin.to_owned(),
            key: trust.name().to_owned(),
        });
    }
    Ok(())
}

/// What comes next in a dump.
enum Next {
    /// A record.
    Record,
    /// The hash of a leaf whose record was pruned.
    Pruned(Hash),
    /// The end mark.
    End,
}

/// Reads the next record into `record`.
fn next(input: &mut impl BufRead, leaf: u64, record: &mut Vec<u8>) -> Result<Next, Failure> {
    let mut length = [0; 4];
    input.read_exact(&mut length).map_err(|error| {
        if error.kind() == std::io::ErrorKind::UnexpectedEof {
            Failure::Truncated { leaf }
        } else {
            Failure::Io(error)
        }
    })?;
    let length = u32::from_be_bytes(length);
    if length == END {
        return Ok(Next::End);
    }
    if length == PRUNED {
        let mut hash = Hash::default();
        let read = input.read_exact(&mut hash);
        return read
            .map(|()| Next::Pruned(hash))
            .map_err(|_| Failure::Truncated { leaf });
    }
    if length > LONGEST_RECORD {
        return Err(Failure::TooLong { leaf, length });
    }
    record.clear();
    // Grows as bytes arrive: a forged length must not allocate anything.
    let read = input.take(u64::from(length)).read_to_end(record);
    if read.map_err(Failure::Io)? < length as usize {
        return Err(Failure::Truncated { leaf });
    }
    Ok(Next::Record)
}

fn last(input: &mut impl BufRead, trust: &Trust) -> Result<Checkpoint, Failure> {
    let mut note = Vec::new();
    let read = input.take(LONGEST_CHECKPOINT + 1).read_to_end(&mut note);
    read.map_err(Failure::Io)?;
    let which = Which::Final;
    let note = String::from_utf8(note).map_err(|_| Failure::Unsigned { which })?;
    Checkpoint::open(&note, trust, which)
}

fn compare(checkpoint: &Checkpoint, tree: &RootStream, chains: &Chains) -> Result<(), Failure> {
    if checkpoint.size != tree.size() {
        return Err(Failure::Size {
            signed: checkpoint.size,
            found: tree.size(),
        });
    }
    let found = tree.root();
    if checkpoint.root != found {
        return Err(Failure::Root {
            size: checkpoint.size,
            signed: checkpoint.root,
            found,
            last: chains.last(),
        });
    }
    Ok(())
}

/// Whether the first `size` leaves are those that were signed for then.
fn unchanged(size: u64, kept: Hash, past: &BTreeMap<u64, Hash>, now: u64) -> Result<(), Failure> {
    match past.get(&size) {
        None => Err(Failure::RolledBack { kept: size, now }),
        Some(found) if *found != kept => Err(Failure::PastChanged {
            size,
            kept,
            found: *found,
        }),
        Some(_) => Ok(()),
    }
}
