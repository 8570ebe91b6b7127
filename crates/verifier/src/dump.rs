//! The whole log in one file, `.sklog` version 1 (`docs/log-format.md`): written by the operator,
//! read here once, front to back.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
};

use crate::{
    Checkpoint, Failure, Hash, SourceReport, VerifierKey, Which,
    chain::Chains,
    merkle::{RootStream, leaf_hash},
};

mod writer;

pub use writer::Writer;

/// First word and version of the header line.
const HEADER: &str = "sklog 1 ";
/// Longest header line, in bytes.
const LONGEST_HEADER: u64 = 1_024;
/// Stands where a record's length would, after the last record.
const END: u32 = u32::MAX;
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
}

/// Verifies a dump, and against a checkpoint kept from earlier that its past is unchanged.
///
/// Checks every source's positions and hash chain while reading, then the final checkpoint's
/// signature, size and root, then the kept checkpoint against the log's own prefix. Without a kept
/// checkpoint it proves only that whoever holds the log's key stands by this file.
///
/// Reads the input once; memory depends on the longest record, the number of sources and of leaves
/// without a place, not on the length of the log.
pub fn verify_dump(
    input: impl Read,
    key: &VerifierKey,
    kept: Option<&str>,
) -> Result<Report, Failure> {
    let kept = kept
        .map(|note| Checkpoint::open(note, key, Which::Kept))
        .transpose()?;
    let mut input = BufReader::new(input);
    header(&mut input, key)?;

    let mut tree = RootStream::default();
    let mut chains = Chains::default();
    let mut past = None;
    let mut record = Vec::new();
    loop {
        if kept.as_ref().is_some_and(|kept| kept.size == tree.size()) {
            past = Some(tree.root());
        }
        if !next(&mut input, tree.size(), &mut record)? {
            break;
        }
        chains.follow(tree.size(), &record)?;
        tree.push(leaf_hash(&record));
    }

    let checkpoint = last(&mut input, key)?;
    compare(&checkpoint, &tree)?;
    if let Some(kept) = &kept {
        unchanged(kept, past, tree.size())?;
    }
    let (sources, unplaced) = chains.into_parts();
    Ok(Report {
        checkpoint,
        kept: kept.map(|kept| kept.size),
        sources,
        unplaced,
    })
}

fn header(input: &mut impl BufRead, key: &VerifierKey) -> Result<(), Failure> {
    let mut line = Vec::new();
    let read = input.take(LONGEST_HEADER).read_until(b'\n', &mut line);
    read.map_err(Failure::Io)?;
    let line = String::from_utf8(line).map_err(|_| Failure::Header)?;
    let line = line.strip_suffix('\n').ok_or(Failure::Header)?;
    let origin = line.strip_prefix(HEADER).ok_or(Failure::Header)?;
    if origin != key.name() {
        return Err(Failure::Origin {
            found: origin.to_owned(),
            key: key.name().to_owned(),
        });
    }
    Ok(())
}

/// Reads the next record into `record`; false at the end mark.
fn next(input: &mut impl BufRead, leaf: u64, record: &mut Vec<u8>) -> Result<bool, Failure> {
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
        return Ok(false);
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
    Ok(true)
}

fn last(input: &mut impl BufRead, key: &VerifierKey) -> Result<Checkpoint, Failure> {
    let mut note = Vec::new();
    let read = input.take(LONGEST_CHECKPOINT + 1).read_to_end(&mut note);
    read.map_err(Failure::Io)?;
    let which = Which::Final;
    let note = String::from_utf8(note).map_err(|_| Failure::Unsigned { which })?;
    Checkpoint::open(&note, key, which)
}

fn compare(checkpoint: &Checkpoint, tree: &RootStream) -> Result<(), Failure> {
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
        });
    }
    Ok(())
}

fn unchanged(kept: &Checkpoint, past: Option<Hash>, now: u64) -> Result<(), Failure> {
    match past {
        None => Err(Failure::RolledBack {
            kept: kept.size,
            now,
        }),
        Some(found) if found != kept.root => Err(Failure::PastChanged {
            size: kept.size,
            kept: kept.root,
            found,
        }),
        Some(_) => Ok(()),
    }
}
