//! Asking a filter of a resource.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::{Filter, Literal, Op, Test};
use crate::scim::schema::{At, Attribute, Type};

impl Test {
    /// Whether the resource, or the value of a complex attribute, fits.
    pub(in crate::scim) fn matches(&self, resource: &Value) -> bool {
        match self {
            Filter::Present(at) => at.values(resource).iter().any(|value| is_there(value)),
            Filter::Compare(at, op, literal) => compare(at, *op, literal, resource),
            Filter::And(left, right) => left.matches(resource) && right.matches(resource),
            Filter::Or(left, right) => left.matches(resource) || right.matches(resource),
            Filter::Not(inner) => !inner.matches(resource),
            Filter::Each(at, inner) => {
                let mut values = at.values(resource).into_iter();
                values.any(|value| inner.matches(value))
            }
        }
    }

    /// Whether it looks at an attribute of that name.
    pub(in crate::scim) fn looks_at(&self, name: &str) -> bool {
        match self {
            Filter::Present(at) | Filter::Compare(at, ..) | Filter::Each(at, _) => {
                at.attribute.name == name
            }
            Filter::And(left, right) | Filter::Or(left, right) => {
                left.looks_at(name) || right.looks_at(name)
            }
            Filter::Not(inner) => inner.looks_at(name),
        }
    }
}

fn is_there(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(several) => !several.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// What has no value is equal to nothing but null, and so not equal to anything else.
fn compare(at: &At, op: Op, literal: &Literal, resource: &Value) -> bool {
    let values = at.values(resource);
    let mut values = values.into_iter().filter(|value| is_there(value));
    match (op, literal) {
        (Op::Equal, Literal::Null) => values.next().is_none(),
        (Op::NotEqual, Literal::Null) => values.next().is_some(),
        (Op::NotEqual, literal) => !values.any(|value| holds(at.leaf(), Op::Equal, value, literal)),
        (op, literal) => values.any(|value| holds(at.leaf(), op, value, literal)),
    }
}

fn holds(attribute: &Attribute, op: Op, value: &Value, literal: &Literal) -> bool {
    match (attribute.kind, value, literal) {
        (Type::DateTime, Value::String(value), Literal::Text(literal)) => {
            let instants = value.parse::<Timestamp>().ok().zip(literal.parse().ok());
            instants.is_some_and(|(value, literal)| ordered(op, value.cmp(&literal)))
        }
        (_, Value::String(value), Literal::Text(literal)) if attribute.exact => {
            text(op, value, literal)
        }
        (_, Value::String(value), Literal::Text(literal)) => {
            text(op, &value.to_lowercase(), &literal.to_lowercase())
        }
        (_, Value::Bool(value), Literal::Bool(literal)) => ordered(op, value.cmp(literal)),
        _ => false,
    }
}

fn text(op: Op, value: &str, literal: &str) -> bool {
    match op {
        Op::Contains => value.contains(literal),
        Op::StartsWith => value.starts_with(literal),
        Op::EndsWith => value.ends_with(literal),
        _ => ordered(op, value.cmp(literal)),
    }
}

fn ordered(op: Op, order: Ordering) -> bool {
    match op {
        Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Greater => order.is_gt(),
        Op::GreaterOrEqual => order.is_ge(),
        Op::Less => order.is_lt(),
        Op::LessOrEqual => order.is_le(),
        Op::Contains | Op::StartsWith | Op::EndsWith => false,
    }
}
