use jiff::Timestamp;
use kernel::{PersonId, SessionId};

use super::*;

fn principal(actor: Actor, roles: &[Role]) -> Principal {
    Principal {
        actor,
        roles: roles.to_vec(),
        section: None,
        acr: Some(auth::TWO_CATEGORIES.to_owned()),
        amr: Vec::new(),
        auth_time: None,
        epoch: 0,
        issuer: String::new(),
        expires_at: Timestamp::MAX,
    }
}

/// With the same roles, having verified that much.
fn verified(acr: Option<&str>, principal: &Principal) -> Principal {
    Principal {
        acr: acr.map(str::to_owned),
        ..principal.clone()
    }
}

#[test]
fn each_permission_admits_whom_it_names_and_nobody_else() {
    let id = PersonId::try_new("S1").expect("an id");
    let session = SessionId::default();
    let staff = principal(Actor::Person { id, session }, &[]);
    let auditor = principal(staff.actor.clone(), &[Role::Auditor]);
    let gateway = principal(Actor::Workload("vdi-gateway".into()), &[]);
    // A machine that came with a role must not pass for a person.
    let service = principal(Actor::Service("audit".into()), &[Role::Auditor]);
    let callers = [
        None,
        Some(&staff),
        Some(&auditor),
        Some(&gateway),
        Some(&service),
    ];
    const EITHER: Permission =
        Permission::AnyOf(&[Permission::Person, Permission::EnforcementPoint]);
    for (permission, expected) in [
        (Permission::Public, [true, true, true, true, true]),
        (Permission::Person, [false, true, true, false, false]),
        (
            Permission::Roles(&[Role::Auditor]),
            [false, false, true, false, false],
        ),
        (
            Permission::Roles(&[Role::Staff]),
            [false, true, true, false, false],
        ),
        (
            Permission::EnforcementPoint,
            [false, false, false, true, false],
        ),
        (Permission::Platform, [false, false, false, false, true]),
        (Permission::Officer, [false, true, true, false, false]),
        (
            Permission::Urgent(&Permission::Roles(&[Role::Auditor]), "why"),
            [false, false, true, false, false],
        ),
        (EITHER, [false, true, true, true, false]),
        (Permission::AnyOf(&[]), [false; 5]),
    ] {
        for (caller, expected) in callers.iter().zip(expected) {
            let answer = permission.judge(*caller).is_ok();
            assert_eq!(answer, expected, "{permission:?} {caller:?}");
        }
    }
}

#[test]
fn what_a_role_or_a_post_does_takes_two_categories_3_4_1_1() {
    let id = PersonId::try_new("S1").expect("an id");
    let session = SessionId::default();
    let auditor = principal(Actor::Person { id, session }, &[Role::Auditor]);
    let machine = verified(None, &principal(Actor::Service("audit".into()), &[]));
    const AUDITOR: Permission = Permission::Roles(&[Role::Auditor]);
    const EITHER: Permission = Permission::AnyOf(&[AUDITOR, Permission::Platform]);
    const TWICE: Permission = Permission::AnyOf(&[EITHER, Permission::Officer]);
    let post = Permission::Post(Action::OrganisationKeep);
    let holder = principal(auditor.actor.clone(), &Action::OrganisationKeep.roles());
    for (permission, who) in [
        (AUDITOR, &auditor),
        (EITHER, &auditor),
        (TWICE, &auditor),
        (Permission::Officer, &auditor),
        (post, &holder),
    ] {
        for weak in [
            None,
            Some(""),
            Some("urn:sekisho:aal1"),
            Some("urn:sekisho:aal9"),
        ] {
            let refused = permission.judge(Some(&verified(weak, who)));
            let refused = refused.expect_err("refused");
            let (told, clauses) = code_of(&refused).expect("a code");
            assert_eq!(told, "insufficient_user_authentication", "{permission:?}");
            assert_eq!(clauses, ["3-4-(1)-1"], "{permission:?}");
        }
        for enough in ["urn:sekisho:aal2", "urn:sekisho:aal3"] {
            let judged = permission.judge(Some(&verified(Some(enough), who)));
            assert!(judged.is_ok(), "{permission:?} {enough}");
        }
        assert!(!permission.opens_to_one_category(), "{permission:?}");
    }
    // Machines verify nothing and are not asked to.
    assert!(EITHER.judge(Some(&machine)).is_ok());
}

#[test]
fn who_could_not_do_it_with_two_categories_is_not_told_to_verify_a_second() {
    let id = PersonId::try_new("S1").expect("an id");
    let session = SessionId::default();
    let staff = verified(None, &principal(Actor::Person { id, session }, &[]));
    let refused = Permission::Roles(&[Role::Auditor]).judge(Some(&staff));
    let told = code_of(&refused.expect_err("refused")).expect("a code").0;
    assert_eq!(told, "role_missing");
}

#[test]
fn what_is_urgent_takes_the_same_roles_and_whatever_was_verified() {
    let id = PersonId::try_new("S1").expect("an id");
    let session = SessionId::default();
    let staff = verified(None, &principal(Actor::Person { id, session }, &[]));
    let auditor = principal(staff.actor.clone(), &[Role::Auditor]);
    let auditor = verified(Some("urn:sekisho:aal1"), &auditor);
    const AUDITOR: Permission = Permission::Roles(&[Role::Auditor]);
    const URGENT: Permission = Permission::Urgent(&AUDITOR, "it stops something");
    assert!(URGENT.judge(Some(&auditor)).is_ok());
    let refused = URGENT.judge(Some(&staff)).expect_err("refused");
    assert_eq!(code_of(&refused).expect("a code").0, "role_missing");
    assert!(URGENT.opens_to_one_category());
}

#[test]
fn a_machine_is_told_that_it_is_no_person_and_a_person_which_roles_it_takes() {
    let id = PersonId::try_new("S1").expect("an id");
    let session = SessionId::default();
    let staff = principal(Actor::Person { id, session }, &[]);
    let gateway = principal(Actor::Workload("vdi-gateway".into()), &[]);
    const AUDITOR: Permission = Permission::Roles(&[Role::Auditor]);
    for permission in [AUDITOR, Permission::AnyOf(&[AUDITOR, Permission::Platform])] {
        for (caller, code) in [(&staff, "role_missing"), (&gateway, "person_required")] {
            let refused = permission.judge(Some(caller)).expect_err("refused");
            let (told, clauses) = code_of(&refused).expect("a code");
            assert_eq!(told, code, "{permission:?}");
            assert_eq!(clauses, ["7-2-(3)-2"], "{permission:?}");
        }
    }
}

#[test]
fn a_table_with_a_hole_or_a_ghost_is_found_out() {
    let whole = crate::clause_pack::ACCESS;
    let (first, hole) = whole.split_first().expect("RPCs");
    assert_eq!(
        access_problems("sekisho.standard.", hole),
        [format!("{} is not in the access table", first.0)]
    );
    const GHOST: (&str, Permission) = ("/sekisho.standard.v1.No/Such", Permission::Public);
    let ghost: &[_] = Box::leak(whole.iter().copied().chain([GHOST]).collect());
    assert_eq!(
        access_problems("sekisho.standard.", ghost),
        ["/sekisho.standard.v1.No/Such is listed but no contract has it"]
    );
    assert_eq!(merge([whole, hole]), Err(hole[0].0));
}

#[test]
fn the_rpcs_every_process_offers_are_all_listed() {
    let table = crate::clause_pack::ACCESS;
    assert_eq!(
        access_problems("sekisho.standard.", table),
        Vec::<String>::new()
    );
}
