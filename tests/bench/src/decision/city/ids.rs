//! Ids by number.

use kernel::{
    BureauId, DeviceId, NetworkId, PersonId, PostId, RestrictedItemId, SectionId, SessionId,
    SharedId, SystemId,
};

use super::ITEMS;

pub(super) fn person_id(n: usize) -> PersonId {
    PersonId::try_new(format!("S{n:04}")).expect("an id")
}

pub(super) fn shared_id(n: usize) -> SharedId {
    SharedId::try_new(format!("ID{n:04}")).expect("an id")
}

pub(super) fn session_id(n: usize) -> SessionId {
    SessionId::try_new(format!("session-{n}")).expect("an id")
}

pub(super) fn system_id(n: usize) -> SystemId {
    SystemId::try_new(format!("SYS-{n}")).expect("an id")
}

pub(super) fn device_id(n: usize) -> DeviceId {
    DeviceId::try_new(format!("D-{n}")).expect("an id")
}

pub(super) fn network_id(n: usize) -> NetworkId {
    NetworkId::try_new(format!("NET-{n}")).expect("an id")
}

/// What a system keeps.
pub(super) fn item_of(system: usize) -> Option<usize> {
    (system.is_multiple_of(2) && system / 2 < ITEMS).then_some(system / 2)
}

pub(super) fn item_id(n: usize) -> RestrictedItemId {
    RestrictedItemId::try_new(format!("ITEM-{n}")).expect("an id")
}

pub(super) fn post_id(n: usize) -> PostId {
    PostId::try_new(format!("post-{n}")).expect("an id")
}

pub(super) fn section_id(n: usize) -> SectionId {
    SectionId::try_new(format!("section-{n}")).expect("an id")
}

pub(super) fn bureau_id(n: usize) -> BureauId {
    BureauId::try_new(format!("bureau-{n}")).expect("an id")
}
