//! An evidence package is accepted as it was taken, and in no other form.

use std::io::{Cursor, Write as _};

use audit_domain::{Leaf, Plan, record_hash};
use verifier::{Failure, verify_package};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::log::{SOURCES, chain, field, grow, key, prove, record_of, sign};

/// A file of a package.
type File = (String, Vec<u8>);

fn number(field: u8, value: u8) -> Vec<u8> {
    vec![field << 3, value]
}

/// The log's record that leaves 1, 3 and 4 of the first seven were taken, with a summary beside them.
fn statement(files: &[(&str, &[u8])], leaves: &[u64]) -> Vec<u8> {
    let places: Vec<u8> = leaves.iter().flat_map(|leaf| leaf.to_be_bytes()).collect();
    let files = files.iter().flat_map(|(name, content)| {
        let file = [field(1, name.as_bytes()), field(2, &record_hash(content))].concat();
        field(6, &file)
    });
    [
        field(1, b"S0311"),
        number(3, 7),
        number(4, leaves.len() as u8),
        field(5, &record_hash(&places)),
        files.collect(),
    ]
    .concat()
}

fn proof(records: &[Vec<u8>], leaf: u64) -> Vec<u8> {
    let (tree, nodes) = grow(records);
    let plan = Plan::inclusion(tree.size(), leaf).unwrap();
    let record = &records[leaf as usize];
    assert!(matches!(Leaf::of(record), Leaf::Literal(_)));
    verifier::bundle(record, leaf, &prove(&plan, &nodes), &sign(records)).into_bytes()
}

/// A log of seven records and the statement, and the package of it.
fn package() -> Vec<File> {
    let summary: (&str, &[u8]) = ("summary.en.md", b"three records");
    let mut records = chain(7);
    let kind = "sekisho.audit.v1.EvidenceTaken";
    let said = statement(&[summary], &[1, 3, 4]);
    records.push(record_of(kind, SOURCES[2], 1, &[0; 32], &said));
    let mut files = vec![
        ("statement.tlog-proof".to_owned(), proof(&records, 7)),
        (summary.0.to_owned(), summary.1.to_vec()),
    ];
    for leaf in [1, 3, 4] {
        files.push((format!("records/{leaf}.tlog-proof"), proof(&records, leaf)));
    }
    // Proven, but not of the package.
    files.push(("records/2.tlog-proof".to_owned(), proof(&records, 2)));
    files
}

fn zip(files: &[File]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn verify(bytes: &[u8]) -> Result<verifier::Package, Failure> {
    verify_package(Cursor::new(bytes), &key())
}

/// The files as they were taken.
fn taken() -> Vec<File> {
    let mut files = package();
    files.pop();
    files
}

#[test]
fn a_package_as_it_was_taken_is_accepted_and_told() {
    let package = verify(&zip(&taken())).unwrap();
    assert_eq!(package.size, 7);
    assert_eq!(Vec::from_iter(package.records), [1, 3, 4]);
    assert_eq!(Vec::from_iter(package.files), ["summary.en.md"]);
    assert_eq!(package.statement.leaf, 7);
}

#[test]
fn what_is_left_out_put_in_changed_or_exchanged_is_found_and_named() {
    let all = package();
    let of = |name: &str| all.iter().position(|(file, _)| file == name).unwrap();
    let (statement, summary) = (of("statement.tlog-proof"), of("summary.en.md"));
    let (first, extra) = (of("records/1.tlog-proof"), of("records/2.tlog-proof"));
    type Change<'a> = Box<dyn Fn(&mut Vec<File>) + 'a>;
    let changes: Vec<(&str, &str, Change<'_>)> = vec![
        (
            "a record left out",
            "records/",
            Box::new(|files| drop(files.remove(first))),
        ),
        (
            "a record put in",
            "records/",
            Box::new(|files| files.push(all[extra].clone())),
        ),
        (
            "a record for another",
            "records/",
            Box::new(|files| files[first] = all[extra].clone()),
        ),
        (
            "a record under another's name",
            "records/1.tlog-proof",
            Box::new(|files| files[first].1 = all[extra].1.clone()),
        ),
        (
            "a summary changed",
            "summary.en.md",
            Box::new(|files| files[summary].1 = b"no records".to_vec()),
        ),
        (
            "a summary left out",
            "summary.en.md",
            Box::new(|files| drop(files.remove(summary))),
        ),
        (
            "a file put in",
            "note.txt",
            Box::new(|files| files.push(("note.txt".to_owned(), b"trust me".to_vec()))),
        ),
        (
            "no statement",
            "statement.tlog-proof",
            Box::new(|files| drop(files.remove(statement))),
        ),
        (
            "another record as the statement",
            "statement.tlog-proof",
            Box::new(|files| files[statement].1 = all[extra].1.clone()),
        ),
    ];
    for (what, file, change) in changes {
        let mut files = taken();
        change(&mut files);
        let failure = verify(&zip(&files)).unwrap_err();
        let Failure::Package { file: named, .. } = &failure else {
            panic!("{what}: {failure}");
        };
        assert_eq!(named, file, "{what}");
        assert!(failure.message_ja().contains(file), "{what}");
    }
}

/// A byte changed anywhere in a proof, and cut off anywhere: never accepted.
#[test]
fn no_package_with_a_byte_changed_in_a_proof_is_accepted() {
    let files = taken();
    for at in 0..files.len() {
        for place in (0..files[at].1.len()).step_by(7) {
            let mut changed = files.clone();
            changed[at].1[place] ^= 1;
            assert!(verify(&zip(&changed)).is_err(), "{} {place}", files[at].0);
        }
    }
    let whole = zip(&files);
    for end in (0..whole.len()).step_by(11) {
        assert!(verify(&whole[..end]).is_err(), "cut at {end}");
    }
}

/// Two files of one name: whoever unpacks it may see the one that was not judged.
#[test]
fn a_file_that_is_there_twice_is_refused() {
    let mut files = taken();
    files.push(("SUMMARY.en.md".to_owned(), b"no records!!!".to_vec()));
    let twice = zip(&files);
    let name = b"SUMMARY.en.md";
    let mut bytes = twice.clone();
    for place in 0..bytes.len() - name.len() {
        if bytes[place..].starts_with(name) {
            bytes[place..place + name.len()].copy_from_slice(b"summary.en.md");
        }
    }
    assert_ne!(bytes, twice);
    assert!(verify(&bytes).is_err());
}

/// Another archive, or anything else, around the one that is judged: who unpacks it may see the other.
#[test]
fn a_package_with_anything_before_it_or_behind_it_is_refused() {
    let good = zip(&taken());
    let mut forged = taken();
    forged[1].1 = b"no records!!!".to_vec();
    let forged = zip(&forged);
    assert!(verify(&forged).is_err());
    let with = |place: usize, more: &[u8]| {
        let mut bytes = good.clone();
        bytes.splice(place..place, more.iter().copied());
        bytes
    };
    let commented = {
        let mut zip = ZipWriter::new_append(Cursor::new(good.clone())).unwrap();
        zip.set_comment("trust me").unwrap();
        zip.finish().unwrap().into_inner()
    };
    // The directory of the one around it cannot be read, from its second entry on.
    let inside = {
        let mut around = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, _) in taken() {
            around.start_file(name, stored).unwrap();
            around.write_all(&good).unwrap();
        }
        let mut bytes = around.finish().unwrap().into_inner();
        let mark = |at: &usize| bytes[*at..].starts_with(b"PK\x01\x02");
        let last = (0..bytes.len()).rev().find(mark).unwrap();
        bytes[last] = b'Q';
        bytes
    };
    for (what, bytes) in [
        ("one around it", inside),
        ("a forged one before it", with(0, &forged)),
        ("the same before it", with(0, &good)),
        ("a forged one behind it", with(good.len(), &forged)),
        ("a byte before it", with(0, b"P")),
        ("a byte behind it", with(good.len(), &[0])),
        (
            "an end behind it",
            with(good.len(), &good[good.len() - 22..]),
        ),
        ("a comment", commented),
    ] {
        let failure = verify(&bytes).expect_err(what);
        assert!(
            matches!(failure, Failure::Package { .. }),
            "{what}: {failure}"
        );
    }
    assert!(verify(&good).is_ok());
}
