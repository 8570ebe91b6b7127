//! Who may ask what. Everybody on the staff may ask for records, and is shown those that are theirs to
//! read ([`crate::readers`]; whoever reads by a post verifies two categories for it); the log as a whole,
//! its leaves and its sources are for those who read all of it. What proves the log shows nothing of its content: the checkpoint and the key are for everyone, who
//! should keep them, the proof that one continues the other for the staff (clause 7-1-(4)-3).

use rpc::{
    AccessTable,
    Permission::{self, Person, Public, Roles},
};
use standard::Role::Ciso;

use crate::readers::CITY;

/// Those who may read all that is recorded.
pub(crate) const READERS: Permission = Roles(&CITY);

/// Every RPC of audit.
pub const ACCESS: AccessTable = &[
    ("/sekisho.audit.v1.AuditLog/GetCheckpoint", Public),
    ("/sekisho.audit.v1.AuditLog/GetVerifierKey", Public),
    ("/sekisho.audit.v1.AuditLog/GetConsistencyProof", Person),
    ("/sekisho.audit.v1.AuditLog/GetInclusionProof", Person),
    ("/sekisho.audit.v1.AuditLog/GetRecord", Person),
    ("/sekisho.audit.v1.AuditLog/SearchRecords", Person),
    ("/sekisho.audit.v1.AuditLog/ExportRecords", Person),
    ("/sekisho.audit.v1.AuditLog/StreamRecords", Person),
    ("/sekisho.audit.v1.AuditLog/ReadLeaves", READERS),
    ("/sekisho.audit.v1.AuditLog/ListSources", READERS),
    ("/sekisho.audit.v1.Analysis/ListAnalysisRules", READERS),
    ("/sekisho.audit.v1.Analysis/ReplayAnalysis", READERS),
    ("/sekisho.audit.v1.Analysis/ListLogDigests", READERS),
    ("/sekisho.audit.v1.Evidence/ReadEvidence", READERS),
    ("/sekisho.audit.v1.Evidence/TakeEvidence", READERS),
    ("/sekisho.audit.v1.Retention/PlanPruning", READERS),
    ("/sekisho.audit.v1.Retention/Prune", Roles(&[Ciso])),
    ("/sekisho.audit.v1.Retention/ListHolds", READERS),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_rpc_of_audit_is_listed() {
        let problems = rpc::access_problems("sekisho.audit.", super::ACCESS);
        assert_eq!(problems, Vec::<String>::new());
    }
}
