//! Proof bundles and growth between two checkpoints: an auditor with a handful of records.

use audit_domain::Plan;
use verifier::{Failure, bundle, verify_bundle, verify_growth};

use crate::log::{SOURCES, grow, happenings, key, prove, records, sign};

const SIZE: usize = 21;

fn bundled(leaf: u64) -> String {
    let records = records(&happenings(SIZE));
    let (_, nodes) = grow(&records);
    let proof = prove(&Plan::inclusion(SIZE as u64, leaf).unwrap(), &nodes);
    bundle(&records[leaf as usize], leaf, &proof, &sign(&records))
}

#[test]
fn every_record_can_be_proven_alone() {
    let records = records(&happenings(SIZE));
    for leaf in 0..SIZE as u64 {
        let proven = verify_bundle(&bundled(leaf), &key()).unwrap();
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
        let text = bundle(record, leaf, &proof, &note);
        let failure = verify_bundle(&text, &key()).unwrap_err();
        assert!(matches!(failure, Failure::NotIncluded { .. }), "{failure}");
    }
    let shorter = sign(&records[..SIZE - 1]);
    let text = bundle(&records[4], 4, &proof, &shorter);
    let failure = verify_bundle(&text, &key()).unwrap_err();
    assert!(matches!(failure, Failure::NotIncluded { .. }), "{failure}");
}

#[test]
fn no_bit_of_a_bundle_can_change_and_no_byte_be_missing() {
    let text = bundled(4);
    assert!(verify_bundle(&text, &key()).is_ok());
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let verified = verify_bundle(&changed, &key());
            assert!(verified.is_err(), "bit {bit} of byte {at}");
        }
        let mut shorter = text.clone().into_bytes();
        shorter.remove(at);
        let shorter = String::from_utf8_lossy(&shorter);
        assert!(
            verify_bundle(&shorter, &key()).is_err(),
            "without byte {at}"
        );
    }
}

#[test]
fn a_bundle_is_a_c2sp_tlog_proof_whose_extra_data_is_the_record() {
    let text = bundled(4);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    assert!(lines.next().is_some_and(|line| line.starts_with("extra ")));
    assert_eq!(lines.next(), Some("index 4"));
    assert_eq!(
        lines.by_ref().take_while(|line| !line.is_empty()).count(),
        5
    );
    assert_eq!(lines.next(), Some(crate::log::ORIGIN));

    let without: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("extra "))
        .collect();
    let failure = verify_bundle(&without, &key()).unwrap_err();
    assert!(matches!(failure, Failure::Bundle(_)), "{failure}");
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
