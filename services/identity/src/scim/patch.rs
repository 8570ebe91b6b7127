//! PATCH (RFC 7644, 3.5.2): what is to be changed, read from a body and done to a resource as it
//! is shown. Whether the result may be is judged afterwards, as of any other change.

mod apply;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    filter::{Path, Target, parse_path},
    refused::Refused,
    resource::member,
    schema::Kind,
};

/// Most operations in one request.
const MAX_OPERATIONS: usize = 100;
/// Most values in all of its operations.
const MAX_VALUES: usize = 1_000;

/// What is done with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Replace,
    Remove,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
struct Operation {
    op: Op,
    /// What it is done to; none = the whole resource.
    path: Option<Target>,
    value: Value,
}

/// Everything that is to be done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Patch(Vec<Operation>);

impl Patch {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is no list of operations.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refused> {
        let body: Value =
            serde_json::from_slice(body).map_err(|error| Refused::Body(error.to_string()))?;
        let operations = member(&body, "Operations").and_then(Value::as_array);
        let operations =
            operations.ok_or_else(|| Refused::Body("Operations is missing".to_owned()))?;
        if operations.is_empty() || operations.len() > MAX_OPERATIONS {
            let why = format!("1 to {MAX_OPERATIONS} Operations, not {}", operations.len());
            return Err(Refused::Body(why));
        }
        let operations = operations.iter().map(Operation::read);
        let operations = operations.collect::<Result<Vec<_>, _>>()?;
        let values = operations
            .iter()
            .map(|one| count(&one.value))
            .sum::<usize>();
        if values > MAX_VALUES {
            let why = format!("at most {MAX_VALUES} values, not {values}");
            return Err(Refused::Body(why));
        }
        Ok(Self(operations))
    }

    /// Does it all to a resource.
    ///
    /// # Errors
    /// The first operation that cannot be done.
    pub(super) fn apply(&self, kind: &Kind, resource: &mut Value) -> Result<(), Refused> {
        let mut operations = self.0.iter();
        operations.try_for_each(|operation| operation.apply(kind, resource))
    }
}

/// How many values it is, those inside it counted.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(several) => several.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum::<usize>().max(1),
        _ => 1,
    }
}

impl Operation {
    /// Words in any case: some clients write "Replace".
    fn read(one: &Value) -> Result<Self, Refused> {
        let op = member(one, "op").and_then(Value::as_str).unwrap_or("");
        let op = match op.to_ascii_lowercase().as_str() {
            "add" => Op::Add,
            "replace" => Op::Replace,
            "remove" => Op::Remove,
            _ => return Err(Refused::Body("op is add, replace or remove".to_owned())),
        };
        let path = match member(one, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                let read = parse_path(text);
                Some(read.map_err(|error| Refused::Path(format!("{text}: {error}")))?)
            }
            Some(other) => return Err(Refused::Path(other.to_string())),
        };
        let value = member(one, "value").cloned().unwrap_or_default();
        match (op, &path, &value) {
            (Op::Remove, None, _) => Err(Refused::NoTarget),
            (Op::Add | Op::Replace, None, value) if !value.is_object() => Err(Refused::Body(
                "without a path the value is an object".to_owned(),
            )),
            (Op::Add, Some(_), Value::Null) => {
                Err(Refused::Body("there is nothing to add".to_owned()))
            }
            _ => Ok(Self { op, path, value }),
        }
    }
}

impl Target {
    /// An attribute as a whole.
    fn whole(path: Path) -> Self {
        Self {
            path,
            which: None,
            sub: None,
        }
    }
}
