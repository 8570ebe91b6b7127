//! The server's tiles show that its log only grew, and nothing shows that another did.

use std::collections::BTreeMap;

use audit_domain::{Checkpoint, Leaf, Node, Tile as Served, Tree};
use verifier::{Failure, Grown, Growth, Tile};

use crate::log::{ORIGIN, key, signer};

/// Leaves by number; `changed` is another than it was.
fn grown(size: u64, changed: Option<u64>) -> (Tree, Vec<Node>) {
    let leaf = |number: u64| match Some(number) == changed {
        true => Leaf::of(b"another").hash(),
        false => Leaf::of(format!("event {number}").as_bytes()).hash(),
    };
    let mut tree = Tree::default();
    let nodes = tree.append((0..size).map(leaf));
    (tree, nodes)
}

fn signed(tree: &Tree) -> String {
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        root: tree.root(),
    };
    checkpoint.sign(&signer()).unwrap()
}

/// What the server's port would answer for a log of that size.
fn serve(wanted: &Tile, size: u64, nodes: &[Node]) -> Vec<u8> {
    let path = wanted.path();
    let tile = Served::parse(path.strip_prefix("tile/").unwrap()).unwrap();
    assert!(tile.is_within(size), "{path} of {size}");
    let hashes = tile.nodes().into_iter();
    hashes.flat_map(|node| nodes[node as usize].hash).collect()
}

/// The log of these nodes, read by somebody who kept a checkpoint.
fn read(size: u64, nodes: &[Node], note: &str, kept: Option<&str>) -> Result<Grown, Failure> {
    let growth = Growth::open(note, &key(), kept)?;
    let tiles = growth.tiles();
    assert!(tiles.len() <= 14, "{size}: {}", tiles.len());
    let fetched = tiles.iter().map(|tile| (*tile, serve(tile, size, nodes)));
    growth.verify(&fetched.collect::<BTreeMap<_, _>>())
}

#[test]
fn a_log_that_only_grew_is_shown_to_by_a_few_of_its_tiles() {
    for size in [1, 2, 3, 7, 255, 256, 257, 513, 1_000, 66_051] {
        let (tree, nodes) = grown(size, None);
        let note = signed(&tree);
        assert_eq!(read(size, &nodes, &note, None).unwrap().kept, None);
        let some = [
            0, 1, 2, 5, 128, 255, 256, 257, 300, 512, 999, 65_536, 66_050, size,
        ];
        for kept in some.into_iter().filter(|kept| *kept <= size) {
            let then = signed(&grown(kept, None).0);
            let report = read(size, &nodes, &note, Some(&then)).unwrap();
            assert_eq!(report.kept, Some(kept), "{kept} of {size}");
        }
    }
}

#[test]
fn another_past_is_found_whatever_is_signed_later() {
    for size in [2, 300, 1_000] {
        for kept in [1, 2, 255, 256, 257, 900] {
            if kept > size {
                continue;
            }
            for changed in [0, kept / 2, kept - 1] {
                let (tree, nodes) = grown(size, Some(changed));
                let then = signed(&grown(kept, None).0);
                let failure = read(size, &nodes, &signed(&tree), Some(&then)).unwrap_err();
                let named = matches!(failure, Failure::NoGrowth { kept: of, .. } if of == kept);
                assert!(named, "{changed}, {kept} of {size}: {failure}");
                // The signed log beside the tiles of another.
                let true_note = signed(&grown(size, None).0);
                let failure = read(size, &nodes, &true_note, Some(&then)).unwrap_err();
                assert!(matches!(failure, Failure::Root { .. }), "{failure}");
            }
        }
    }
}

#[test]
fn a_log_that_became_shorter_and_a_tile_that_is_not_whole_are_named() {
    let (tree, nodes) = grown(300, None);
    let longer = signed(&grown(301, None).0);
    let failure = read(300, &nodes, &signed(&tree), Some(&longer)).unwrap_err();
    let rolled_back = matches!(
        failure,
        Failure::RolledBack {
            kept: 301,
            now: 300
        }
    );
    assert!(rolled_back, "{failure}");
    let growth = || Growth::open(&signed(&tree), &key(), None).unwrap();
    for spoilt in growth().tiles() {
        let tiles = growth().tiles().into_iter();
        let whole: BTreeMap<_, _> = tiles
            .map(|tile| (tile, serve(&tile, 300, &nodes)))
            .collect();
        for length in [None, Some(0), Some(31)] {
            let mut tiles = whole.clone();
            match length {
                None => drop(tiles.remove(&spoilt)),
                Some(length) => tiles.get_mut(&spoilt).unwrap().truncate(length),
            }
            let failure = growth().verify(&tiles).unwrap_err();
            let named = matches!(&failure, Failure::Tile { path } if *path == spoilt.path());
            assert!(named, "{failure}");
        }
    }
}

#[test]
fn nothing_was_in_a_log_without_leaves() {
    let (tree, nodes) = grown(0, None);
    let note = signed(&tree);
    assert_eq!(read(0, &nodes, &note, Some(&note)).unwrap().kept, Some(0));
}
