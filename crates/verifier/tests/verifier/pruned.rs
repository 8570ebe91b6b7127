//! A log of which some records were dropped is accepted, if it says so itself.

use audit_domain::Leaf;
use verifier::{Failure, Report, Writer, verify_dump};

use crate::log::{ORIGIN, SOURCES, chain, field, key, record_of, sign};

/// Leaves 0 to 9 of one source, and leaf 10, in which the log says that 2 to 4 and 6 were dropped.
fn records() -> Vec<Vec<u8>> {
    records_of(SOURCES[2])
}

/// The same where it is said by somebody.
fn records_of(saying: &str) -> Vec<Vec<u8>> {
    let mut records = chain(10);
    let range = |from: u8, to: u8| field(1, &[1 << 3, from, 2 << 3, to]);
    let said = [range(2, 5), range(6, 7)].concat();
    let kind = "sekisho.audit.v1.RecordsPruned";
    records.push(record_of(kind, saying, 1, &[0; 32], &said));
    records
}

/// The dump with these leaves dropped, and judged against the log as it was signed.
fn judged(dropped: &[usize], note: &str) -> Result<Report, Failure> {
    let dump = written(&records(), dropped).finish(note).unwrap();
    verify_dump(dump.as_slice(), &key(), None)
}

fn written(records: &[Vec<u8>], dropped: &[usize]) -> Writer<Vec<u8>> {
    let mut writer = Writer::begin(Vec::new(), ORIGIN).unwrap();
    for (leaf, record) in records.iter().enumerate() {
        if dropped.contains(&leaf) {
            writer.pruned(&Leaf::of(record).hash()).unwrap();
        } else {
            writer.record(record).unwrap();
        }
    }
    writer
}

/// A pruning while the log is read: what it dropped comes before the record that says so.
#[test]
fn a_writer_knows_that_a_dump_must_go_on_until_the_log_has_said_what_was_dropped() {
    let records = records();
    let unsaid = written(&records[..10], &[2, 3]);
    assert_eq!((unsaid.leaves(), unsaid.unannounced()), (10, Some(2)));
    let said = written(&records, &[2, 3]);
    assert_eq!((said.leaves(), said.unannounced()), (11, None));
}

#[test]
fn of_what_was_dropped_only_the_log_itself_speaks() {
    let records = records_of(SOURCES[1]);
    let dump = written(&records, &[2]).finish(&sign(&records)).unwrap();
    let failure = verify_dump(dump.as_slice(), &key(), None).unwrap_err();
    assert!(
        matches!(failure, Failure::Unannounced { leaf: 2 }),
        "{failure}"
    );
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
