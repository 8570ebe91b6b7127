//! Two implementations, one answer: the server's and this crate's, on proofs good and bad.

use audit_domain::{Leaf, Plan, Root};
use proptest::prelude::*;
use verifier::{Checkpoint, Which, leaf_hash, verify_consistency, verify_inclusion};

use crate::log::{ORIGIN, grow, happenings, key, prove, records, sign, signer};

/// How a proof, and what it is for, is spoiled; `Keep` leaves it whole.
#[derive(Debug, Clone)]
enum Spoil {
    Keep,
    Flip(prop::sample::Index, usize),
    Remove(prop::sample::Index),
    Double(prop::sample::Index),
    Number(u64),
    Size(u64),
    Root(usize),
}

fn spoils() -> impl Strategy<Value = Spoil> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        Just(Spoil::Keep),
        (at(), 0_usize..32).prop_map(|(at, byte)| Spoil::Flip(at, byte)),
        at().prop_map(Spoil::Remove),
        at().prop_map(Spoil::Double),
        (0_u64..330).prop_map(Spoil::Number),
        (0_u64..330).prop_map(Spoil::Size),
        (0_usize..32).prop_map(Spoil::Root),
    ]
}

impl Spoil {
    /// On the proof, the first number (leaf index or old size), the tree's size, and its root.
    fn on(&self, proof: &mut Vec<[u8; 32]>, number: &mut u64, root: &mut Root) {
        let any = !proof.is_empty();
        match self {
            Self::Flip(at, byte) if any => at.get_mut(proof)[*byte] ^= 1,
            Self::Remove(at) if any => drop(proof.remove(at.index(proof.len()))),
            Self::Double(at) if any => proof.push(*at.get(proof)),
            Self::Number(other) => *number = *other,
            Self::Size(other) => root.size = *other,
            Self::Root(byte) => root.hash[*byte] ^= 1,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn inclusion_is_judged_alike(size in 1_usize..330, at in any::<prop::sample::Index>(), spoil in spoils()) {
        let records: Vec<Vec<u8>> = (0..size).map(|n| n.to_be_bytes()[6..].to_vec()).collect();
        let (tree, nodes) = grow(&records);
        let (mut index, mut root) = (at.index(size) as u64, tree.root());
        let leaf = leaf_hash(&records[index as usize]);
        let mut proof = prove(&Plan::inclusion(root.size, index).unwrap(), &nodes);
        let whole = (index, root, proof.clone());
        spoil.on(&mut proof, &mut index, &mut root);

        let here = verify_inclusion(index, root.size, &leaf, &proof, &root.hash);
        let there = audit_domain::verify_inclusion(&root, index, &leaf, &proof).is_ok();
        prop_assert_eq!(here, there);
        if whole == (index, root, proof) {
            prop_assert!(here);
        } else if !matches!(spoil, Spoil::Size(_)) {
            // A path may fit more than one size; the signed checkpoint says which it is.
            prop_assert!(!here);
        }
    }

    #[test]
    fn growth_is_judged_alike(size in 1_usize..330, at in any::<prop::sample::Index>(), spoil in spoils()) {
        let records: Vec<Vec<u8>> = (0..size).map(|n| n.to_be_bytes()[6..].to_vec()).collect();
        let (tree, nodes) = grow(&records);
        let before = grow(&records[..at.index(size + 1)]).0.root();
        let (mut old, mut new) = (before.size, tree.root());
        let mut proof = prove(&Plan::consistency(old, new.size).unwrap(), &nodes);
        let whole = (old, new, proof.clone());
        spoil.on(&mut proof, &mut old, &mut new);

        let here = verify_consistency(old, &before.hash, new.size, &new.hash, &proof);
        let root = Root { size: old, ..before };
        let there = audit_domain::verify_consistency(&root, &new, &proof).is_ok();
        prop_assert_eq!(here, there);
        if whole == (old, new, proof) {
            prop_assert!(here);
        }
    }

    #[test]
    fn every_record_has_the_same_leaf(record in prop::collection::vec(any::<u8>(), 0..200), zero in any::<bool>()) {
        let record = if zero { [&[0][..], &record].concat() } else { record };
        prop_assert_eq!(leaf_hash(&record), Leaf::of(&record).hash());
    }
}

#[test]
fn long_records_have_the_same_leaf() {
    for length in [65_534, 65_535, 65_536, 200_000] {
        let record = vec![7; length];
        assert_eq!(
            leaf_hash(&record),
            Leaf::of(&record).hash(),
            "{length} bytes"
        );
    }
}

#[test]
fn the_server_s_checkpoints_open_here_and_there_alike() {
    for size in [0, 1, 7, 64] {
        let note = sign(&records(&happenings(size)));
        let here = Checkpoint::open(&note, &key(), Which::Final).unwrap();
        let there = audit_domain::Checkpoint::open(&note, &signer().verifier()).unwrap();
        assert_eq!(here.origin, ORIGIN);
        assert_eq!((here.size, here.root), (there.root.size, there.root.hash));
    }
}
