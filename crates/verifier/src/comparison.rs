//! Which leaf of a fetched log is the first that is not the log's, however long both are: the tiles above the
//! leaves name the root of every group as wide as a tile, and one tile more has the leaves of the group in
//! which they part.

use std::{collections::BTreeMap, io::Read, mem};

use crate::{
    Checkpoint, Failure, Hash, Tile, Trust,
    dump::leaves,
    merkle::RootStream,
    tiles::{HEIGHT, WIDTH},
};

/// The leaves of a file, to be held against what a log has signed.
#[derive(Debug)]
pub struct Comparison {
    log: Checkpoint,
    /// Roots of the file's whole groups.
    groups: Vec<Hash>,
    /// How many leaves the file has.
    leaves: u64,
}

/// The group of leaves in which a file and the log part, if they do.
#[derive(Debug)]
pub struct Parting {
    tile: Tile,
    /// Of the group, in the log.
    root: Hash,
    size: u64,
}

impl Comparison {
    /// Reads the leaves of a file (`.sklog`), as far as it can be read.
    ///
    /// # Errors
    /// When it does not begin as a file of that log.
    pub fn read(file: impl Read, trust: &Trust, log: Checkpoint) -> Result<Self, Failure> {
        let (mut groups, mut group) = (Vec::new(), RootStream::default());
        for leaf in leaves(file, trust)? {
            group.push(leaf);
            if group.size() == WIDTH {
                groups.push(mem::take(&mut group).root());
            }
        }
        let leaves = groups.len() as u64 * WIDTH + group.size();
        Ok(Self {
            log,
            groups,
            leaves,
        })
    }

    /// The tiles it takes: those that name the log's whole groups, and the leaves after the last of them.
    pub fn tiles(&self) -> Vec<Tile> {
        let whole = self.whole();
        let groups = (0..whole.div_ceil(WIDTH)).map(|number| Tile {
            level: 1,
            number,
            width: (whole - number * WIDTH).min(WIDTH),
        });
        groups.chain(self.rest()).collect()
    }

    /// Holds the file's groups against the log's.
    ///
    /// # Errors
    /// Tiles that do not lead to the signed root: nothing is believed because one says so. And
    /// [`Failure::Parts`], when all that the log has is in the file, which goes on.
    pub fn part(&self, tiles: &BTreeMap<Tile, Vec<u8>>) -> Result<Option<Parting>, Failure> {
        let (mut tree, mut groups) = (RootStream::default(), Vec::new());
        let mut rest = RootStream::default();
        for tile in self.tiles() {
            let hashes = tile.read(tiles)?;
            for hash in hashes {
                tree.push_subtree(tile.level * HEIGHT, *hash);
            }
            match tile.level {
                0 => hashes.iter().for_each(|leaf| rest.push(*leaf)),
                _ => groups.extend_from_slice(hashes),
            }
        }
        self.log.signs(tree.root())?;
        let size = self.log.size;
        let alike = self.groups.iter().zip(&groups);
        let number = alike.take_while(|(held, signed)| held == signed).count();
        let (tile, root) = match (groups.get(number), self.rest()) {
            (Some(root), _) => {
                let tile = Tile {
                    level: 0,
                    number: number as u64,
                    width: WIDTH,
                };
                (tile, *root)
            }
            (None, Some(tile)) => (tile, rest.root()),
            (None, None) if self.leaves > size => return Err(Failure::Parts { leaf: size }),
            (None, None) => return Ok(None),
        };
        Ok(Some(Parting { tile, root, size }))
    }

    /// How many whole groups the log has.
    fn whole(&self) -> u64 {
        self.log.size / WIDTH
    }

    /// The tile of the leaves after them.
    fn rest(&self) -> Option<Tile> {
        let width = self.log.size % WIDTH;
        let tile = Tile {
            level: 0,
            number: self.whole(),
            width,
        };
        (width > 0).then_some(tile)
    }
}

impl Parting {
    /// The tile that has the group's leaves.
    pub fn tile(&self) -> Tile {
        self.tile
    }

    /// Holds the same file against the group, leaf by leaf.
    ///
    /// # Errors
    /// [`Failure::Parts`] with the first leaf that is not the log's. None when the file ends before one.
    pub fn find(&self, tile: &[u8], file: impl Read, trust: &Trust) -> Result<(), Failure> {
        let (signed, mut tree) = (self.tile.hashes(tile)?, RootStream::default());
        signed.iter().for_each(|leaf| tree.push(*leaf));
        if tree.root() != self.root {
            let path = self.tile.path();
            return Err(Failure::Tile { path });
        }
        let first = self.tile.number * WIDTH;
        let held = (0..).zip(leaves(file, trust)?);
        let mut held = held.skip_while(|(leaf, _)| *leaf < first);
        let parts = |leaf| Err(Failure::Parts { leaf });
        for (signed, (leaf, held)) in signed.iter().zip(held.by_ref()) {
            if *signed != held {
                return parts(leaf);
            }
        }
        match held.next() {
            Some((leaf, _)) if leaf >= self.size => parts(leaf),
            _ => Ok(()),
        }
    }
}
