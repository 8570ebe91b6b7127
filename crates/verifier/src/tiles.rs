//! The log read by its tiles (C2SP tlog-tiles), which anybody may fetch: that the newest checkpoint is of a
//! log that continues a kept one takes a few of them, however long it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Checkpoint, Failure, Hash, Trust, Which,
    merkle::{RootStream, sha256, verify_consistency},
};

/// Levels of the tree that one tile spans, and hashes in a full one.
pub(crate) const HEIGHT: u32 = 8;
pub(crate) const WIDTH: u64 = 1 << HEIGHT;

/// A tile of hashes, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    pub(crate) level: u32,
    pub(crate) number: u64,
    pub(crate) width: u64,
}

impl Tile {
    /// Where the hash of the `index`th complete subtree of 2^`level` leaves is, in a log of a size: the
    /// tile, and the first of the hashes in it that lie under that subtree.
    fn of(level: u32, index: u64, size: u64) -> (Self, usize) {
        let first = index << (level % HEIGHT);
        let (level, number) = (level / HEIGHT, first / WIDTH);
        let width = ((size >> (level * HEIGHT)) - number * WIDTH).min(WIDTH);
        let tile = Self {
            level,
            number,
            width,
        };
        (tile, (first % WIDTH) as usize)
    }

    /// Its path below the log's address: `tile/0/x001/234.p/56`.
    pub fn path(&self) -> String {
        let mut number = format!("{:03}", self.number % 1_000);
        let mut rest = self.number / 1_000;
        while rest > 0 {
            number = format!("x{:03}/{number}", rest % 1_000);
            rest /= 1_000;
        }
        match self.width {
            WIDTH => format!("tile/{}/{number}", self.level),
            width => format!("tile/{}/{number}.p/{width}", self.level),
        }
    }

    /// The hashes that were fetched for it.
    pub(crate) fn read(self, tiles: &BTreeMap<Self, Vec<u8>>) -> Result<&[Hash], Failure> {
        self.hashes(tiles.get(&self).map_or(&[], Vec::as_slice))
    }

    /// The hashes in it, which are as many as its name says.
    pub(crate) fn hashes(self, bytes: &[u8]) -> Result<&[Hash], Failure> {
        match bytes.as_chunks::<32>() {
            (found, []) if found.len() as u64 == self.width => Ok(found),
            _ => Err(Failure::Tile { path: self.path() }),
        }
    }
}

/// A log as its newest checkpoint has it, still to be shown to continue what is known of it.
#[derive(Debug)]
pub struct Growth {
    checkpoint: Checkpoint,
    kept: Option<u64>,
    /// Sizes and roots that it must have had: the kept checkpoint's, and those at hand-overs of its key.
    past: Vec<(u64, Hash)>,
}

/// What a log that passed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grown {
    /// Its newest checkpoint.
    pub checkpoint: Checkpoint,
    /// Size of the kept checkpoint that it continues, if one was given.
    pub kept: Option<u64>,
}

impl Growth {
    /// Opens the newest checkpoint, and one kept from earlier.
    ///
    /// # Errors
    /// One that is not signed as it must be, and [`Failure::RolledBack`] when the log is shorter now.
    pub fn open(newest: &str, trust: &Trust, kept: Option<&str>) -> Result<Self, Failure> {
        let kept = kept.map(|note| Checkpoint::open(note, trust, Which::Kept));
        let kept = kept.transpose()?;
        let checkpoint = Checkpoint::open(newest, trust, Which::Final)?;
        let now = checkpoint.size;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.size > now) {
            return Err(Failure::RolledBack {
                kept: kept.size,
                now,
            });
        }
        let ends = trust.ends().filter(|end| end.size <= now);
        let ends = ends.map(|end| (end.size, end.root));
        Ok(Self {
            past: (kept.iter().map(|kept| (kept.size, kept.root)))
                .chain(ends)
                .collect(),
            kept: kept.map(|kept| kept.size),
            checkpoint,
        })
    }

    /// The newest checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The tiles it takes.
    pub fn tiles(&self) -> BTreeSet<Tile> {
        let size = self.checkpoint.size;
        let mut tiles = BTreeSet::new();
        // The same walk as when their hashes are there.
        let mut name = |level, index| {
            tiles.insert(Tile::of(level, index, size).0);
            Hash::default()
        };
        root(size, &mut name);
        for (kept, _) in &self.past {
            consistency(*kept, 0, size, true, &mut name);
        }
        tiles
    }

    /// Whether these tiles lead to the signed root, and show that the log was what it was known to be.
    ///
    /// # Errors
    /// The first thing that does not hold. Nothing is believed because a tile says so.
    pub fn verify(self, tiles: &BTreeMap<Tile, Vec<u8>>) -> Result<Grown, Failure> {
        let mut hashes = BTreeMap::new();
        for tile in self.tiles() {
            hashes.insert(tile, tile.read(tiles)?);
        }
        let size = self.checkpoint.size;
        let mut read = |level: u32, index| {
            let (tile, first) = Tile::of(level, index, size);
            let mut subtree = RootStream::default();
            for hash in &hashes[&tile][first..first + (1 << (level % HEIGHT))] {
                subtree.push(*hash);
            }
            subtree.root()
        };
        self.checkpoint.signs(root(size, &mut read))?;
        let signed = self.checkpoint.root;
        for (kept, known) in &self.past {
            let proof = consistency(*kept, 0, size, true, &mut read);
            if !verify_consistency(*kept, known, size, &signed, &proof) {
                return Err(Failure::NoGrowth {
                    kept: *kept,
                    now: size,
                });
            }
        }
        Ok(Grown {
            checkpoint: self.checkpoint,
            kept: self.kept,
        })
    }
}

/// RFC 9162, 2.1.1: the root over all leaves.
fn root(size: u64, node: &mut impl FnMut(u32, u64) -> Hash) -> Hash {
    match size {
        0 => sha256(&[]),
        size => subtree(0, size, node),
    }
}

/// The same over some, which begin where a subtree of their size does; complete ones are read.
fn subtree(from: u64, to: u64, node: &mut impl FnMut(u32, u64) -> Hash) -> Hash {
    let size = to - from;
    if size.is_power_of_two() {
        let level = size.ilog2();
        return node(level, from >> level);
    }
    let middle = from + split(size);
    let left = subtree(from, middle, node);
    let right = subtree(middle, to, node);
    sha256(&[&[0x01], &left, &right])
}

/// RFC 9162, 2.1.4.1: the proof that the first `kept` of these leaves were all there was. `whole`: that
/// their root is known to whoever checks it.
fn consistency(
    kept: u64,
    from: u64,
    to: u64,
    whole: bool,
    node: &mut impl FnMut(u32, u64) -> Hash,
) -> Vec<Hash> {
    let size = to - from;
    if kept == 0 || kept == size && whole {
        return Vec::new();
    }
    if kept == size {
        return vec![subtree(from, to, node)];
    }
    let left = split(size);
    let middle = from + left;
    if kept <= left {
        let mut proof = consistency(kept, from, middle, whole, node);
        proof.push(subtree(middle, to, node));
        return proof;
    }
    let mut proof = consistency(kept - left, middle, to, false, node);
    proof.push(subtree(from, middle, node));
    proof
}

/// The largest power of two below a size of at least two.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}
