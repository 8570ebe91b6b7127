//! What a resource that was sent says, under the names of the schema. Names are read in any case
//! (RFC 7643, 2.1).

use serde_json::{Map, Value};

use super::{
    refused::Refused,
    schema::{Attribute, Kind, Type, named},
};

/// A member of an object, by its name in any case.
pub(super) fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let mut members = object.as_object()?.iter();
    let found = members.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// A whole resource, as far as the schema has it.
pub(super) fn read(kind: &Kind, body: &[u8]) -> Result<Value, Refused> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| Refused::Body(error.to_string()))?;
    if !body.is_object() {
        return Err(Refused::Body("a resource is an object".to_owned()));
    }
    let own = kind.common.iter().chain(kind.schema.attributes);
    let mut known = known(own, &body);
    for schema in kind.extensions {
        if let Some(inner) = member(&body, schema.id) {
            let inner = self::known(schema.attributes.iter(), inner);
            known.insert(schema.id.to_owned(), Value::Object(inner));
        }
    }
    Ok(Value::Object(known))
}

fn known(
    attributes: impl Iterator<Item = &'static Attribute>,
    object: &Value,
) -> Map<String, Value> {
    let found = attributes.filter_map(|attribute| {
        let value = member(object, attribute.name)?;
        Some((attribute.name.to_owned(), canonical(attribute, value)))
    });
    found.collect()
}

/// A value with the names of its parts as the schema has them.
pub(super) fn canonical(attribute: &Attribute, value: &Value) -> Value {
    match value {
        Value::Array(several) => {
            let several = several.iter();
            several.map(|one| canonical(attribute, one)).collect()
        }
        Value::Object(members) if attribute.kind == Type::Complex => {
            let members = members.iter().filter_map(|(name, value)| {
                let part = named(attribute.sub, name)?;
                Some((part.name.to_owned(), value.clone()))
            });
            Value::Object(members.collect())
        }
        // Some clients write truth as a text.
        Value::String(text) if attribute.kind == Type::Bool => {
            match text.to_ascii_lowercase().as_str() {
                "true" => true.into(),
                "false" => false.into(),
                _ => value.clone(),
            }
        }
        other => other.clone(),
    }
}
