//! Doing one operation to a resource.

use serde_json::{Map, Value};

use super::{Op, Operation};
use crate::scim::{
    filter::{Target, Test, path},
    refused::Refused,
    resource::canonical,
    schema::{At, Attribute, Change, Kind, named},
};

impl Operation {
    pub(super) fn apply(&self, kind: &Kind, resource: &mut Value) -> Result<(), Refused> {
        match &self.path {
            Some(target) => self.to_target(kind, resource, target),
            None => self.to_members(kind, resource, None, &self.value),
        }
    }

    /// Each member by itself. What is unknown here, or is not changed from outside, is passed over,
    /// as it is in a whole resource.
    fn to_members(
        &self,
        kind: &Kind,
        resource: &mut Value,
        schema: Option<&str>,
        members: &Value,
    ) -> Result<(), Refused> {
        for (name, value) in members.as_object().into_iter().flatten() {
            if schema.is_none() && kind.extension(name).is_some() {
                self.to_members(kind, resource, Some(name), value)?;
                continue;
            }
            let Some(mut path) = path(name) else { continue };
            if schema.is_some() {
                path.schema = schema.map(str::to_owned);
            }
            let known = kind.find(&path);
            if known.is_none_or(|at| at.leaf().change == Change::Never) {
                continue;
            }
            let one = Self {
                op: self.op,
                path: Some(Target::whole(path)),
                value: value.clone(),
            };
            one.apply(kind, resource)?;
        }
        Ok(())
    }

    fn to_target(&self, kind: &Kind, resource: &mut Value, target: &Target) -> Result<(), Refused> {
        let Some(at) = kind.find(&target.path) else {
            // An extension as a whole.
            let id = target.path.to_string();
            return match (kind.extension(&id), self.op, &target.which) {
                (Some(_), Op::Add | Op::Replace, None) if self.value.is_object() => {
                    self.to_members(kind, resource, Some(&id), &self.value)
                }
                _ => Err(Refused::Path(target.to_string())),
            };
        };
        if at.attribute.change == Change::Never || at.leaf().change == Change::Never {
            return Err(Refused::Fixed(target.to_string()));
        }
        let value = canonical(at.leaf(), &self.value);
        let holder = holder(resource, &at).ok_or_else(|| Refused::Path(target.to_string()))?;
        if at.attribute.change == Change::Once {
            return match self.op != Op::Remove && holder.get(at.attribute.name) == Some(&value) {
                true => Ok(()),
                false => Err(Refused::Fixed(target.to_string())),
            };
        }
        let name = at.attribute.name;
        match (&target.which, at.sub) {
            (Some(which), None) if at.attribute.multi => {
                let test = which.bind_in(at.attribute)?;
                let part = match &target.sub {
                    Some(sub) => Some(part(at.attribute, sub, target)?),
                    None => None,
                };
                let several = holder.get_mut(name).and_then(Value::as_array_mut);
                let several = several.ok_or(Refused::NoTarget)?;
                self.to_those(several, &test, part, at.attribute)
            }
            (None, None) if at.attribute.multi => {
                self.to_list(
                    holder.entry(name).or_insert_with(|| Value::Array(vec![])),
                    value,
                );
                Ok(())
            }
            (None, None) => {
                match self.op {
                    Op::Remove => holder.remove(name),
                    Op::Add | Op::Replace => holder.insert(name.to_owned(), value),
                };
                Ok(())
            }
            _ => Err(Refused::Path(target.to_string())),
        }
    }

    /// To the values of a list that fit.
    fn to_those(
        &self,
        several: &mut Vec<Value>,
        test: &Test,
        part: Option<&'static Attribute>,
        of: &'static Attribute,
    ) -> Result<(), Refused> {
        if self.op == Op::Remove && part.is_none() {
            several.retain(|value| !test.matches(value));
            return Ok(());
        }
        let mut met = false;
        for value in several.iter_mut().filter(|value| test.matches(value)) {
            met = true;
            match part {
                Some(part) if part.change != Change::Free => {
                    return Err(Refused::Fixed(format!("{}.{}", of.name, part.name)));
                }
                Some(part) => {
                    value[part.name] = canonical(part, &self.value);
                }
                None => *value = canonical_one(of, &self.value),
            }
        }
        match met || self.op == Op::Remove {
            true => Ok(()),
            false => Err(Refused::NoTarget),
        }
    }

    fn to_list(&self, list: &mut Value, value: Value) {
        let given = match value {
            Value::Array(several) => several,
            Value::Null => vec![],
            one => vec![one],
        };
        let Value::Array(known) = list else { return };
        match self.op {
            Op::Replace => *known = given,
            Op::Add => {
                for one in given {
                    if !known.iter().any(|known| same(known, &one)) {
                        known.push(one);
                    }
                }
            }
            Op::Remove if given.is_empty() => known.clear(),
            // Some clients name what goes by value and not in the path.
            Op::Remove => known.retain(|known| !given.iter().any(|one| same(known, one))),
        }
    }
}

fn part(
    of: &'static Attribute,
    name: &str,
    target: &Target,
) -> Result<&'static Attribute, Refused> {
    named(of.sub, name).ok_or_else(|| Refused::Path(target.to_string()))
}

/// One value of a list.
fn canonical_one(attribute: &'static Attribute, value: &Value) -> Value {
    match canonical(attribute, value) {
        Value::Array(mut several) if several.len() == 1 => several.remove(0),
        other => other,
    }
}

/// Values of a list are the same that have the same `value`.
fn same(known: &Value, given: &Value) -> bool {
    match (known.get("value"), given.get("value")) {
        (Some(known), Some(given)) => known == given,
        _ => known == given,
    }
}

/// Where the attribute is kept, made if it is not there.
fn holder<'a>(resource: &'a mut Value, at: &At) -> Option<&'a mut Map<String, Value>> {
    let whole = resource.as_object_mut()?;
    match at.extension {
        None => Some(whole),
        Some(schema) => {
            let inner = whole
                .entry(schema.id)
                .or_insert_with(|| Value::Object(Map::new()));
            inner.as_object_mut()
        }
    }
}
