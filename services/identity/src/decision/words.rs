//! Words of the contracts that are not the standard's own, each way.

use identity_domain::decision::Object;
use proto::identity::v1::{access_evaluated, access_question};
use rpc::Fields;

/// What a question is about beside the system, each id judged.
pub(super) fn object(fields: &mut Fields, object: &access_question::Object) -> Object {
    use access_question::Object::{ItemId, NetworkId, TerminalId};
    match object {
        NetworkId(id) => Object::Network(fields.id("network_id", id)),
        TerminalId(id) => Object::Terminal(fields.id("terminal_id", id)),
        ItemId(id) => Object::Item(fields.id("item_id", id)),
    }
}

pub(super) fn object_on_record(object: &Object) -> access_evaluated::Object {
    use access_evaluated::Object::{ItemId, NetworkId, TerminalId};
    match object {
        Object::Network(id) => NetworkId(id.to_string()),
        Object::Terminal(id) => TerminalId(id.to_string()),
        Object::Item(id) => ItemId(id.to_string()),
    }
}

/// None for an id that is none.
pub(super) fn object_recorded(object: &access_evaluated::Object) -> Option<Object> {
    use access_evaluated::Object::{ItemId, NetworkId, TerminalId};
    Some(match object {
        NetworkId(id) => Object::Network(id.parse().ok()?),
        TerminalId(id) => Object::Terminal(id.parse().ok()?),
        ItemId(id) => Object::Item(id.parse().ok()?),
    })
}
