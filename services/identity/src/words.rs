//! The shared words of the contracts and of the standard, each way.

use identity_domain::grant::GrantKind;
use proto::{common::v1 as wire, identity::v1::EntitlementKind};
use standard::AccessPath;

pub(crate) const fn path(path: wire::AccessPath) -> Option<AccessPath> {
    match path {
        wire::AccessPath::Unspecified => None,
        wire::AccessPath::Office => Some(AccessPath::Office),
        wire::AccessPath::Telework => Some(AccessPath::Telework),
        wire::AccessPath::PublicLine => Some(AccessPath::PublicLine),
    }
}

pub(crate) const fn path_on_wire(path: AccessPath) -> wire::AccessPath {
    match path {
        AccessPath::Office => wire::AccessPath::Office,
        AccessPath::Telework => wire::AccessPath::Telework,
        AccessPath::PublicLine => wire::AccessPath::PublicLine,
    }
}

pub(crate) const fn grant_kind_on_wire(kind: GrantKind) -> EntitlementKind {
    match kind {
        GrantKind::Use => EntitlementKind::Use,
        GrantKind::Privileged => EntitlementKind::Privileged,
    }
}
