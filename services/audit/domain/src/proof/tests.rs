#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::{Leaf, Node, Tree};

fn leaf(number: u64) -> Hash {
    Leaf::of(&number.to_string().into_bytes()).hash()
}

/// The tree of `size` numbered leaves, with its stored nodes.
fn tree(size: u64) -> (Root, Vec<Node>) {
    let mut tree = Tree::default();
    let nodes = tree.append((0..size).map(leaf));
    (tree.root(), nodes)
}

fn build(plan: &Plan, nodes: &[Node]) -> Vec<Hash> {
    let read: Vec<Hash> = plan
        .needs()
        .iter()
        .map(|index| nodes[*index as usize].hash)
        .collect();
    plan.build(&read).unwrap()
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut other = *hash;
    other[bit / 8] ^= 1 << (bit % 8);
    other
}

/// Every proof with one hash changed, taken out, doubled, or a stranger put before or behind.
fn mutations(proof: &[Hash], bit: usize) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut changed = proof.to_vec();
        changed[at] = flipped(&proof[at], bit);
        let mut short = proof.to_vec();
        short.remove(at);
        let mut long = proof.to_vec();
        long.insert(at, proof[at]);
        all.extend([changed, short, long]);
        if at > 0 && proof[at] != proof[at - 1] {
            let mut swapped = proof.to_vec();
            swapped.swap(at, at - 1);
            all.push(swapped);
        }
    }
    let stranger = leaf(u64::MAX);
    all.push([&[stranger], proof].concat());
    all.push([proof, &[stranger]].concat());
    all.push(vec![stranger; 1_000]);
    all
}

#[test]
fn the_proofs_of_rfc_6962_section_2_1_3_come_out() {
    // The RFC's tree of seven leaves d0..d6: PATH(3, D7) = [c, g, l], PROOF(6, D7) = [i, j, k].
    let (root, nodes) = tree(7);
    let node = |level, n| nodes[tlog_tiles::stored_hash_index(level, n) as usize].hash;
    let l = tlog_tiles::node_hash(tlog_tiles::Hash(node(1, 2)), tlog_tiles::Hash(leaf(6))).0;

    let plan = Plan::inclusion(7, 3).unwrap();
    let path = build(&plan, &nodes);
    assert_eq!(path, [leaf(2), node(1, 0), l]);
    verify_inclusion(&root, 3, &leaf(3), &path).unwrap();

    let plan = Plan::consistency(6, 7).unwrap();
    let proof = build(&plan, &nodes);
    assert_eq!(proof, [node(1, 2), leaf(6), node(2, 0)]);
    verify_consistency(&tree(6).0, &root, &proof).unwrap();
}

#[test]
fn a_question_outside_the_tree_has_no_plan() {
    assert_eq!(
        Plan::inclusion(3, 3).unwrap_err(),
        ProofError::NoSuchLeaf { index: 3, size: 3 }
    );
    assert_eq!(
        Plan::consistency(4, 3).unwrap_err(),
        ProofError::NotEarlier { old: 4, new: 3 }
    );
    assert_eq!(
        Plan::inclusion(u64::MAX, 0).unwrap_err(),
        ProofError::TooLarge(u64::MAX)
    );
    let plan = Plan::inclusion(8, 0).unwrap();
    assert_eq!(
        plan.build(&[]).unwrap_err(),
        ProofError::Nodes {
            needed: 3,
            given: 0
        }
    );
}

#[test]
fn the_empty_log_is_the_beginning_of_every_log_and_needs_no_proof() {
    let (empty, _) = tree(0);
    let (root, _) = tree(5);
    assert!(Plan::consistency(0, 5).unwrap().needs().is_empty());
    verify_consistency(&empty, &root, &[]).unwrap();
    verify_consistency(&empty, &empty, &[]).unwrap();
    let forged = Root {
        hash: leaf(0),
        ..empty
    };
    assert!(verify_consistency(&forged, &root, &[]).is_err());
    assert!(verify_consistency(&empty, &forged, &[]).is_err());
    assert!(verify_consistency(&empty, &root, &[leaf(0)]).is_err());
}

proptest! {
    #[test]
    fn an_inclusion_proof_holds_and_no_mutation_of_it_does(
        size in 1_u64..600, at in any::<prop::sample::Index>(), bit in 0_usize..256,
    ) {
        let (root, nodes) = tree(size);
        let index = at.index(size as usize) as u64;
        let plan = Plan::inclusion(size, index).unwrap();
        prop_assert!(plan.needs().len() <= 2 * 11);
        prop_assert!(plan.needs().is_sorted());
        let proof = build(&plan, &nodes);
        prop_assert_eq!(verify_inclusion(&root, index, &leaf(index), &proof), Ok(()));

        for wrong in mutations(&proof, bit) {
            prop_assert!(verify_inclusion(&root, index, &leaf(index), &wrong).is_err());
        }
        let wrong_root = Root { hash: flipped(&root.hash, bit), ..root };
        prop_assert!(verify_inclusion(&wrong_root, index, &leaf(index), &proof).is_err());
        prop_assert!(verify_inclusion(&root, index, &flipped(&leaf(index), bit), &proof).is_err());
        for other in (0..size + 2).filter(|other| *other != index) {
            prop_assert!(verify_inclusion(&root, other, &leaf(index), &proof).is_err());
        }
    }

    #[test]
    fn a_consistency_proof_holds_and_no_mutation_of_it_does(
        size in 1_u64..600, at in any::<prop::sample::Index>(), bit in 0_usize..256,
    ) {
        let (new, nodes) = tree(size);
        let (old, _) = tree(at.index(size as usize) as u64 + 1);
        let plan = Plan::consistency(old.size, new.size).unwrap();
        let proof = build(&plan, &nodes);
        prop_assert_eq!(verify_consistency(&old, &new, &proof), Ok(()));

        for wrong in mutations(&proof, bit) {
            prop_assert!(verify_consistency(&old, &new, &wrong).is_err());
        }
        let forged = Root { hash: flipped(&old.hash, bit), ..old };
        prop_assert!(verify_consistency(&forged, &new, &proof).is_err());
        let forged = Root { hash: flipped(&new.hash, bit), ..new };
        prop_assert!(verify_consistency(&old, &forged, &proof).is_err());
        if old.size < new.size {
            prop_assert!(verify_consistency(&new, &old, &proof).is_err());
        }
    }
}
