//! How strongly an obligation binds, and what kind of work serves it.

use super::words;

words! {
    /// How strongly a clause binds.
    Strength, "strength" {
        Must = "must", "義務", "Must";
        InPrinciple = "in_principle", "原則", "In principle";
        Should = "should", "必要に応じ", "Should";
        Endeavour = "endeavour", "努力", "Endeavour";
        May = "may", "許容", "May";
    }
}

words! {
    /// How software serves a clause.
    Mode, "mode" {
        /// A decision is made and carried out by rule.
        Enforce = "enforce", "強制", "Enforce";
        /// People decide, step by step.
        Workflow = "workflow", "手続", "Workflow";
        /// A record is kept.
        Record = "record", "記録", "Record";
        /// A duty falls due.
        Schedule = "schedule", "期限", "Schedule";
        /// People answer for it when asked.
        Attest = "attest", "点検", "Attest";
    }
}

words! {
    /// The service that serves a clause.
    ServiceName, "service" {
        Identity = "identity", "認証・認可", "Identity";
        Ledger = "ledger", "台帳", "Ledger";
        Approvals = "approvals", "許可・例外", "Approvals";
        Incidents = "incidents", "セキュリティ障害", "Incidents";
        Audit = "audit", "監査・点検", "Audit";
    }
}
