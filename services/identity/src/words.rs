//! Words of the contracts that are not the standard's own, each way.

use identity_domain::{grant::GrantKind, restricted_item::ItemKind};
use proto::identity::v1::{EntitlementKind, RestrictedItemKind};

pub(crate) const fn grant_kind_on_wire(kind: GrantKind) -> EntitlementKind {
    match kind {
        GrantKind::Use => EntitlementKind::Use,
        GrantKind::Privileged => EntitlementKind::Privileged,
    }
}

pub(crate) const fn item_kind(kind: RestrictedItemKind) -> Option<ItemKind> {
    match kind {
        RestrictedItemKind::Unspecified => None,
        RestrictedItemKind::Specification => Some(ItemKind::Specification),
        RestrictedItemKind::Folder => Some(ItemKind::Folder),
        RestrictedItemKind::Equipment => Some(ItemKind::Equipment),
        RestrictedItemKind::Medium => Some(ItemKind::Medium),
    }
}

pub(crate) const fn item_kind_on_wire(kind: ItemKind) -> RestrictedItemKind {
    match kind {
        ItemKind::Specification => RestrictedItemKind::Specification,
        ItemKind::Folder => RestrictedItemKind::Folder,
        ItemKind::Equipment => RestrictedItemKind::Equipment,
        ItemKind::Medium => RestrictedItemKind::Medium,
    }
}
