//! Who may call what, by role alone. Whose entry it is, is a rule of the domain.

use rpc::{
    AccessTable,
    Permission::{self, AnyOf, Person, Platform, Post},
};
use standard::Action;

/// Any member of staff may look.
const READ: Permission = AnyOf(&[Person, Platform]);
/// Those who keep a section's entries.
const KEEP: Permission = AnyOf(&[Post(Action::LedgerKeep), Platform]);
/// Those who keep networks.
const KEEP_NETWORKS: Permission = AnyOf(&[Post(Action::LedgerKeepNetworks), Platform]);
/// Either of them.
const KEEP_EITHER: Permission = AnyOf(&[Post(Action::LedgerKeepConnections), Platform]);

/// Every RPC of the ledger.
pub const ACCESS: AccessTable = &[
    ("/sekisho.ledger.v1.Systems/RegisterSystem", KEEP),
    ("/sekisho.ledger.v1.Systems/ChangeSystem", KEEP),
    ("/sekisho.ledger.v1.Systems/RecordMfaConsideration", KEEP),
    ("/sekisho.ledger.v1.Systems/RetireSystem", KEEP),
    ("/sekisho.ledger.v1.Systems/GetSystem", READ),
    ("/sekisho.ledger.v1.Systems/ListSystems", READ),
    (
        "/sekisho.ledger.v1.InformationEntries/ClassifyInformation",
        KEEP,
    ),
    (
        "/sekisho.ledger.v1.InformationEntries/RemoveInformation",
        KEEP,
    ),
    ("/sekisho.ledger.v1.InformationEntries/GetInformation", READ),
    (
        "/sekisho.ledger.v1.InformationEntries/ListInformation",
        READ,
    ),
    ("/sekisho.ledger.v1.Networks/RegisterNetwork", KEEP_NETWORKS),
    ("/sekisho.ledger.v1.Networks/GetNetwork", READ),
    ("/sekisho.ledger.v1.Networks/ListNetworks", READ),
    (
        "/sekisho.ledger.v1.Connections/RegisterConnection",
        KEEP_EITHER,
    ),
    (
        "/sekisho.ledger.v1.Connections/RemoveConnection",
        KEEP_EITHER,
    ),
    ("/sekisho.ledger.v1.Connections/GetConnection", READ),
    ("/sekisho.ledger.v1.Connections/ListConnections", READ),
    ("/sekisho.ledger.v1.Devices/RegisterDevice", KEEP),
    ("/sekisho.ledger.v1.Devices/BindDevice", KEEP),
    ("/sekisho.ledger.v1.Devices/RetireDevice", KEEP),
    ("/sekisho.ledger.v1.Devices/GetDevice", READ),
    ("/sekisho.ledger.v1.Devices/ListDevices", READ),
    ("/sekisho.ledger.v1.Devices/RecordReturn", KEEP),
    ("/sekisho.ledger.v1.Devices/ListTakeouts", READ),
    ("/sekisho.ledger.v1.Import/ImportTable", KEEP_EITHER),
    ("/sekisho.ledger.v1.Import/ExportTable", READ),
];

#[cfg(test)]
mod tests {
    use super::ACCESS;

    /// G8.
    #[test]
    fn every_rpc_of_the_ledger_is_listed_and_nothing_else() {
        let problems = rpc::access_problems("sekisho.ledger.", ACCESS);
        assert!(problems.is_empty(), "{problems:?}");
    }
}
