//! Each journal by itself, and how far the others have come with it.

use sha2::{Digest as _, Sha256};
use standard::ServiceName;
use verifier::{Hash, Placed};

use super::{Evidence, Finding, Rule, evidence::Journal};

/// Who listens to whom; audit listens to everybody.
pub(crate) const LISTENERS: &[(ServiceName, &[ServiceName])] = &[
    (
        ServiceName::Identity,
        &[
            ServiceName::Identity,
            ServiceName::Ledger,
            ServiceName::Approvals,
            ServiceName::Incidents,
        ],
    ),
    (
        ServiceName::Ledger,
        &[ServiceName::Identity, ServiceName::Approvals],
    ),
    (
        ServiceName::Approvals,
        &[ServiceName::Identity, ServiceName::Ledger],
    ),
    (
        ServiceName::Incidents,
        &[
            ServiceName::Identity,
            ServiceName::Ledger,
            ServiceName::Audit,
        ],
    ),
    (ServiceName::Audit, ServiceName::ALL),
];

pub(super) fn judge(evidence: &Evidence) -> Vec<Finding> {
    let mut findings: Vec<Finding> = behind(evidence).collect();
    for (service, journal) in &evidence.journals {
        findings.extend(positions(*service, journal));
        findings.extend(chain(*service, journal));
        if journal.quarantined > 0 {
            let place = format!("{service}: {} in quarantine", journal.quarantined);
            findings.push(Finding::new(Rule::Aside, place));
        }
    }
    findings
}

fn positions(service: ServiceName, journal: &Journal) -> impl Iterator<Item = Finding> {
    let rows = (1_i64..).zip(&journal.rows);
    rows.filter(|(expected, row)| row.position != Some(*expected))
        .take(1)
        .map(move |(expected, row)| {
            let place = format!("{service} has {:?} where {expected} belongs", row.position);
            Finding::new(Rule::Positions, place)
        })
}

fn chain(service: ServiceName, journal: &Journal) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut previous = Hash::default();
    for row in &journal.rows {
        let expected = Placed {
            source: format!("/sekisho/{service}"),
            position: row
                .position
                .and_then(|at| u64::try_from(at).ok())
                .unwrap_or(0),
            prev_hash: previous,
        };
        let found = Placed::read(&row.record);
        if found.as_ref() != Ok(&expected) {
            let place = format!("{service}: {found:?}, expected {expected:?}");
            findings.push(Finding::new(Rule::Chain, place));
        }
        previous = Sha256::digest(&row.record).into();
    }
    let last = journal.rows.last().and_then(|row| row.position);
    if journal.head != last.unwrap_or(0) || journal.head_hash != previous {
        let place = format!("{service}: head {}, last record {last:?}", journal.head);
        findings.push(Finding::new(Rule::Head, place));
    }
    findings
}

/// Listeners whose watermark is not their source's head; the log too keeps one for each.
pub(super) fn behind(evidence: &Evidence) -> impl Iterator<Item = Finding> {
    LISTENERS.iter().flat_map(move |(listener, sources)| {
        sources.iter().flat_map(move |source| {
            let head = evidence.journals[source].head;
            let watermarks = &evidence.journals[listener].watermarks;
            let heard = watermarks.get(source.as_str()).copied().unwrap_or(0);
            let logged = match listener {
                ServiceName::Audit => evidence.log.sources.get(source.as_str()).copied(),
                _ => Some(head),
            };
            [("heard", heard), ("logged", logged.unwrap_or(0))]
                .into_iter()
                .filter(move |(_, position)| *position != head)
                .map(move |(how, position)| {
                    let place = format!("{listener} {how} {position} of {source}'s {head}");
                    Finding::new(Rule::Watermark, place)
                })
        })
    })
}
