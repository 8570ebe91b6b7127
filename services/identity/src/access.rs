//! Who may call what, by role and by what they verified. What falls to whoever holds a post is in the
//! standard's table of actions; whose account it is, is a rule of the domain.

use rpc::{
    AccessTable,
    Permission::{
        self, AnyOf, EnforcementPoint, Officer, Person, Platform, Post, Public, Roles, Urgent,
    },
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
/// Those who give other people's accounts a way in. How lately they verified it, is a rule of the domain.
const ACCOUNTS: Permission = AnyOf(&[Officer, Platform]);
/// Those who stop what an account is used for.
const STOP: Permission = AnyOf(&[
    Urgent(
        &Officer,
        "a lost card and an account that somebody else uses are stopped at once, by whoever sees it \
         and with whatever they still have; it opens nothing",
    ),
    Platform,
]);
/// Those who may take a right to use a system away.
const REMOVE: Permission = AnyOf(&[
    Urgent(
        &Post(Action::EntitlementRemove),
        "it takes access away from somebody who misuses it, and gives none",
    ),
    Platform,
]);
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
/// The same, to close it again.
const CLOSE_EMERGENCY: Permission = Urgent(
    &ASK_EMERGENCY,
    "an ID for emergencies that is open is closed as soon as it can be, and nothing opens by it",
);
/// Those whose privilege it is or who oversee it, to end it.
const END_PRIVILEGE: Permission = Urgent(
    &Officer,
    "a privilege that is misused ends at once, and whoever holds one may always give it up",
);
/// Those who manage people, to end the ID of a robot.
const END_ROBOT: Permission = AnyOf(&[
    Urgent(
        &Post(Action::ServiceIdKeep),
        "a robot that does what it should not is stopped at once",
    ),
    Platform,
]);
/// Those who may let an ID for emergencies be opened.
const APPROVE_EMERGENCY: Permission = Post(Action::EmergencyApprove);
/// Those who may judge what was done with one.
const REVIEW_EMERGENCY: Permission = Post(Action::EmergencyReview);

/// Those who oversee who may use what, or act for one who does.
const REVIEW: Permission = AnyOf(&[OVERSEE, Roles(&[DeputyInformationManager, SystemStaff])]);

const OWN: AccessTable = &[
    ("/sekisho.identity.v1.SignIn/SignInWithPassword", Public),
    ("/sekisho.identity.v1.SignIn/VerifyTotp", Person),
    ("/sekisho.identity.v1.SignIn/VerifyTotpWithHandle", Public),
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
    ("/sekisho.identity.v1.Accounts/OpenEnrolment", ACCOUNTS),
    ("/sekisho.identity.v1.Accounts/Bootstrap", Public),
    ("/sekisho.identity.v1.Accounts/Enrol", Public),
    ("/sekisho.identity.v1.Accounts/ChangePassword", Person),
    ("/sekisho.identity.v1.Accounts/EnrolTotp", Person),
    ("/sekisho.identity.v1.Accounts/ConfirmTotp", Person),
    ("/sekisho.identity.v1.Accounts/RemoveFactor", READ),
    ("/sekisho.identity.v1.Accounts/RegisterIdCard", ACCOUNTS),
    ("/sekisho.identity.v1.Accounts/ReportCredentialLost", STOP),
    ("/sekisho.identity.v1.Accounts/RevokeSessions", STOP),
    ("/sekisho.identity.v1.Accounts/DisableAccount", STOP),
    ("/sekisho.identity.v1.Accounts/EnableAccount", ACCOUNTS),
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
    ("/sekisho.identity.v1.Federation/LinkAccount", ACCOUNTS),
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
    ("/sekisho.identity.v1.Authority/NominateDeputy", Officer),
    ("/sekisho.identity.v1.Authority/EndNomination", Officer),
    ("/sekisho.identity.v1.Authority/RecordAbsencePlan", Officer),
    (
        "/sekisho.identity.v1.Authority/WithdrawAbsencePlan",
        Officer,
    ),
    ("/sekisho.identity.v1.Authority/RecordAbsence", Officer),
    ("/sekisho.identity.v1.Authority/EndAbsence", Officer),
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
    (
        "/sekisho.identity.v1.Privileges/EndPrivilege",
        END_PRIVILEGE,
    ),
    ("/sekisho.identity.v1.Privileges/ReviewPrivilege", Officer),
    (
        "/sekisho.identity.v1.ServiceIds/RegisterServiceId",
        KEEP_ROBOTS,
    ),
    ("/sekisho.identity.v1.ServiceIds/EndServiceId", END_ROBOT),
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
        CLOSE_EMERGENCY,
    ),
    (
        "/sekisho.identity.v1.Emergency/ReviewEmergencyAccess",
        REVIEW_EMERGENCY,
    ),
    (
        "/sekisho.identity.v1.Emergency/ListEmergencyAccesses",
        OVERSEE,
    ),
    ("/sekisho.identity.v1.AccessReviews/StartReview", Officer),
    ("/sekisho.identity.v1.AccessReviews/ListReviews", REVIEW),
    ("/sekisho.identity.v1.AccessReviews/GetReview", REVIEW),
    (
        "/sekisho.identity.v1.AccessReviews/ConfirmAccesses",
        Officer,
    ),
    ("/sekisho.identity.v1.AccessReviews/RemoveAccesses", Officer),
    (
        "/sekisho.identity.v1.AccessReviews/ListUnreviewedSystems",
        OVERSEE,
    ),
    ("/sekisho.identity.v1.SharedIds/RegisterSharedId", Officer),
    ("/sekisho.identity.v1.SharedIds/WithdrawSharedId", Officer),
    ("/sekisho.identity.v1.SharedIds/GetSharedId", READ),
    ("/sekisho.identity.v1.SharedIds/ListSharedIds", READ),
    ("/sekisho.identity.v1.SharedIds/CheckOutSharedId", Person),
    ("/sekisho.identity.v1.SharedIds/CheckInSharedId", Person),
    (
        "/sekisho.identity.v1.SharedIds/ConfirmSharedIdSecretChanged",
        Officer,
    ),
    (
        "/sekisho.identity.v1.SharedIds/ListSharedIdViolations",
        OVERSEE,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/RegisterRestrictedItem",
        Officer,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/WithdrawRestrictedItem",
        Officer,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/AdmitToRestrictedItem",
        Officer,
    ),
    (
        "/sekisho.identity.v1.RestrictedItems/DismissFromRestrictedItem",
        Officer,
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
