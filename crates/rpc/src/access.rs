//! Who may call what: default deny (guarantee G8, clause 7-2-(3)-2), and with how much verified
//! (3-4-(1)-1).
//!
//! The table holds what depends on who the caller is alone; what depends on the state of things is
//! a rule of the domain. Whatever is open to a role or a post takes two categories verified in the
//! caller's session: a password alone, guessed or seen, does what every member of staff does for
//! themselves, and nothing that a post does. What must work when a factor is out of reach says so.

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
    /// Any signed-in member of staff, for things of their own.
    Person,
    /// Staff with two categories verified. What it does falls to a post; to whose, is a rule of the
    /// domain.
    Officer,
    /// Staff who hold any of these roles, with two categories verified.
    Roles(&'static [Role]),
    /// Staff who hold any of the roles to which this falls, where it is not passed on, with two
    /// categories verified.
    Post(Action),
    /// Whom this admits, with whatever verified: it only stops or reports something, and that must
    /// not wait for a factor that is out of reach. And why.
    Urgent(&'static Permission, &'static str),
    /// Registered machines.
    EnforcementPoint,
    /// The platform's own services.
    Platform,
    /// Whoever any of these admits.
    AnyOf(&'static [Permission]),
}

/// Full method (`/sekisho.ledger.v1.Systems/GetSystem`) to permission, one line per RPC.
pub type AccessTable = &'static [(&'static str, Permission)];

/// What becomes of a caller, the better the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Refused,
    /// The right one, with too little verified.
    TooWeak,
    Admitted,
}

impl Permission {
    /// Judges a caller; none is one without a token.
    pub(crate) fn judge(self, principal: Option<&Principal>) -> Result<(), Status> {
        match (self.verdict(principal), principal) {
            (Verdict::Admitted, _) => Ok(()),
            (_, None) => Err(status::refused(auth::Refused::Missing)),
            (Verdict::TooWeak, Some(_)) => Err(status::refused(Refused::TooWeak)),
            (Verdict::Refused, Some(principal)) => Err(status::refused(self.refusal(principal))),
        }
    }

    /// Whether nobody need be known.
    pub(crate) fn is_open(self) -> bool {
        self.verdict(None) == Verdict::Admitted
    }

    /// Whether staff get in with one category verified, whatever posts it takes beside.
    pub fn opens_to_one_category(self) -> bool {
        match self {
            Self::Public | Self::Person | Self::Urgent(..) => true,
            Self::Officer
            | Self::Roles(_)
            | Self::Post(_)
            | Self::EnforcementPoint
            | Self::Platform => false,
            Self::AnyOf(several) => several.iter().any(|one| one.opens_to_one_category()),
        }
    }

    fn verdict(self, principal: Option<&Principal>) -> Verdict {
        let admitted = |admitted| match admitted {
            true => Verdict::Admitted,
            false => Verdict::Refused,
        };
        let strongly = |holds: &dyn Fn(&Principal) -> bool| {
            let person = principal.filter(|one| one.actor.person().is_some());
            match person.filter(|one| holds(one)) {
                None => Verdict::Refused,
                Some(one) if one.has_two_categories() => Verdict::Admitted,
                Some(_) => Verdict::TooWeak,
            }
        };
        let actor = principal.map(|principal| &principal.actor);
        match self {
            Self::Public => Verdict::Admitted,
            Self::Person => admitted(matches!(actor, Some(Actor::Person { .. }))),
            Self::Officer => strongly(&|_| true),
            Self::Roles(roles) => strongly(&|one| one.has_role(roles)),
            Self::Post(action) => strongly(&|one| one.has_role(&action.roles())),
            Self::Urgent(of, _) => admitted(of.verdict(principal) >= Verdict::TooWeak),
            Self::EnforcementPoint => admitted(matches!(actor, Some(Actor::Workload(_)))),
            Self::Platform => admitted(matches!(actor, Some(Actor::Service(_)))),
            Self::AnyOf(several) => {
                let verdicts = several.iter().map(|one| one.verdict(principal));
                verdicts.max().unwrap_or(Verdict::Refused)
            }
        }
    }

    fn refusal(self, principal: &Principal) -> Refused {
        match self {
            Self::Public | Self::Person | Self::Officer => Refused::PersonOnly,
            Self::Urgent(of, _) => of.refusal(principal),
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

/// For an RPC that is open to everybody and shows more to whoever holds a post: what the post shows
/// takes what its acts take.
///
/// # Errors
/// `PERMISSION_DENIED` where fewer than two categories were verified.
pub fn need_two_categories(principal: &Principal) -> Result<(), Status> {
    Permission::Officer.judge(Some(principal))
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
mod tests;
