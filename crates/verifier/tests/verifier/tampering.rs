//! Fault test 9 as a table: every way to change the past, with and without the log's key.

use verifier::{Failure, Trust, verify_dump};

use crate::log::{Happening, ORIGIN, SOURCES, dump, happenings, key, record, records, sign};

/// Leaves in the log, and leaves when the auditor kept a checkpoint.
const NOW: usize = 40;
const THEN: usize = 25;

fn kept() -> String {
    sign(&records(&happenings(THEN)))
}

fn verify(file: &[u8]) -> Result<verifier::Report, Failure> {
    verify_dump(file, &key(), Some(&kept()))
}

/// The failure's name, to compare by.
fn name(failure: &Failure) -> String {
    let debug = format!("{failure:?}");
    debug
        .split([' ', '(', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn an_untouched_log_passes_and_is_described() {
    let records = records(&happenings(NOW));
    let file = dump(&records, &sign(&records));
    let report = verify(&file).unwrap();
    assert_eq!(report.checkpoint.origin, ORIGIN);
    assert_eq!(report.checkpoint.size, NOW as u64);
    assert_eq!(report.kept, Some(THEN as u64));
    assert!(report.unplaced.is_empty());
    let counted: u64 = report.sources.values().map(|source| source.position).sum();
    assert_eq!(counted, NOW as u64);

    let report = verify_dump(file.as_slice(), &key(), None).unwrap();
    assert_eq!(report.kept, None);
}

#[test]
fn a_checkpoint_kept_from_any_moment_fits() {
    let all = records(&happenings(NOW));
    let file = dump(&all, &sign(&all));
    for size in 0..=NOW {
        let kept = sign(&all[..size]);
        let report = verify_dump(file.as_slice(), &key(), Some(&kept)).unwrap();
        assert_eq!(report.kept, Some(size as u64));
    }
    let empty = dump(&[], &sign(&[]));
    assert!(verify_dump(empty.as_slice(), &key(), None).is_ok());
}

/// Changes to the records of a log of which nobody can sign a new checkpoint.
#[test]
fn without_the_key_no_change_passes() {
    type Tampering = (&'static str, fn(&mut Vec<Vec<u8>>), &'static str);
    let table: [Tampering; 12] = [
        (
            "data of a record flipped",
            |log| *log[8].last_mut().unwrap() ^= 1,
            "ChainBroken",
        ),
        ("record made unreadable", |log| log[8][0] ^= 1, "Gap"),
        (
            "prevhash of a record flipped",
            |log| {
                let at = log[8]
                    .windows(8)
                    .position(|part| part == b"prevhash")
                    .unwrap();
                log[8][at + 12] ^= 1;
            },
            "ChainBroken",
        ),
        (
            "last record of a source changed",
            |log| *log[NOW - 1].last_mut().unwrap() ^= 1,
            "Root",
        ),
        (
            "record deleted",
            |log| {
                log.remove(8);
            },
            "Gap",
        ),
        (
            "last record deleted",
            |log| {
                log.pop();
            },
            "Size",
        ),
        (
            "record doubled",
            |log| log.insert(9, log[8].clone()),
            "Repeated",
        ),
        ("records of one source swapped", |log| log.swap(1, 4), "Gap"),
        (
            "records of two sources swapped",
            |log| log.swap(0, 1),
            "Root",
        ),
        (
            "record of a new source inserted",
            |log| {
                log.insert(8, record("/sekisho/forged", 1, &[0; 32], b"x"));
            },
            "Size",
        ),
        (
            "raw bytes inserted",
            |log| log.insert(8, b"not an event".to_vec()),
            "Size",
        ),
        ("cut off in the middle", |log| log.truncate(10), "Size"),
    ];
    let original = records(&happenings(NOW));
    let note = sign(&original);
    for (what, tamper, expected) in table {
        let mut log = original.clone();
        tamper(&mut log);
        let failure = verify(&dump(&log, &note)).expect_err(what);
        assert_eq!(name(&failure), expected, "{what}: {failure}");
    }
}

/// The operator's own forgery: records chained anew and a fresh checkpoint signed with the true key.
#[test]
fn with_the_key_no_change_of_the_kept_past_passes() {
    type Forgery = (&'static str, fn(&mut Vec<Happening>), &'static str);
    let table: [Forgery; 7] = [
        ("data changed", |log| log[8].data.push(b'!'), "PastChanged"),
        (
            "moved to another source",
            |log| log[8].source = SOURCES[2],
            "PastChanged",
        ),
        (
            "deleted",
            |log| {
                log.remove(8);
            },
            "PastChanged",
        ),
        (
            "inserted",
            |log| log.insert(8, log[3].clone()),
            "PastChanged",
        ),
        ("swapped", |log| log.swap(8, 9), "PastChanged"),
        ("rolled back", |log| log.truncate(THEN - 1), "RolledBack"),
        (
            "forked just before the checkpoint",
            |log| {
                log.truncate(THEN - 1);
                log.extend(happenings(NOW).into_iter().skip(THEN));
            },
            "PastChanged",
        ),
    ];
    for (what, forge, expected) in table {
        let mut story = happenings(NOW);
        forge(&mut story);
        let log = records(&story);
        let file = dump(&log, &sign(&log));
        assert!(
            verify_dump(file.as_slice(), &key(), None).is_ok(),
            "{what}: a good forgery"
        );
        let failure = verify(&file).expect_err(what);
        assert_eq!(name(&failure), expected, "{what}: {failure}");
    }
}

#[test]
fn a_failure_says_which_leaf_source_and_position_in_two_languages() {
    let mut log = records(&happenings(NOW));
    let note = sign(&log);
    *log[1].last_mut().unwrap() ^= 1;
    let failure = verify(&dump(&log, &note)).unwrap_err();
    let Failure::ChainBroken {
        leaf,
        ref source_name,
        position,
        previous_leaf,
        ..
    } = failure
    else {
        panic!("{failure}");
    };
    assert_eq!(
        (leaf, source_name.as_str(), position, previous_leaf),
        (4, SOURCES[1], 2, Some(1))
    );
    for text in [failure.to_string(), failure.message_ja()] {
        assert!(text.contains(SOURCES[1]) && text.contains('4'), "{text}");
    }
}

#[test]
fn a_record_nobody_could_read_is_in_the_log_and_its_successor_vouches_for_it() {
    let raw = b"\x00 not a CloudEvent".to_vec();
    let first = record(SOURCES[0], 1, &[0; 32], b"first");
    let third = record(SOURCES[0], 3, &audit_domain::record_hash(&raw), b"third");
    let log = vec![first.clone(), raw.clone(), third.clone()];
    let file = dump(&log, &sign(&log));
    let report = verify_dump(file.as_slice(), &key(), None).unwrap();
    assert_eq!(report.unplaced, [1]);
    assert_eq!(report.sources[SOURCES[0]].position, 3);

    // Nothing else fills the hole: not other bytes, and not the same bytes for two holes.
    let other = vec![first.clone(), b"\x00 other".to_vec(), third.clone()];
    let failure = verify_dump(dump(&other, &sign(&other)).as_slice(), &key(), None).unwrap_err();
    assert_eq!(name(&failure), "Gap");
    let fifth = record(SOURCES[0], 5, &audit_domain::record_hash(&raw), b"fifth");
    let twice = vec![first, raw, third, fifth];
    let failure = verify_dump(dump(&twice, &sign(&twice)).as_slice(), &key(), None).unwrap_err();
    assert_eq!(name(&failure), "Gap");
}

#[test]
fn the_file_itself_is_checked() {
    let log = records(&happenings(3));
    let note = sign(&log);
    let file = dump(&log, &note);
    let other_key = audit_domain::SignerKey::from_seed("other.example", &[1; 32]).unwrap();
    let other_key = other_key.verifier().to_string().parse().unwrap();
    let impostor = audit_domain::SignerKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    let impostor = impostor.verifier().to_string().parse().unwrap();

    let failure = |file: &[u8], key: &Trust| name(&verify_dump(file, key, None).unwrap_err());
    assert_eq!(failure(b"", &key()), "Header");
    assert_eq!(failure(b"sklog 2 x\n", &key()), "Header");
    assert_eq!(failure(&[b'x'; 5_000], &key()), "Header");
    assert_eq!(failure(&file, &other_key), "Origin");
    assert_eq!(failure(&file, &impostor), "Unsigned");
    assert_eq!(failure(&file[..80], &key()), "Truncated");
    let header = format!("sklog 1 {ORIGIN}\n");
    let huge = [header.as_bytes(), &[0xff, 0xff, 0xff, 0xfd]].concat();
    assert_eq!(failure(&huge, &key()), "TooLong");
    let claimed = [header.as_bytes(), &[0x03, 0, 0, 0, 1, 2]].concat();
    assert_eq!(failure(&claimed, &key()), "Truncated");
    assert_eq!(failure(&dump(&log, ""), &key()), "Unsigned");

    // A checkpoint kept of another log proves nothing about this one.
    let foreign = audit_domain::Checkpoint {
        origin: "other.example".to_owned(),
        root: crate::log::grow(&log).0.root(),
    };
    let foreign_key = audit_domain::SignerKey::from_seed("other.example", &[42; 32]).unwrap();
    let foreign = foreign.sign(&foreign_key).unwrap();
    let failure = verify_dump(file.as_slice(), &key(), Some(&foreign)).unwrap_err();
    assert!(matches!(
        failure,
        Failure::Unsigned {
            which: verifier::Which::Kept
        }
    ));
}

/// No chain covers the order between sources, nor that a source's last record is there: it is said that one of
/// these was changed, and not that some record was.
#[test]
fn where_no_chain_is_broken_it_is_said_what_none_covers() {
    let original = records(&happenings(NOW));
    let note = sign(&original);
    let told = |tamper: fn(&mut Vec<Vec<u8>>)| {
        let mut log = original.clone();
        tamper(&mut log);
        let failure = verify(&dump(&log, &note)).unwrap_err();
        (failure.to_string(), failure.message_ja())
    };
    let (en, ja) = told(|log| log.swap(0, 1));
    assert!(en.contains("the order between sources"), "{en}");
    assert!(ja.contains("情報源の間の順序"), "{ja}");
    let (en, ja) = told(|log| drop(log.pop()));
    assert!(en.contains("at the end of a source"), "{en}");
    assert!(ja.contains("情報源の最後の記録"), "{ja}");
}
