//! What goes with one category verified is little, and each of it is named here (3-4-(1)-1).
//!
//! Roles and posts take two categories by what they are in an access table. What is left is looking,
//! what everybody does for themselves, and what stops or reports something in an emergency.

use std::collections::BTreeMap;

use rpc::{AccessTable, Permission};

/// What everybody on the staff does for themselves. A factor is changed as lately verified as the
/// account's rules ask; nothing here is done to anybody else.
const ONES_OWN: &[&str] = &[
    "/sekisho.approvals.v1.Permits/ApplyPermit",
    // By who applied as well as by who granted: it says that nothing more is done with it.
    "/sekisho.approvals.v1.Permits/CompletePermit",
    "/sekisho.approvals.v1.Permits/WithdrawPermit",
    "/sekisho.identity.v1.Accounts/ChangePassword",
    "/sekisho.identity.v1.Accounts/ConfirmTotp",
    "/sekisho.identity.v1.Accounts/EnrolTotp",
    "/sekisho.identity.v1.Accounts/RemoveFactor",
    "/sekisho.identity.v1.DeviceSignIn/ApproveDeviceSignIn",
    "/sekisho.identity.v1.DeviceSignIn/DenyDeviceSignIn",
    "/sekisho.identity.v1.Factors/BeginPasskeyEnrolment",
    "/sekisho.identity.v1.Factors/BeginPasskeyVerification",
    "/sekisho.identity.v1.Factors/FinishPasskeyEnrolment",
    "/sekisho.identity.v1.Factors/MakeRecoveryCodes",
    "/sekisho.identity.v1.Factors/VerifyPasskey",
    "/sekisho.identity.v1.Federation/LinkOwnAccount",
    "/sekisho.identity.v1.People/GiveUpEntitlement",
    "/sekisho.identity.v1.SharedIds/CheckInSharedId",
    "/sekisho.identity.v1.SharedIds/CheckOutSharedId",
    "/sekisho.identity.v1.SignIn/SignOut",
    "/sekisho.identity.v1.SignIn/VerifyPassword",
    "/sekisho.identity.v1.SignIn/VerifyTotp",
    "/sekisho.incidents.v1.Incidents/ReportIncident",
];

/// What falls to a post and cannot wait for a factor that is out of reach. Each stops, takes away or
/// passes on; none lets anybody in or lets anything go on.
const URGENT: &[&str] = &[
    "/sekisho.approvals.v1.Exceptions/RevokeException",
    "/sekisho.approvals.v1.Permits/RevokePermit",
    "/sekisho.identity.v1.Accounts/DisableAccount",
    "/sekisho.identity.v1.Accounts/ReportCredentialLost",
    "/sekisho.identity.v1.Accounts/RevokeSessions",
    "/sekisho.identity.v1.Emergency/CloseEmergencyAccess",
    "/sekisho.identity.v1.Entitlements/RemoveEntitlement",
    "/sekisho.identity.v1.Privileges/EndPrivilege",
    "/sekisho.identity.v1.ServiceIds/EndServiceId",
    "/sekisho.incidents.v1.Incidents/AcknowledgeReport",
    "/sekisho.incidents.v1.Incidents/Escalate",
    "/sekisho.incidents.v1.Incidents/HoldRecords",
    "/sekisho.incidents.v1.Incidents/ReportContainment",
    "/sekisho.incidents.v1.Incidents/ReportOutside",
    "/sekisho.incidents.v1.Incidents/SuspendSystem",
];

/// How an RPC that only looks begins.
const LOOKS: [&str; 7] = [
    "CheckPermit",
    "Export",
    "Get",
    "List",
    "Search",
    "Stream",
    "WhoMay",
];

const TABLES: [AccessTable; 5] = [
    approvals::access::ACCESS,
    audit::ACCESS,
    identity::access::ACCESS,
    incidents::ACCESS,
    ledger::access::ACCESS,
];

/// Every RPC that somebody who is signed in calls with one category verified.
fn open_to_one_category() -> BTreeMap<&'static str, Permission> {
    let rows = TABLES.into_iter().flatten().copied();
    let open = rows.filter(|(_, one)| !has(*one, &|one| one == Permission::Public));
    open.filter(|(_, one)| one.opens_to_one_category())
        .collect()
}

/// Whether it is that, or admits by that among others.
fn has(permission: Permission, that: &dyn Fn(Permission) -> bool) -> bool {
    match permission {
        Permission::AnyOf(several) => several.iter().any(|one| has(*one, that)),
        one => that(one),
    }
}

fn is_urgent(permission: Permission) -> bool {
    has(permission, &|one| matches!(one, Permission::Urgent(..)))
}

fn looks(method: &str) -> bool {
    let rpc = method.rsplit('/').next().unwrap_or_default();
    LOOKS.iter().any(|one| rpc.starts_with(one))
}

#[test]
fn what_goes_with_one_category_is_ones_own_or_looking_or_stops_something_3_4_1_1() {
    let (urgent, rest): (Vec<_>, Vec<_>) = open_to_one_category()
        .into_iter()
        .partition(|(_, permission)| is_urgent(*permission));
    let urgent: Vec<_> = urgent.into_iter().map(|(method, _)| method).collect();
    assert_eq!(urgent, URGENT);
    let acts = rest.into_iter().map(|(method, _)| method);
    let acts: Vec<_> = acts.filter(|method| !looks(method)).collect();
    assert_eq!(acts, ONES_OWN);
}

#[test]
fn whatever_is_urgent_says_why() {
    fn reasons(permission: Permission) -> Vec<&'static str> {
        match permission {
            Permission::Urgent(_, why) => vec![why],
            Permission::AnyOf(several) => several.iter().flat_map(|one| reasons(*one)).collect(),
            _ => vec![],
        }
    }
    for (method, permission) in open_to_one_category() {
        for why in reasons(permission) {
            assert!(why.split_whitespace().count() >= 5, "{method}: {why:?}");
        }
    }
}

/// A role beside something that is open to everybody would be open to everybody.
#[test]
fn no_role_or_post_is_named_beside_what_is_open_to_one_category() {
    let by_post = |one: Permission| {
        matches!(
            one,
            Permission::Roles(_) | Permission::Post(_) | Permission::Officer
        )
    };
    let open = open_to_one_category().into_iter();
    let mixed: Vec<_> = open
        .filter(|(_, permission)| has(*permission, &by_post))
        .collect();
    assert!(mixed.is_empty(), "{mixed:#?}");
}
