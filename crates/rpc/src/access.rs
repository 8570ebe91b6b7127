//! Who may call what: default deny (guarantee G8, clause 7-2-(3)-2).
//!
//! The table holds what depends on who the caller is alone; what depends on the state of things is
//! a rule of the domain.

use std::collections::{BTreeMap, BTreeSet};

use auth::Principal;
use kernel::Actor;
use prost::Message;
use prost_types::FileDescriptorSet;
use standard::{Action, Role};
use tonic::Status;

use crate::{refused::Refused, status};

/// Whom an RPC is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Anyone, signed in or not.
    Public,
    /// Any signed-in member of staff.
    Person,
    /// Staff who hold any of these roles.
    Roles(&'static [Role]),
    /// Staff who hold any of the roles to which this falls, where it is not passed on.
    Post(Action),
    /// Registered machines.
    EnforcementPoint,
    /// The platform's own services.
    Platform,
    /// Whoever any of these admits.
    AnyOf(&'static [Permission]),
}

/// Full method (`/sekisho.ledger.v1.Systems/GetSystem`) to permission, one line per RPC.
pub type AccessTable = &'static [(&'static str, Permission)];

impl Permission {
    /// Judges a caller; none is one without a token.
    pub(crate) fn judge(self, principal: Option<&Principal>) -> Result<(), Status> {
        if self.admits(principal) {
            return Ok(());
        }
        Err(match principal {
            None => status::refused(auth::Refused::Missing),
            Some(principal) => status::refused(self.refusal(principal)),
        })
    }

    /// Whether nobody need be known.
    pub(crate) fn is_open(self) -> bool {
        self.admits(None)
    }

    fn admits(self, principal: Option<&Principal>) -> bool {
        if let Self::AnyOf(several) = self {
            return several.iter().any(|one| one.admits(principal));
        }
        let actor = principal.map(|principal| &principal.actor);
        match self {
            Self::Public => true,
            Self::Person => matches!(actor, Some(Actor::Person { .. })),
            Self::Roles(roles) => {
                principal.is_some_and(|one| one.actor.person().is_some() && one.has_role(roles))
            }
            Self::Post(action) => principal
                .is_some_and(|one| one.actor.person().is_some() && one.has_role(&action.roles())),
            Self::EnforcementPoint => matches!(actor, Some(Actor::Workload(_))),
            Self::Platform => matches!(actor, Some(Actor::Service(_))),
            Self::AnyOf(_) => false,
        }
    }

    fn refusal(self, principal: &Principal) -> Refused {
        match self {
            Self::Public | Self::Person => Refused::PersonOnly,
            // A machine has no roles to be given.
            Self::Roles(_) | Self::Post(_) if principal.actor.person().is_none() => {
                Refused::PersonOnly
            }
            Self::Roles(roles) => Refused::RoleMissing(roles.to_vec()),
            Self::Post(action) => Refused::RoleMissing(action.roles()),
            Self::EnforcementPoint => Refused::EnforcementPointOnly,
            Self::Platform => Refused::PlatformOnly,
            // The first is what a caller is most likely to lack.
            Self::AnyOf(several) => several
                .first()
                .map_or(Refused::NotListed, |first| first.refusal(principal)),
        }
    }
}

/// What is open to everyone in every process: health and reflection.
pub(crate) const SHELL: AccessTable = &[
    ("/grpc.health.v1.Health/Check", Permission::Public),
    ("/grpc.health.v1.Health/List", Permission::Public),
    ("/grpc.health.v1.Health/Watch", Permission::Public),
    (
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        Permission::Public,
    ),
    (
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        Permission::Public,
    ),
];

pub(crate) type Merged = BTreeMap<&'static str, Permission>;

/// One table of many; the first method two of them list is the error.
pub(crate) fn merge(tables: impl IntoIterator<Item = AccessTable>) -> Result<Merged, &'static str> {
    let mut merged = Merged::new();
    for (method, permission) in tables.into_iter().flatten() {
        if merged.insert(method, *permission).is_some() {
            return Err(method);
        }
    }
    Ok(merged)
}

pub(crate) fn not_listed() -> Status {
    status::refused(Refused::NotListed)
}

/// For each service's test: RPCs of the packages that begin with `package` and are not in the
/// table, and lines of the table no such RPC exists for. Empty when all is well.
pub fn access_problems(package: &str, table: AccessTable) -> Vec<String> {
    let contracts: BTreeSet<String> = methods(package).into_iter().collect();
    let mut listed = BTreeSet::new();
    let mut problems = Vec::new();
    for (method, _) in table {
        if !listed.insert((*method).to_owned()) {
            problems.push(format!("{method} is listed twice"));
        }
    }
    let missing = contracts.difference(&listed);
    problems.extend(missing.map(|method| format!("{method} is not in the access table")));
    let unknown = listed.difference(&contracts);
    problems.extend(unknown.map(|method| format!("{method} is listed but no contract has it")));
    problems
}

/// Every RPC of the packages that begin with `package`, as full methods.
pub(crate) fn methods(package: &str) -> Vec<String> {
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).expect("the descriptor set is valid");
    let mut methods = Vec::new();
    for file in set.file.iter().filter(|f| f.package().starts_with(package)) {
        for service in &file.service {
            for method in &service.method {
                let (package, service) = (file.package(), service.name());
                methods.push(format!("/{package}.{service}/{}", method.name()));
            }
        }
    }
    methods
}

/// The code of a refusal by permission, for the record.
pub(crate) fn code_of(status: &Status) -> Option<(String, Vec<String>)> {
    use tonic_types::StatusExt;
    let info = status.get_details_error_info()?;
    let clauses = info.metadata.get("clauses");
    let clauses = clauses.map(|ids| ids.split(',').map(str::to_owned).collect());
    Some((info.reason, clauses.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::{PersonId, SessionId};

    use super::*;

    fn principal(actor: Actor, roles: &[Role]) -> Principal {
        Principal {
            actor,
            roles: roles.to_vec(),
            section: None,
            acr: None,
            amr: Vec::new(),
            auth_time: None,
            epoch: 0,
            issuer: String::new(),
            expires_at: Timestamp::MAX,
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
}
