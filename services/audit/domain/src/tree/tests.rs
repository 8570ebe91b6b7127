#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::Leaf;

/// The leaves everyone tests RFC 6962 with, and the known root of each size from 0 to 8.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn known_leaf(text: &str) -> Hash {
    // Not through `Leaf::of`: the second vector begins with a zero byte, which we log by digest.
    Leaf::Literal(&hex::decode(text).unwrap()).hash()
}

fn leaf(number: u64) -> Hash {
    Leaf::of(&number.to_string().into_bytes()).hash()
}

#[test]
fn every_size_has_the_known_root() {
    let mut tree = Tree::default();
    assert_eq!(hex::encode(tree.root().hash), ROOTS[0]);
    for (size, (text, root)) in LEAVES.iter().zip(&ROOTS[1..]).enumerate() {
        tree.append([known_leaf(text)]);
        assert_eq!(tree.size(), size as u64 + 1);
        assert_eq!(hex::encode(tree.root().hash), *root, "{} leaves", size + 1);
    }
}

#[test]
fn a_batch_writes_only_its_own_nodes_however_large_the_tree_is() {
    let mut tree = Tree::default();
    tree.append((0..100_000).map(leaf));
    let nodes = tree.append((100_000..104_000).map(leaf));
    assert!(nodes.len() <= 2 * 4_000 + 64, "{} nodes", nodes.len());
    assert_eq!(nodes[0].index, stored_hash_count(100_000));
    assert_eq!(
        nodes.len() as u64 + nodes[0].index,
        stored_hash_count(104_000)
    );
}

#[test]
fn a_frontier_that_does_not_fit_the_size_is_refused() {
    for given in [0, 1, 3] {
        let wrong = Tree::from_stored(5, vec![leaf(0); given]);
        assert_eq!(wrong, Err(TreeError::Frontier { size: 5, given }));
    }
    let stored = serde_json::json!({ "size": 5, "frontier": [leaf(0)] });
    assert!(serde_json::from_value::<Tree>(stored).is_err());
    assert_eq!(
        Tree::frontier_of(u64::MAX),
        Err(TreeError::TooLarge(u64::MAX))
    );
}

proptest! {
    #[test]
    fn batches_of_any_size_give_the_tree_of_single_leaves(sizes in prop::collection::vec(0_u64..40, 1..12)) {
        let (mut batched, mut single) = (Tree::default(), Tree::default());
        let (mut batched_nodes, mut single_nodes) = (Vec::new(), Vec::new());
        let mut next = 0;
        for size in sizes {
            batched_nodes.extend(batched.append((next..next + size).map(leaf)));
            for number in next..next + size {
                single_nodes.extend(single.append([leaf(number)]));
            }
            next += size;
            prop_assert_eq!(&batched, &single);
        }
        prop_assert_eq!(&batched_nodes, &single_nodes);
        prop_assert!(batched_nodes.iter().enumerate().all(|(at, node)| node.index == at as u64));
    }

    #[test]
    fn stored_nodes_give_back_the_tree_of_every_earlier_size(last in 1_u64..300, earlier in 0_u64..300) {
        let earlier = earlier.min(last);
        let mut tree = Tree::default();
        let mut nodes = tree.append((0..earlier).map(leaf));
        let then = tree.clone();
        nodes.extend(tree.append((earlier..last).map(leaf)));

        let wanted = Tree::frontier_of(earlier).unwrap();
        let frontier = wanted.iter().map(|index| nodes[*index as usize].hash).collect();
        let again = Tree::from_stored(earlier, frontier).unwrap();
        prop_assert_eq!(&again, &then);

        let text = serde_json::to_string(&tree).unwrap();
        prop_assert_eq!(serde_json::from_str::<Tree>(&text).unwrap(), tree);
    }
}
