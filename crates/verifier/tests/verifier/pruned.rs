//! A log of which some records were dropped is accepted, if it says so itself.

use audit_domain::{Leaf, record_hash};
use verifier::{Failure, Report, Writer, verify_dump};

use crate::log::{ORIGIN, SOURCES, field, key, record_of, sign};

/// Leaves 0 to 9 of one source, and leaf 10, in which the log says that 2 to 4 and 6 were dropped.
fn records() -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let mut last = [0; 32];
    for position in 1..=10 {
        let record = record_of(
            "sekisho.test.v1.Happened",
            SOURCES[0],
            position,
            &last,
            b"data",
        );
        last = record_hash(&record);
        records.push(record);
    }
    let range = |from: u8, to: u8| field(1, &[1 << 3, from, 2 << 3, to]);
    let said = [range(2, 5), range(6, 7)].concat();
    let kind = "sekisho.audit.v1.RecordsPruned";
    records.push(record_of(kind, SOURCES[2], 1, &[0; 32], &said));
    records
}

/// The dump with these leaves dropped, and judged against the log as it was signed.
fn judged(dropped: &[usize], note: &str) -> Result<Report, Failure> {
    let records = records();
    let mut writer = Writer::begin(Vec::new(), ORIGIN).unwrap();
    for (leaf, record) in records.iter().enumerate() {
        if dropped.contains(&leaf) {
            writer.pruned(&Leaf::of(record).hash()).unwrap();
        } else {
            writer.record(record).unwrap();
        }
    }
    let dump = writer.finish(note).unwrap();
    verify_dump(dump.as_slice(), &key(), None)
}

#[test]
fn what_the_log_says_was_dropped_is_no_fault() {
    let note = sign(&records());
    let report = judged(&[2, 3, 4, 6], &note).unwrap();
    assert_eq!(report.pruned, 4);
    assert_eq!(report.sources[SOURCES[0]].position, 10);
    assert_eq!(judged(&[], &note).unwrap().pruned, 0);
}

#[test]
fn what_it_does_not_speak_of_was_taken_away() {
    let note = sign(&records());
    for (dropped, leaf) in [(&[2, 3, 4, 5][..], 5), (&[0], 0), (&[6, 7], 7)] {
        let failure = judged(dropped, &note).unwrap_err();
        let named = matches!(failure, Failure::Unannounced { leaf: named } if named == leaf);
        assert!(named, "{dropped:?}: {failure}");
    }
    // The log's own word on it is a record like any other.
    let failure = judged(&[2, 10], &note).unwrap_err();
    assert!(
        matches!(failure, Failure::Unannounced { leaf: 2 }),
        "{failure}"
    );
}

#[test]
fn another_hash_in_the_place_of_one_dropped_is_another_log() {
    let mut forged = records();
    forged[3] = record_of(
        "sekisho.test.v1.Happened",
        SOURCES[0],
        4,
        &[7; 32],
        b"other",
    );
    let failure = judged(&[2, 3, 4, 6], &sign(&forged)).unwrap_err();
    assert!(matches!(failure, Failure::Root { .. }), "{failure}");
}
