//! Held against the log, a file says which of its leaves is the first that is another, whatever its chains
//! show and however long it is.

use std::collections::BTreeMap;

use audit_domain::{Node, Tile as Served};
use verifier::{Comparison, Failure, Growth, Tile};

use crate::log::{chain, dump, grow, key, record, sign};

fn serve(wanted: Tile, size: u64, nodes: &[Node]) -> Vec<u8> {
    let path = wanted.path();
    let tile = Served::parse(path.strip_prefix("tile/").unwrap()).unwrap();
    assert!(tile.is_within(size), "{path} of {size}");
    let hashes = tile.nodes().into_iter();
    hashes.flat_map(|node| nodes[node as usize].hash).collect()
}

/// The log of these records, and a file.
struct Both {
    size: u64,
    nodes: Vec<Node>,
    note: String,
}

impl Both {
    fn of(log: &[Vec<u8>]) -> Self {
        Self {
            size: log.len() as u64,
            nodes: grow(log).1,
            note: sign(log),
        }
    }

    fn compare(&self, file: &[u8]) -> Result<(), Failure> {
        self.compare_by(file, |tile| serve(tile, self.size, &self.nodes))
    }

    fn compare_by(&self, file: &[u8], tile: impl Fn(Tile) -> Vec<u8>) -> Result<(), Failure> {
        let growth = Growth::open(&self.note, &key(), None)?;
        let log = growth.checkpoint().clone();
        let comparison = Comparison::read(file, &key(), log)?;
        let tiles = comparison.tiles().into_iter();
        let fetched: BTreeMap<_, _> = tiles.map(|one| (one, tile(one))).collect();
        match comparison.part(&fetched)? {
            Some(parting) => parting.find(&tile(parting.tile()), file, &key()),
            None => Ok(()),
        }
    }

    fn parts(&self, file: &[u8]) -> u64 {
        match self.compare(file) {
            Err(Failure::Parts { leaf }) => leaf,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_file_that_is_the_beginning_of_the_log_parts_nowhere() {
    let log = chain(66_000);
    for now in [1, 2, 255, 256, 257, 512, 1_000, 65_536, 66_000] {
        let both = Both::of(&log[..now]);
        for then in [0, 1, 100, 256, 300, 512, 65_536, now] {
            if then <= now {
                let file = dump(&log[..then], &sign(&log[..then]));
                both.compare(&file).unwrap();
            }
        }
    }
}

#[test]
fn the_first_leaf_that_is_another_is_named() {
    let log = chain(1_030);
    for now in [1, 256, 257, 512, 700, 1_030] {
        let both = Both::of(&log[..now]);
        for held in [1, 255, 256, 700, 1_024, 1_030] {
            for changed in [0, 1, 254, 255, 256, 511, 512, 699, 1_023, 1_029] {
                if changed >= held || changed > now {
                    continue;
                }
                let mut file = log[..held].to_vec();
                for another in [changed, (changed + 300).min(held - 1)] {
                    file[another] = record("/sekisho/identity", 7, &[7; 32], b"another");
                }
                let file = dump(&file, &both.note);
                assert_eq!(both.parts(&file), changed as u64, "{held}, {now}");
            }
        }
    }
}

#[test]
fn a_leaf_left_out_added_or_after_the_logs_end_is_named() {
    let log = chain(600);
    let both = Both::of(&log);
    for at in [0, 255, 256, 599] {
        let mut file = log.clone();
        file.insert(at, b"added".to_vec());
        assert_eq!(both.parts(&dump(&file, &both.note)), at as u64);
        file.remove(at);
        file.push(b"after the end".to_vec());
        assert_eq!(both.parts(&dump(&file, &both.note)), 600);
        if at < 599 {
            file.remove(at);
            // Records of the same chain differ by their positions.
            assert_eq!(both.parts(&dump(&file, &both.note)), at as u64);
        }
    }
}

/// What cannot be read says nothing, and what comes before it is held against the log.
#[test]
fn a_file_that_is_cut_is_compared_as_far_as_it_goes() {
    let log = chain(600);
    let both = Both::of(&log);
    let whole = dump(&log, &both.note);
    for length in [50, whole.len() / 2, whole.len() - 1] {
        both.compare(&whole[..length]).unwrap();
    }
    let mut file = log.clone();
    file[300] = b"another".to_vec();
    let cut = dump(&file, &both.note);
    assert_eq!(both.parts(&cut[..whole.len() * 3 / 4]), 300);
    let failure = both.compare(b"sklog 1 another.example\n").unwrap_err();
    assert!(matches!(failure, Failure::Origin { .. }), "{failure}");
}

#[test]
fn tiles_that_are_not_the_logs_convict_nobody() {
    let log = chain(600);
    let both = Both::of(&log);
    let mut file = log.clone();
    file[300] = b"another".to_vec();
    let file = dump(&file, &both.note);
    for spoilt in ["tile/1/000.p/2", "tile/0/002.p/88", "tile/0/001"] {
        for index in [0, 33] {
            let failure = both.compare_by(&file, |tile| {
                let mut bytes = serve(tile, both.size, &both.nodes);
                if tile.path() == spoilt {
                    bytes[index] ^= 1;
                }
                bytes
            });
            let failure = failure.unwrap_err();
            let named = matches!(&failure, Failure::Root { .. } | Failure::Tile { .. });
            assert!(named, "{spoilt}: {failure}");
        }
        let failure = both.compare_by(&file, |tile| {
            let mut bytes = serve(tile, both.size, &both.nodes);
            bytes.truncate(if tile.path() == spoilt {
                31
            } else {
                bytes.len()
            });
            bytes
        });
        let failure = failure.unwrap_err();
        let named = matches!(&failure, Failure::Tile { path } if path == spoilt);
        assert!(named, "{spoilt}: {failure}");
    }
}
