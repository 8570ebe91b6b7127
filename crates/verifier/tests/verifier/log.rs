//! A log as the server keeps it, and the forger's tools to make another of it.

use audit_domain::{Checkpoint, Leaf, Node, Plan, SignerKey, Tree, record_hash};
use verifier::{Trust, Writer};

pub(crate) const ORIGIN: &str = "log.city.example/sekisho";
pub(crate) const SOURCES: [&str; 3] = ["/sekisho/identity", "/sekisho/ledger", "/sekisho/audit"];

/// What happened, before it is chained into records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Happening {
    pub(crate) source: &'static str,
    pub(crate) data: Vec<u8>,
}

/// `count` happenings, the sources taking uneven turns.
pub(crate) fn happenings(count: usize) -> Vec<Happening> {
    let happening = |number: usize| Happening {
        source: SOURCES[[0, 1, 0, 2, 1, 0, 0][number % 7]],
        data: format!("event {number}").into_bytes(),
    };
    (0..count).map(happening).collect()
}

pub(crate) fn signer() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[42; 32]).unwrap()
}

pub(crate) fn key() -> Trust {
    signer().verifier().to_string().parse().unwrap()
}

pub(crate) fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut length = bytes.len();
    let mut out = vec![number << 3 | 2];
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend(bytes);
    out
}

fn attribute(name: &str, kind: u8, value: &[u8]) -> Vec<u8> {
    let entry = [field(1, name.as_bytes()), field(2, &field(kind, value))].concat();
    field(5, &entry)
}

/// A CloudEvent as the relay writes it.
pub(crate) fn record(source: &str, position: u64, prev_hash: &[u8; 32], data: &[u8]) -> Vec<u8> {
    record_of(
        "sekisho.test.v1.Happened",
        source,
        position,
        prev_hash,
        data,
    )
}

/// The same of an event of some kind.
pub(crate) fn record_of(
    kind: &str,
    source: &str,
    position: u64,
    prev_hash: &[u8; 32],
    data: &[u8],
) -> Vec<u8> {
    [
        field(1, b"0191d5a0-0000-7000-8000-000000000000"),
        field(2, source.as_bytes()),
        field(3, b"1.0"),
        field(4, kind.as_bytes()),
        attribute("actor", 3, b"person/S0001"),
        attribute("prevhash", 4, prev_hash),
        attribute("sequence", 3, format!("{position:020}").as_bytes()),
        field(6, data),
    ]
    .concat()
}

/// Records of what happened, each source's numbered and chained.
pub(crate) fn records(happenings: &[Happening]) -> Vec<Vec<u8>> {
    let mut last = std::collections::BTreeMap::new();
    let mut record = |happening: &Happening| {
        let (position, hash) = last.entry(happening.source).or_insert((0, [0; 32]));
        *position += 1;
        let bytes = record(happening.source, *position, hash, &happening.data);
        *hash = record_hash(&bytes);
        bytes
    };
    happenings.iter().map(&mut record).collect()
}

/// Records of one source that say nothing in particular, numbered from 1 and chained.
pub(crate) fn chain(count: usize) -> Vec<Vec<u8>> {
    let happening = Happening {
        source: SOURCES[0],
        data: b"data".to_vec(),
    };
    records(&vec![happening; count])
}

/// The server's tree and stored nodes over records.
pub(crate) fn grow(records: &[Vec<u8>]) -> (Tree, Vec<Node>) {
    let mut tree = Tree::default();
    let nodes = tree.append(records.iter().map(|record| Leaf::of(record).hash()));
    (tree, nodes)
}

/// The server's signed checkpoint over records.
pub(crate) fn sign(records: &[Vec<u8>]) -> String {
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        root: grow(records).0.root(),
    };
    checkpoint.sign(&signer()).unwrap()
}

/// The server's proof of one plan.
pub(crate) fn prove(plan: &Plan, nodes: &[Node]) -> Vec<[u8; 32]> {
    let read = |index: &u64| nodes[*index as usize].hash;
    let hashes: Vec<_> = plan.needs().iter().map(read).collect();
    plan.build(&hashes).unwrap()
}

/// A dump of the records under some signed checkpoint, whether it fits or not.
pub(crate) fn dump(records: &[Vec<u8>], note: &str) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), ORIGIN).unwrap();
    for record in records {
        writer.record(record).unwrap();
    }
    writer.finish(note).unwrap()
}
