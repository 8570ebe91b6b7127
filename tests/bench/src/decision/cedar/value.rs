//! Our ids, words and numbers as Cedar's values.

use std::{collections::HashMap, fmt, sync::LazyLock};

use cedar_policy::{EntityId, EntityTypeName, EntityUid, RestrictedExpression as Value};
use jiff::Timestamp;
use standard::InformationClass;

/// Parsed once: every request names several.
static KINDS: LazyLock<HashMap<&str, EntityTypeName>> = LazyLock::new(|| {
    let names = [
        "Action",
        "Category",
        "City",
        "Device",
        "Factor",
        "Item",
        "Network",
        "Person",
        "Point",
        "Post",
        "Relaxation",
        "Section",
        "Session",
        "SharedIdUse",
        "System",
    ];
    names
        .map(|name| (name, name.parse().expect("a name")))
        .into()
});

pub(super) fn uid(kind: &str, id: impl fmt::Display) -> EntityUid {
    let id = EntityId::new(id.to_string());
    EntityUid::from_type_name_and_id(KINDS[kind].clone(), id)
}

pub(super) fn reference(kind: &str, id: impl fmt::Display) -> Value {
    Value::new_entity_uid(uid(kind, id))
}

pub(super) fn all<T: fmt::Display>(kind: &str, ids: impl IntoIterator<Item = T>) -> Value {
    Value::new_set(ids.into_iter().map(|id| reference(kind, id)))
}

pub(super) fn text(word: impl fmt::Display) -> Value {
    Value::new_string(word.to_string())
}

pub(super) fn number(number: u64) -> Value {
    Value::new_long(i64::try_from(number).expect("a small number"))
}

pub(super) fn time(at: Timestamp) -> Value {
    Value::new_long(at.as_second())
}

pub(super) const fn rank(class: InformationClass) -> i64 {
    match class {
        InformationClass::III => 0,
        InformationClass::II => 1,
        InformationClass::I => 2,
        InformationClass::S => 3,
    }
}
