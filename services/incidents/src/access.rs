//! Who may call what: staff. To whom an act on an incident falls, by post or in somebody's absence, is
//! the domain's rule, by the standard's table of actions; what somebody may see is the queries'.

use rpc::{AccessTable, Permission};

/// Every RPC of the package.
pub const ACCESS: AccessTable = &[
    (
        "/sekisho.incidents.v1.Incidents/ReportIncident",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/AcknowledgeReport",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/RecordInvestigation",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/JudgeMinor",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/Escalate",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/ReportOutside",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/SuspendSystem",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/ResumeSystem",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/ReportContainment",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/HoldRecords",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/ReleaseRecords",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/RecordRecovery",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/RecordPrevention",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/CloseIncident",
        Permission::Person,
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
