//! Who may ask what. Records are for those who watch and those who respond; what proves the log
//! shows nothing of its content: the checkpoint and the key are for everyone, who should keep them,
//! the proof that one continues the other for everyone on the staff (clause 7-1-(4)-3).

use rpc::{
    AccessTable,
    Permission::{self, Person, Public, Roles},
};
use standard::Role::{Auditor, Ciso, CsirtChief, CsirtManager, CsirtStaff};

/// Those who may read what is recorded.
pub(crate) const READERS: Permission =
    Roles(&[Auditor, Ciso, CsirtChief, CsirtManager, CsirtStaff]);

/// Every RPC of audit.
pub const ACCESS: AccessTable = &[
    ("/sekisho.audit.v1.AuditLog/GetCheckpoint", Public),
    ("/sekisho.audit.v1.AuditLog/GetVerifierKey", Public),
    ("/sekisho.audit.v1.AuditLog/GetConsistencyProof", Person),
    ("/sekisho.audit.v1.AuditLog/GetInclusionProof", READERS),
    ("/sekisho.audit.v1.AuditLog/GetRecord", READERS),
    ("/sekisho.audit.v1.AuditLog/SearchRecords", READERS),
    ("/sekisho.audit.v1.AuditLog/StreamRecords", READERS),
    ("/sekisho.audit.v1.AuditLog/ReadLeaves", READERS),
    ("/sekisho.audit.v1.AuditLog/ListSources", READERS),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_rpc_of_audit_is_listed() {
        let problems = rpc::access_problems("sekisho.audit.", super::ACCESS);
        assert_eq!(problems, Vec::<String>::new());
    }
}
