//! The log against the journals, and against its own signed checkpoint.

use std::collections::{BTreeMap, BTreeSet};

use standard::Role;
use verifier::{Trust, Writer, verify_dump};

use super::{Evidence, Finding, Rule, evidence::Log};
use crate::{
    city::{AUDITOR, SECTION},
    harness::Platform,
};

pub(super) fn judge(evidence: &Evidence) -> Vec<Finding> {
    let log = &evidence.log;
    let mut findings = numbered(log);
    let mut journals: BTreeMap<(&str, i64), &[u8]> = BTreeMap::new();
    for (service, row) in evidence.rows() {
        if let Some(position) = row.position {
            journals.insert((service.as_str(), position), &row.record);
        }
    }
    let mut seen = BTreeSet::new();
    for leaf in &log.leaves {
        let place = (leaf.source.as_str(), leaf.position);
        if !seen.insert(&leaf.record) {
            let place = format!("{place:?} again at leaf {}", leaf.index);
            findings.push(Finding::new(Rule::LeafTwice, place));
        } else if journals.get(&place) == Some(&leaf.record.as_slice()) {
            journals.remove(&place);
        } else {
            let place = format!("leaf {} is no record of {place:?}", leaf.index);
            findings.push(Finding::new(Rule::LeafForeign, place));
        }
    }
    let lost = journals.keys();
    findings.extend(lost.map(|place| Finding::new(Rule::LeafLost, format!("{place:?}"))));
    if log.aside > 0 || log.findings > 0 {
        let place = format!("audit: {} aside, {} findings", log.aside, log.findings);
        findings.push(Finding::new(Rule::Aside, place));
    }
    findings
}

fn numbered(log: &Log) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (expected, leaf) in (0_i64..).zip(&log.leaves) {
        if leaf.index != expected {
            let place = format!("leaf {} where {expected} belongs", leaf.index);
            findings.push(Finding::new(Rule::Leaves, place));
        }
    }
    if usize::try_from(log.size) != Ok(log.leaves.len()) {
        let place = format!("{} leaves in a log of {}", log.leaves.len(), log.size);
        findings.push(Finding::new(Rule::Leaves, place));
    }
    findings
}

impl Evidence {
    /// What the verifier says to the leaves under their newest checkpoint.
    pub(crate) fn proof(&self, key: &str) -> Vec<Finding> {
        let key: Trust = key.trim().parse().expect("the log's key");
        let mut dump = Writer::begin(Vec::new(), key.name()).expect("a dump");
        for leaf in &self.log.leaves {
            dump.record(&leaf.record).expect("a record");
        }
        let dump = dump.finish(&self.log.note).expect("a dump");
        let refused = verify_dump(dump.as_slice(), &key, None).err();
        let refused = refused.map(|failure| Finding::new(Rule::Proof, failure));
        refused.into_iter().collect()
    }
}

/// The records of the log as an auditor gets them, verified on the way, and the indexes of those that
/// do not say their place.
pub(super) async fn fetch(platform: &Platform) -> (Vec<Vec<u8>>, Vec<u64>) {
    let token = platform.path("auditor-token");
    let words = platform.token(AUDITOR, SECTION, &[Role::Auditor]);
    std::fs::write(&token, words).expect("a token");
    let token = token.to_str().expect("a path");
    let dump = platform.path("fetched.sklog");
    let out = dump.to_str().expect("a path");
    let key = platform
        .sekisho(&["log"], &["--token-file", token, "key"])
        .await;
    platform
        .sekisho(&["log"], &["--token-file", token, "fetch", out])
        .await;
    let key: Trust = key.trim().parse().expect("the log's key");
    let bytes = std::fs::read(&dump).expect("the fetched log");
    let report = verify_dump(bytes.as_slice(), &key, None);
    let report = report.unwrap_or_else(|failure| panic!("the fetched log: {failure}"));
    (records(&bytes), report.unplaced)
}

/// Reads the records of a dump that was verified (docs/log-format.md).
fn records(dump: &[u8]) -> Vec<Vec<u8>> {
    let header = dump
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a header");
    let mut rest = &dump[header + 1..];
    let mut records = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = u32::from_be_bytes(*length);
        if length == u32::MAX {
            break;
        }
        let (record, after) = after.split_at(length as usize);
        records.push(record.to_vec());
        rest = after;
    }
    records
}
