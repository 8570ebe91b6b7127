//! Proof bundles and growth between two checkpoints: an auditor with a handful of records.

use audit_domain::Plan;
use verifier::{Bundle, Failure, verify_bundle, verify_growth};

use crate::log::{SOURCES, grow, happenings, key, prove, records, sign};

const SIZE: usize = 21;

fn bundle(leaf: u64) -> Bundle {
    let records = records(&happenings(SIZE));
    let (_, nodes) = grow(&records);
    let proof = prove(&Plan::inclusion(SIZE as u64, leaf).unwrap(), &nodes);
    Bundle::new(&records[leaf as usize], leaf, &proof, &sign(&records))
}

#[test]
fn every_record_can_be_proven_alone() {
    let records = records(&happenings(SIZE));
    for leaf in 0..SIZE as u64 {
        let proven = verify_bundle(&bundle(leaf).to_json(), &key()).unwrap();
        assert_eq!(proven.leaf, leaf);
        assert_eq!(proven.record, records[leaf as usize]);
        assert_eq!(proven.checkpoint.size, SIZE as u64);
        assert!(SOURCES.contains(&proven.placed.unwrap().source.as_str()));
    }
}

#[test]
fn a_record_proven_by_another_s_proof_is_refused() {
    let records = records(&happenings(SIZE));
    let (_, nodes) = grow(&records);
    let proof = prove(&Plan::inclusion(SIZE as u64, 4).unwrap(), &nodes);
    let note = sign(&records);
    for (record, leaf) in [
        (&records[5], 4),
        (&records[4], 5),
        (&records[4], SIZE as u64),
    ] {
        let json = Bundle::new(record, leaf, &proof, &note).to_json();
        let failure = verify_bundle(&json, &key()).unwrap_err();
        assert!(matches!(failure, Failure::NotIncluded { .. }), "{failure}");
    }
    let shorter = sign(&records[..SIZE - 1]);
    let json = Bundle::new(&records[4], 4, &proof, &shorter).to_json();
    let failure = verify_bundle(&json, &key()).unwrap_err();
    assert!(matches!(failure, Failure::NotIncluded { .. }), "{failure}");
}

/// White space between JSON tokens is not content; everything else is.
#[test]
fn no_bit_of_a_bundle_s_content_can_change() {
    let json = bundle(4).to_json();
    let original: serde_json::Value = serde_json::from_str(&json).unwrap();
    for at in 0..json.len() {
        for bit in 0..8 {
            let mut bytes = json.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            let same =
                serde_json::from_str(&text).is_ok_and(|value: serde_json::Value| value == original);
            assert_eq!(
                verify_bundle(&text, &key()).is_ok(),
                same,
                "bit {bit} of byte {at}"
            );
        }
    }
}

#[test]
fn the_proof_inside_is_a_c2sp_tlog_proof() {
    let value: serde_json::Value = serde_json::from_str(&bundle(4).to_json()).unwrap();
    let proof = value["proof"].as_str().unwrap();
    let mut lines = proof.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    assert_eq!(lines.next(), Some("index 4"));
    assert_eq!(
        lines.by_ref().take_while(|line| !line.is_empty()).count(),
        5
    );
    assert_eq!(lines.next(), Some(crate::log::ORIGIN));
}

#[test]
fn growth_between_two_checkpoints_is_proven_and_a_fork_is_not() {
    let all = records(&happenings(SIZE));
    let (_, nodes) = grow(&all);
    let new = sign(&all);
    for kept in 0..=SIZE {
        let proof = prove(
            &Plan::consistency(kept as u64, SIZE as u64).unwrap(),
            &nodes,
        );
        verify_growth(&sign(&all[..kept]), &new, &proof, &key()).unwrap();
    }

    let mut other = happenings(SIZE);
    other[2].data.push(b'!');
    let forked = sign(&records(&other[..10]));
    let proof = prove(&Plan::consistency(10, SIZE as u64).unwrap(), &nodes);
    let failure = verify_growth(&forked, &new, &proof, &key()).unwrap_err();
    assert!(
        matches!(failure, Failure::NoGrowth { kept: 10, now: 21 }),
        "{failure}"
    );

    let failure = verify_growth(&new, &sign(&all[..10]), &[], &key()).unwrap_err();
    assert!(
        matches!(failure, Failure::RolledBack { kept: 21, now: 10 }),
        "{failure}"
    );
}
