//! Which attributes of a resource are answered (RFC 7644, 3.9).

use serde_json::{Map, Value};

use super::{
    filter::path,
    schema::{At, Kind, Schema},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Selection {
    kind: &'static Kind,
    /// Only these; empty = all.
    only: Vec<Named>,
    /// All but these.
    without: Vec<Named>,
}

#[derive(Debug)]
enum Named {
    Attribute(At),
    Extension(&'static Schema),
}

impl Selection {
    /// What is not known here is passed over. Those wanted go before those not wanted.
    pub(super) fn new(kind: &'static Kind, only: &[String], without: &[String]) -> Self {
        let found = |names: &[String]| -> Vec<Named> {
            names
                .iter()
                .filter_map(|name| Named::find(kind, name))
                .collect()
        };
        let mut selected = Self {
            kind,
            only: found(only),
            without: Vec::new(),
        };
        if only.is_empty() {
            selected.without = found(without);
        } else if selected.only.is_empty() {
            // None of those wanted is known: what is always there, and nothing more.
            let id = Named::find(kind, "id");
            selected.only.extend(id);
        }
        selected
    }

    /// Whether an attribute of the kind's own is wanted at all.
    pub(super) fn wants(&self, name: &str) -> bool {
        let is = |one: &Named| matches!(one, Named::Attribute(at) if at.attribute.name == name);
        let whole = |one: &Named| matches!(one, Named::Attribute(at) if at.sub.is_none());
        match self.only.is_empty() {
            true => !self.without.iter().any(|one| is(one) && whole(one)),
            false => self.only.iter().any(is),
        }
    }

    /// The resource as it is answered.
    pub(super) fn of(&self, resource: Value) -> Value {
        let Value::Object(mut whole) = resource else {
            return resource;
        };
        if self.only.is_empty() {
            for one in &self.without {
                one.remove(&mut whole);
            }
            return Value::Object(whole);
        }
        let always = self.kind.common.iter().filter(|one| one.always);
        let mut part: Map<String, Value> = always
            .filter_map(|one| Some((one.name.to_owned(), whole.get(one.name)?.clone())))
            .collect();
        for one in &self.only {
            one.copy(&whole, &mut part);
        }
        Value::Object(part)
    }
}

impl Named {
    fn find(kind: &Kind, name: &str) -> Option<Self> {
        if let Some(schema) = kind.extension(name) {
            return Some(Self::Extension(schema));
        }
        kind.find(&path(name)?).map(Self::Attribute)
    }

    fn copy(&self, whole: &Map<String, Value>, part: &mut Map<String, Value>) {
        let at = match self {
            Self::Extension(schema) => {
                let inner = whole.get(schema.id).cloned();
                part.extend(inner.map(|inner| (schema.id.to_owned(), inner)));
                return;
            }
            Self::Attribute(at) => at,
        };
        let (from, to) = match at.extension {
            None => (Some(whole), part),
            Some(schema) => {
                let from = whole.get(schema.id).and_then(Value::as_object);
                let to = part.entry(schema.id).or_insert_with(|| Map::new().into());
                match to.as_object_mut() {
                    Some(to) => (from, to),
                    None => return,
                }
            }
        };
        let name = at.attribute.name;
        let Some(value) = from.and_then(|from| from.get(name)) else {
            return;
        };
        match at.sub {
            None => {
                to.insert(name.to_owned(), value.clone());
            }
            Some(sub) => {
                let known = to.entry(name).or_insert(match value {
                    Value::Array(several) => vec![Value::Object(Map::new()); several.len()].into(),
                    _ => Value::Object(Map::new()),
                });
                both(value, known, |from, to| {
                    let part = from.get(sub.name).cloned();
                    to.extend(part.map(|part| (sub.name.to_owned(), part)));
                });
            }
        }
    }

    fn remove(&self, whole: &mut Map<String, Value>) {
        let at = match self {
            Self::Extension(schema) => {
                whole.remove(schema.id);
                return;
            }
            Self::Attribute(at) if at.leaf().always => return,
            Self::Attribute(at) => at,
        };
        let holder = match at.extension {
            None => Some(whole),
            Some(schema) => whole.get_mut(schema.id).and_then(Value::as_object_mut),
        };
        let Some(holder) = holder else { return };
        let name = at.attribute.name;
        match (at.sub, holder.get_mut(name)) {
            (None, _) => {
                holder.remove(name);
            }
            (Some(sub), Some(Value::Array(several))) => {
                let objects = several.iter_mut().filter_map(Value::as_object_mut);
                objects.for_each(|one| {
                    one.remove(sub.name);
                });
            }
            (Some(sub), Some(Value::Object(one))) => {
                one.remove(sub.name);
            }
            _ => {}
        }
    }
}

/// Each object of the one with the object in its place in the other.
fn both(
    from: &Value,
    to: &mut Value,
    mut copy: impl FnMut(&Map<String, Value>, &mut Map<String, Value>),
) {
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => copy(from, to),
        (Value::Array(from), Value::Array(to)) => {
            for (from, to) in from.iter().zip(to) {
                if let (Value::Object(from), Value::Object(to)) = (from, to) {
                    copy(from, to);
                }
            }
        }
        _ => {}
    }
}
