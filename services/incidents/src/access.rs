//! Whose roles may call what. Which section's, bureau's or system's manager it must be is the
//! domain's rule. Where a post stands empty the next role up acts, and where a manager is absent
//! the deputy, so those roles are listed too.

use rpc::{AccessTable, Permission};
use standard::Role;

/// Those who manage a section or a system, and their deputies.
const MANAGERS: Permission = Permission::Roles(&[
    Role::InformationManager,
    Role::SystemManager,
    Role::BureauManager,
    Role::Ciso,
    Role::DeputyInformationManager,
    Role::SystemStaff,
]);

/// Those who contain an incident, and their deputies.
const CONTAINERS: Permission = Permission::Roles(&[
    Role::InformationManager,
    Role::SystemManager,
    Role::BureauManager,
    Role::CsirtManager,
    Role::CsirtChief,
    Role::Ciso,
    Role::DeputyInformationManager,
    Role::SystemStaff,
]);

/// Every RPC of the package.
pub const ACCESS: AccessTable = &[
    (
        "/sekisho.incidents.v1.Incidents/ReportIncident",
        Permission::Person,
    ),
    (
        "/sekisho.incidents.v1.Incidents/AcknowledgeReport",
        CONTAINERS,
    ),
    (
        "/sekisho.incidents.v1.Incidents/RecordInvestigation",
        MANAGERS,
    ),
    (
        "/sekisho.incidents.v1.Incidents/JudgeMinor",
        Permission::Roles(&[Role::CsirtManager, Role::CsirtChief, Role::Ciso]),
    ),
    (
        "/sekisho.incidents.v1.Incidents/Escalate",
        Permission::Roles(&[
            Role::CsirtManager,
            Role::BureauManager,
            Role::CsirtChief,
            Role::Ciso,
        ]),
    ),
    (
        "/sekisho.incidents.v1.Incidents/ReportOutside",
        Permission::Roles(&[Role::CsirtChief, Role::Ciso]),
    ),
    ("/sekisho.incidents.v1.Incidents/SuspendSystem", CONTAINERS),
    ("/sekisho.incidents.v1.Incidents/ResumeSystem", CONTAINERS),
    (
        "/sekisho.incidents.v1.Incidents/ReportContainment",
        CONTAINERS,
    ),
    ("/sekisho.incidents.v1.Incidents/HoldRecords", CONTAINERS),
    (
        "/sekisho.incidents.v1.Incidents/ReleaseRecords",
        Permission::Roles(&[Role::CsirtChief, Role::Ciso]),
    ),
    ("/sekisho.incidents.v1.Incidents/RecordRecovery", MANAGERS),
    (
        "/sekisho.incidents.v1.Incidents/RecordPrevention",
        Permission::Roles(&[Role::BureauManager, Role::Ciso]),
    ),
    (
        "/sekisho.incidents.v1.Incidents/CloseIncident",
        Permission::Roles(&[
            Role::BureauManager,
            Role::CsirtManager,
            Role::CsirtChief,
            Role::Ciso,
        ]),
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
