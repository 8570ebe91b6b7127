//! What audit tells the others: a source that tells another story, a log that does not check,
//! something that looks like misuse.

use audit_domain::{BurstLimit, DeniedBurst, Suspicion};
use kernel::ClauseId;
use proto::{
    audit::v1::{LogCheckFailed, SourceDiverged, SourceOverdue, SourceRecovered, SuspicionRaised},
    record::Outgoing,
    timestamp,
};

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");
/// Decide what to do when recording fails.
const LOSS_OF_LOGGING: ClauseId = ClauseId::known("7-1-(4)-2");

/// Aggregate of events about a source.
pub(crate) const SOURCE: &str = "source";
/// Aggregate of events about the log.
pub(crate) const LOG: &str = "log";
/// Aggregate of suspicions of misuse.
pub(crate) const SUSPICION: &str = "suspicion";

/// The word under which a late source is known; it contradicts nothing.
pub(crate) const OVERDUE: &str = "overdue";

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

/// Somebody was refused too often within minutes.
pub(crate) fn denied_burst(
    person: &str,
    system: &str,
    leaves: Vec<u64>,
    limit: &BurstLimit,
) -> Outgoing {
    let (tolerated, minutes) = (limit.tolerated, limit.window.as_mins());
    let event = SuspicionRaised {
        rule: DeniedBurst::RULE.to_owned(),
        person_id: person.to_owned(),
        system_id: system.to_owned(),
        description: format!(
            "{minutes}分以内に{tolerated}回を超えてアクセスを拒否されました。 / Access was denied more \
             than {tolerated} times within {minutes} minutes."
        ),
        log_indexes: leaves,
    };
    Outgoing::new(&event, DeniedBurst::clauses())
}
