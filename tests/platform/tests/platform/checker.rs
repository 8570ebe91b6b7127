//! The independent checker: acknowledged commands = state = journal = leaves of the log, none lost,
//! none twice.
//!
//! It reads the services' databases with SQL of its own and judges the log with `verifier`, which
//! shares no code with the server. What it must find, it is tested to find: see `tampering`.

mod commands;
mod consequences;
mod evidence;
mod journals;
mod log;

use std::{
    fmt,
    time::{Duration, Instant},
};

pub(crate) use evidence::Evidence;
pub(crate) use journals::LISTENERS;

use crate::{
    acknowledged::Acknowledged,
    harness::{PATIENCE, Platform},
};

const LOOK: Duration = Duration::from_millis(50);

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// Every journal row has its position, and positions have no gap.
    Positions,
    /// Every record says its own position and names the one before by its hash.
    Chain,
    /// The head is the last record.
    Head,
    /// Every listener has come as far as every source.
    Watermark,
    /// Nothing was put aside.
    Aside,
    /// Leaves are numbered without a gap.
    Leaves,
    /// Every record is a leaf, with the same bytes.
    LeafLost,
    /// No record is two leaves.
    LeafTwice,
    /// No leaf is without its record.
    LeafForeign,
    /// The verifier accepts the whole log under its signed checkpoint.
    Proof,
    /// An acknowledged command has its state row.
    StateLost,
    /// It has its record.
    RecordLost,
    /// It has one record only, and nothing was done that nobody was told of.
    Twice,
    /// The answer is kept under the command's key, and is the one that was given.
    Answer,
    /// Another service did what follows from a record.
    ConsequenceLost,
    /// Once, and for no other reason.
    ConsequenceTwice,
}

/// A rule that does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The rule.
    pub(crate) rule: Rule,
    /// Where.
    pub(crate) place: String,
}

impl Finding {
    fn new(rule: Rule, place: impl fmt::Display) -> Self {
        Self {
            rule,
            place: place.to_string(),
        }
    }
}

/// Everything that is wrong.
pub(crate) fn judge(evidence: &Evidence, acknowledged: &[Acknowledged]) -> Vec<Finding> {
    [
        journals::judge(evidence),
        log::judge(evidence),
        commands::judge(evidence, acknowledged),
        consequences::judge(evidence, acknowledged),
    ]
    .concat()
}

/// Waits until the platform has come to rest, and judges all of it.
///
/// # Panics
/// With what was found.
pub(crate) async fn check(platform: &Platform, acknowledged: &[Acknowledged]) -> Evidence {
    let (evidence, findings) = look(platform, acknowledged).await;
    let shown = &findings[..findings.len().min(20)];
    assert!(
        findings.is_empty(),
        "{} findings: {shown:#?}\n{}",
        findings.len(),
        platform.logs()
    );
    evidence
}

/// The same for whoever wants to know what was found, all of it.
pub(crate) async fn look(
    platform: &Platform,
    acknowledged: &[Acknowledged],
) -> (Evidence, Vec<Finding>) {
    let evidence = at_rest(platform).await;
    let mut findings = judge(&evidence, acknowledged);
    let (fetched, unplaced) = log::fetch(platform).await;
    let unplaced = unplaced.into_iter();
    findings
        .extend(unplaced.map(|leaf| {
            Finding::new(Rule::Chain, format!("leaf {leaf} says no place of its own"))
        }));
    let leaves = evidence.log.leaves.iter().map(|leaf| &leaf.record);
    if !leaves.eq(&fetched) {
        findings.push(Finding::new(Rule::Proof, "the fetched log is another one"));
    }
    (evidence, findings)
}

/// Everything, once every word that was said has been heard, logged and signed for.
pub(crate) async fn at_rest(platform: &Platform) -> Evidence {
    let began = Instant::now();
    loop {
        let glance = Evidence::glance(&platform.databases).await;
        let moving: Vec<Finding> = glance.moving().collect();
        if moving.is_empty() {
            let evidence = Evidence::gather(&platform.databases).await;
            // A late record may have come in between.
            if evidence.moving().next().is_none() {
                return evidence;
            }
        }
        assert!(
            began.elapsed() < PATIENCE,
            "it does not come to rest: {moving:#?}\n{}",
            platform.logs()
        );
        tokio::time::sleep(LOOK).await;
    }
}
