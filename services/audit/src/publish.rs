//! What audit tells the others: a source that tells another story, a log that does not check.

use audit_domain::Suspicion;
use jiff::Timestamp;
use kernel::ClauseId;
use proto::{
    audit::v1::{
        LogCheckFailed, LogKeyHandedOver, LogRange, RecordsPruned, SourceDiverged, SourceOverdue,
        SourceRecovered,
    },
    record::Outgoing,
    timestamp,
};

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");
/// Decide what to do when recording fails.
const LOSS_OF_LOGGING: ClauseId = ClauseId::known("7-1-(4)-2");

/// Collect and retain access records.
const RETAIN: ClauseId = ClauseId::known("7-1-(4)-1");
/// Write and retain records of incidents.
const RETAIN_INCIDENTS: ClauseId = ClauseId::known("7-1-(5)-1");

/// Aggregate of events about a source.
pub(crate) const SOURCE: &str = "source";
/// Aggregate of events about the log.
pub(crate) const LOG: &str = "log";
/// Aggregate of evidence that was taken.
pub(crate) const EVIDENCE: &str = "evidence";
/// Aggregate of readings of records.
pub(crate) const READING: &str = "reading";

/// The word under which a late source is known; it contradicts nothing.
pub(crate) const OVERDUE: &str = "overdue";

/// Every word of [`finding`].
pub(crate) const FINDINGS: [&str; 6] = [
    "other_bytes",
    "chain_broken",
    "lost",
    "misplaced",
    "head_went_back",
    OVERDUE,
];

/// Stable word for what was found against a source.
pub(crate) fn finding(suspicion: &Suspicion) -> &'static str {
    match suspicion {
        Suspicion::Divergent { .. } => "other_bytes",
        Suspicion::ChainBroken { .. } => "chain_broken",
        Suspicion::Lost { .. } => "lost",
        Suspicion::NoPosition { .. } | Suspicion::Misplaced { .. } => "misplaced",
        Suspicion::WentBack { .. } => "head_went_back",
        Suspicion::Overdue { .. } => OVERDUE,
    }
}

/// One key of the log followed another.
pub(crate) fn handed_over(size: u64, note: String) -> Outgoing {
    Outgoing::new(&LogKeyHandedOver { size, note }, [PROTECT])
}

/// A source and the log tell different stories.
pub(crate) fn suspicion(source: &str, suspicion: &Suspicion) -> Outgoing {
    let position = match suspicion {
        Suspicion::Divergent { position, .. }
        | Suspicion::ChainBroken { position, .. }
        | Suspicion::Lost { position, .. }
        | Suspicion::Misplaced { position, .. } => *position,
        Suspicion::NoPosition { .. } => 0,
        Suspicion::WentBack { to, .. } => *to,
        Suspicion::Overdue {
            head,
            ingested,
            since,
            ..
        } => {
            let event = SourceOverdue {
                source: source.to_owned(),
                head: *head,
                logged: *ingested,
                since: Some(timestamp(*since)),
            };
            return Outgoing::new(&event, suspicion.clauses());
        }
    };
    let event = SourceDiverged {
        source: source.to_owned(),
        position,
        finding: finding(suspicion).to_owned(),
    };
    Outgoing::new(&event, suspicion.clauses())
}

/// What was found against a source is settled.
pub(crate) fn recovered(source: &str, logged: u64) -> Outgoing {
    let event = SourceRecovered {
        source: source.to_owned(),
        logged,
    };
    Outgoing::new(&event, [PROTECT, LOSS_OF_LOGGING])
}

/// The log is not what was signed for.
pub(crate) fn check_failed(finding: &str, size: u64) -> Outgoing {
    let event = LogCheckFailed {
        finding: finding.to_owned(),
        size,
    };
    Outgoing::new(&event, [PROTECT])
}

/// What records of these places said was dropped.
pub(crate) fn pruned(places: impl Iterator<Item = u64>, as_of: Timestamp, plan: &str) -> Outgoing {
    let mut event = RecordsPruned {
        as_of: Some(timestamp(as_of)),
        plan: plan.to_owned(),
        ..RecordsPruned::default()
    };
    for place in places {
        event.count += 1;
        match event.ranges.last_mut() {
            Some(range) if range.to_index == place => range.to_index += 1,
            _ => event.ranges.push(LogRange {
                from_index: place,
                to_index: place + 1,
            }),
        }
    }
    Outgoing::new(&event, [RETAIN, RETAIN_INCIDENTS])
}
