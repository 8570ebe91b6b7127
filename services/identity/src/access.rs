//! Who may call what, by role alone. What falls to whoever holds a post is in the standard's table of
//! actions; whose account it is, is a rule of the domain.

use rpc::{
    AccessTable,
    Permission::{self, AnyOf, EnforcementPoint, Person, Platform, Post, Public, Roles},
};
use standard::{
    Action,
    Role::{
        Auditor, BureauManager, Ciso, DeputyInformationManager, InformationManager, NetworkManager,
        SystemManager, SystemStaff,
    },
};

use crate::decision;

/// Any member of staff may look.
const READ: Permission = AnyOf(&[Person, Platform]);
/// Those who keep the organisation and its machines.
const KEEP: Permission = AnyOf(&[Post(Action::OrganisationKeep), Platform]);
/// Those who may take a right to use a system away.
const REMOVE: Permission = AnyOf(&[Post(Action::EntitlementRemove), Platform]);
/// Those who oversee who may use what.
const OVERSEE: Permission = AnyOf(&[
    Roles(&[
        InformationManager,
        SystemManager,
        BureauManager,
        NetworkManager,
        Ciso,
        Auditor,
    ]),
    Platform,
]);

/// Those who manage people, and so the robots they own (7-8-3).
const KEEP_ROBOTS: Permission = AnyOf(&[Post(Action::ServiceIdKeep), Platform]);
/// Those who run systems or answer for them, and may need an ID for emergencies.
const ASK_EMERGENCY: Permission = Post(Action::EmergencyAsk);
/// Those who may let an ID for emergencies be opened.
const APPROVE_EMERGENCY: Permission = Post(Action::EmergencyApprove);
/// Those who may judge what was done with one.
const REVIEW_EMERGENCY: Permission = Post(Action::EmergencyReview);

/// Those who oversee who may use what, or act for one who does.
const REVIEW: Permission = AnyOf(&[OVERSEE, Roles(&[DeputyInformationManager, SystemStaff])]);

const OWN: AccessTable = &[
    ("/sekisho.identity.v1.SignIn/SignInWithPassword", Public),
    ("/sekisho.identity.v1.SignIn/VerifyTotp", Person),
    ("/sekisho.identity.v1.SignIn/VerifyPassword", Person),
    ("/sekisho.identity.v1.SignIn/RefreshToken", Public),
    ("/sekisho.identity.v1.SignIn/SignOut", Person),
    ("/sekisho.identity.v1.SignIn/GetSession", Person),
    ("/sekisho.identity.v1.DeviceSignIn/GetDeviceSignIn", Person),
    (
        "/sekisho.identity.v1.DeviceSignIn/ApproveDeviceSignIn",
        Person,
    ),
    ("/sekisho.identity.v1.DeviceSignIn/DenyDeviceSignIn", Person),
    ("/sekisho.identity.v1.Accounts/GetAccount", READ),
    ("/sekisho.identity.v1.Accounts/OpenEnrolment", READ),
    ("/sekisho.identity.v1.Accounts/Bootstrap", Public),
    ("/sekisho.identity.v1.Accounts/Enrol", Public),
    ("/sekisho.identity.v1.Accounts/ChangePassword", Person),
    ("/sekisho.identity.v1.Accounts/EnrolTotp", Person),
    ("/sekisho.identity.v1.Accounts/ConfirmTotp", Person),
    ("/sekisho.identity.v1.Accounts/RemoveFactor", READ),
    ("/sekisho.identity.v1.Accounts/RegisterIdCard", READ),
    ("/sekisho.identity.v1.Accounts/ReportCredentialLost", READ),
    ("/sekisho.identity.v1.Accounts/RevokeSessions", READ),
    ("/sekisho.identity.v1.Accounts/DisableAccount", READ),
    ("/sekisho.identity.v1.Accounts/EnableAccount", READ),
    ("/sekisho.identity.v1.Factors/BeginPasskeyEnrolment", Person),
    (
        "/sekisho.identity.v1.Factors/FinishPasskeyEnrolment",
        Person,
    ),
    (
        "/sekisho.identity.v1.Factors/BeginPasskeyEnrolmentWithCode",
        Public,
    ),
    (
        "/sekisho.identity.v1.Factors/FinishPasskeyEnrolmentWithCode",
        Public,
    ),
    ("/sekisho.identity.v1.Factors/EnrolTotpWithCode", Public),
    ("/sekisho.identity.v1.Factors/ConfirmTotpWithCode", Public),
    ("/sekisho.identity.v1.Factors/BeginPasskeySignIn", Public),
    ("/sekisho.identity.v1.Factors/SignInWithPasskey", Public),
    (
        "/sekisho.identity.v1.Factors/BeginPasskeyVerification",
        Person,
    ),
    ("/sekisho.identity.v1.Factors/VerifyPasskey", Person),
    (
        "/sekisho.identity.v1.Factors/SignInWithCertificate",
        EnforcementPoint,
    ),
    ("/sekisho.identity.v1.Factors/MakeRecoveryCodes", Person),
    ("/sekisho.identity.v1.Factors/UseRecoveryCode", Public),
    ("/sekisho.identity.v1.Federation/ListProviders", READ),
    ("/sekisho.identity.v1.Federation/LinkAccount", READ),
    ("/sekisho.identity.v1.Federation/LinkOwnAccount", Person),
    ("/sekisho.identity.v1.Organisation/ListBureaus", READ),
    ("/sekisho.identity.v1.Organisation/GetSection", READ),
    ("/sekisho.identity.v1.Organisation/ListSections", READ),
    ("/sekisho.identity.v1.Organisation/ListPosts", READ),
    ("/sekisho.identity.v1.Organisation/GetPerson", READ),
    ("/sekisho.identity.v1.Organisation/ListPeople", READ),
    ("/sekisho.identity.v1.Organisation/AssignPost", KEEP),
    ("/sekisho.identity.v1.Organisation/VacatePost", KEEP),
    ("/sekisho.identity.v1.Authority/WhoMay", READ),
    ("/sekisho.identity.v1.Authority/GetDelegation", READ),
    ("/sekisho.identity.v1.Authority/NominateDeputy", Person),
    ("/sekisho.identity.v1.Authority/EndNomination", Person),
    ("/sekisho.identity.v1.Authority/RecordAbsencePlan", Person),
    ("/sekisho.identity.v1.Authority/WithdrawAbsencePlan", Person),
    ("/sekisho.identity.v1.Authority/RecordAbsence", Person),
    ("/sekisho.identity.v1.Authority/EndAbsence", Person),
    (
        "/sekisho.identity.v1.Authority/ListAuthorityShortfalls",
        OVERSEE,
    ),
    ("/sekisho.identity.v1.Authority/ListRoleCollisions", OVERSEE),
    ("/sekisho.identity.v1.People/ListDormantAccounts", OVERSEE),
    ("/sekisho.identity.v1.People/GiveUpEntitlement", Person),
    ("/sekisho.identity.v1.Import/ImportTable", KEEP),
    (
        "/sekisho.identity.v1.Entitlements/ListEntitlements",
        OVERSEE,
    ),
    (
        "/sekisho.identity.v1.Entitlements/RemoveEntitlement",
        REMOVE,
    ),
    ("/sekisho.identity.v1.Privileges/ListPrivileges", OVERSEE),
    ("/sekisho.identity.v1.Privileges/EndPrivilege", Person),
    ("/sekisho.identity.v1.Privileges/ReviewPrivilege", Person),
    (
        "/sekisho.identity.v1.ServiceIds/RegisterServiceId",
        KEEP_ROBOTS,
    ),
    ("/sekisho.identity.v1.ServiceIds/EndServiceId", KEEP_ROBOTS),
    ("/sekisho.identity.v1.ServiceIds/ListServiceIds", OVERSEE),
    ("/sekisho.identity.v1.Emergency/RegisterEmergencyId", KEEP),
    ("/sekisho.identity.v1.Emergency/ListEmergencyIds", OVERSEE),
    (
        "/sekisho.identity.v1.Emergency/AskEmergencyAccess",
        ASK_EMERGENCY,
    ),
    (
        "/sekisho.identity.v1.Emergency/ApproveEmergencyAccess",
        APPROVE_EMERGENCY,
    ),
    (
        "/sekisho.identity.v1.Emergency/CloseEmergencyAccess",
        ASK_EMERGENCY,
    ),
    (
        "/sekisho.identity.v1.Emergency/ReviewEmergencyAccess",
        REVIEW_EMERGENCY,
    ),
    (
        "/sekisho.identity.v1.Emergency/ListEmergencyAccesses",
        OVERSEE,
    ),
    ("/sekisho.identity.v1.AccessReviews/StartReview", Person),
    ("/sekisho.identity.v1.AccessReviews/ListReviews", REVIEW),
    ("/sekisho.identity.v1.AccessReviews/GetReview", REVIEW),
    ("/sekisho.identity.v1.AccessReviews/ConfirmAccesses", Person),
    ("/sekisho.identity.v1.AccessReviews/RemoveAccesses", Person),
    (
        "/sekisho.identity.v1.AccessReviews/ListUnreviewedSystems",
        OVERSEE,
    ),
    ("/sekisho.identity.v1.SharedIds/RegisterSharedId", Person),
    ("/sekisho.identity.v1.SharedIds/WithdrawSharedId", Person),
    ("/sekisho.identity.v1.SharedIds/GetSharedId", READ),
    ("/sekisho.identity.v1.SharedIds/ListSharedIds", READ),
    ("/sekisho.identity.v1.SharedIds/CheckOutSharedId", Person),
    ("/sekisho.identity.v1.SharedIds/CheckInSharedId", Person),
    (
        "/sekisho.identity.v1.SharedIds/ConfirmSharedIdSecretChanged",
        Person,
    ),
    (
        "/sekisho.identity.v1.SharedIds/ListSharedIdViolations",
        OVERSEE,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/RegisterRestrictedItem",
        Person,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/WithdrawRestrictedItem",
        Person,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/AdmitToRestrictedItem",
        Person,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/DismissFromRestrictedItem",
        Person,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/GetRestrictedItem",
        READ,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/ListRestrictedItems",
        READ,
    ),
    (
        "/sekisho.identity.v1.EnforcementPoints/RegisterEnforcementPoint",
        KEEP,
    ),
    (
        "/sekisho.identity.v1.EnforcementPoints/ListEnforcementPoints",
        READ,
    ),
];

/// Every RPC of identity.
pub const ACCESS: AccessTable = &ALL;

const ALL: [(&str, Permission); OWN.len() + decision::ACCESS.len()] = {
    let mut all = [("", Public); OWN.len() + decision::ACCESS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < OWN.len() {
            OWN[at]
        } else {
            decision::ACCESS[at - OWN.len()]
        };
        at += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    #[test]
    fn every_rpc_of_identity_is_listed_and_nothing_else() {
        let problems = rpc::access_problems("sekisho.identity.", super::ACCESS);
        assert_eq!(problems, Vec::<String>::new());
    }
}
