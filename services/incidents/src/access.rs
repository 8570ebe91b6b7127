//! Who may call what: staff. To whom an act on an incident falls, by post or in somebody's absence, is
//! the domain's rule, by the standard's table of actions; what somebody may see is the queries'.
//!
//! Reporting, passing on and stopping go with whatever is verified, and so does looking at an incident:
//! they cannot wait for a second factor that is in another building. What judges, lets go on or closes
//! takes two categories.

use rpc::{AccessTable, Permission};

/// Members of staff, and machines: which of them is the domain's rule.
const REPORTERS: Permission =
    Permission::AnyOf(&[Permission::Person, Permission::EnforcementPoint]);
/// Passing on what happened.
const REPORT: Permission = Permission::Urgent(
    &Permission::Officer,
    "an incident is passed on at once, with whatever is at hand",
);
/// Stopping what goes on.
const CONTAIN: Permission = Permission::Urgent(
    &Permission::Officer,
    "harm is stopped and its traces are kept at once; neither opens anything",
);

/// Every RPC of the package.
pub const ACCESS: AccessTable = &[
    ("/sekisho.incidents.v1.Incidents/ReportIncident", REPORTERS),
    ("/sekisho.incidents.v1.Incidents/AcknowledgeReport", REPORT),
    (
        "/sekisho.incidents.v1.Incidents/RecordInvestigation",
        Permission::Officer,
    ),
    (
        "/sekisho.incidents.v1.Incidents/JudgeMinor",
        Permission::Officer,
    ),
    ("/sekisho.incidents.v1.Incidents/Escalate", REPORT),
    ("/sekisho.incidents.v1.Incidents/ReportOutside", REPORT),
    ("/sekisho.incidents.v1.Incidents/SuspendSystem", CONTAIN),
    (
        "/sekisho.incidents.v1.Incidents/ResumeSystem",
        Permission::Officer,
    ),
    ("/sekisho.incidents.v1.Incidents/ReportContainment", REPORT),
    ("/sekisho.incidents.v1.Incidents/HoldRecords", CONTAIN),
    (
        "/sekisho.incidents.v1.Incidents/ReleaseRecords",
        Permission::Officer,
    ),
    (
        "/sekisho.incidents.v1.Incidents/RecordRecovery",
        Permission::Officer,
    ),
    (
        "/sekisho.incidents.v1.Incidents/RecordPrevention",
        Permission::Officer,
    ),
    (
        "/sekisho.incidents.v1.Incidents/CloseIncident",
        Permission::Officer,
    ),
    (
        "/sekisho.incidents.v1.Incidents/GetIncident",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/ListIncidents",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/ListSuspendedSystems",
        Permission::Person,
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_rpc_of_incidents_is_listed_and_nothing_else() {
        let problems = rpc::access_problems("sekisho.incidents.", super::ACCESS);
        assert_eq!(problems, Vec::<String>::new());
    }
}
