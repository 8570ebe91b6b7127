//! What analysis tells the others.

use audit_domain::analysis::Raised;
use kernel::ClauseId;
use proto::{
    audit::v1::{LogDigest, LogDigestMade, SuspicionRaised},
    record::Outgoing,
    timestamp,
};

/// Records are analysed for misuse.
const ANALYSE: ClauseId = ClauseId::known("7-1-(4)-4b");

/// Aggregate of suspicions of misuse.
pub(super) const SUSPICION: &str = "suspicion";
/// Aggregate of digests.
pub(super) const DIGEST: &str = "digest";

/// A rule has spoken.
pub(super) fn suspicion(raised: Raised, pack_version: String) -> SuspicionRaised {
    SuspicionRaised {
        rule: raised.key.rule,
        person_id: raised.person,
        system_id: raised.system,
        description: format!("{} / {}", raised.ja, raised.en),
        log_indexes: raised.evidence,
        subject: raised.key.subject,
        severity: raised.severity.to_string(),
        title_ja: raised.title_ja,
        title_en: raised.title_en,
        seen_at: Some(timestamp(raised.at)),
        pack_version,
    }
}

/// The same as a record.
pub(super) fn raised(raised: Raised, pack_version: String) -> Outgoing {
    let clauses = raised.clauses.clone();
    Outgoing::new(&suspicion(raised, pack_version), clauses)
}

/// A day was summed up.
pub(super) fn digest(digest: LogDigest) -> Outgoing {
    let digest = Some(digest);
    Outgoing::new(&LogDigestMade { digest }, [ANALYSE])
}
