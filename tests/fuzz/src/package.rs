//! Evidence packages, as somebody is handed them.

use std::{
    io::{Cursor, Write as _},
    sync::LazyLock,
};

use audit_domain::{Checkpoint, Leaf, SignerKey, Tree, record_hash};
use jiff::Timestamp;
use kernel::{Actor, Context};
use proto::{
    audit::v1::{EvidenceFile, EvidenceTaken},
    record::{NO_HASH, Outgoing, draft, finish},
};
use verifier::{STATEMENT, Trust, bundle, verify_package};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::Target;

const ORIGIN: &str = "log.city.example/sekisho";
const SUMMARY: (&str, &[u8]) = ("summary.en.md", b"no records");

pub(crate) const TARGETS: &[Target] = &[Target {
    name: "log_package",
    seeds: || vec![PACKAGE.bytes.clone()],
    words: &[
        "PK\u{3}\u{4}",
        "PK\u{1}\u{2}",
        "PK\u{5}\u{6}",
        "records/0.tlog-proof",
        "../",
    ],
    read: |input| verify_package(Cursor::new(input), &PACKAGE.key).is_ok(),
}];

static PACKAGE: LazyLock<Package> = LazyLock::new(Package::of_none);

struct Package {
    key: Trust,
    bytes: Vec<u8>,
}

impl Package {
    /// Of no records: the log holds nothing but what says so.
    fn of_none() -> Self {
        let signer = SignerKey::from_seed(ORIGIN, &[42; 32]).expect("a name");
        let file = EvidenceFile {
            name: SUMMARY.0.to_owned(),
            sha256: record_hash(SUMMARY.1).to_vec(),
        };
        let event = EvidenceTaken {
            places: record_hash(b"").to_vec(),
            files: vec![file],
            ..EvidenceTaken::default()
        };
        let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "request");
        let outgoing = Outgoing::new(&event, []);
        let mut record = draft("audit", uuid::Uuid::nil(), "evidence", &outgoing, &context);
        finish(&mut record, 1, &NO_HASH);
        let mut tree = Tree::default();
        tree.append([Leaf::of(&record).hash()]);
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            root: tree.root(),
        };
        let note = checkpoint.sign(&signer).expect("signed");
        let statement = bundle(&record, 0, &[], &note).into_bytes();
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [(STATEMENT, statement.as_slice()), SUMMARY] {
            let options = SimpleFileOptions::default();
            zip.start_file(name, options).expect("a file");
            zip.write_all(content).expect("written");
        }
        Self {
            key: signer.verifier().to_string().parse().expect("a key"),
            bytes: zip.finish().expect("finished").into_inner(),
        }
    }
}
