//! What resources there are and what they hold (RFC 7643): one table, by which filters are read,
//! changes judged, and `/Schemas` answered.

mod table;
mod told;

use serde_json::Value;

use super::filter::Path;

pub(super) use table::{ENTERPRISE, GROUP, USER};

/// A kind of resource.
#[derive(Debug)]
pub(super) struct Kind {
    /// `User`.
    pub(super) name: &'static str,
    /// `/Users`.
    pub(super) endpoint: &'static str,
    /// Attributes that belong to no schema: `id`, `meta`.
    pub(super) common: &'static [Attribute],
    /// Its own attributes.
    pub(super) schema: &'static Schema,
    /// Further ones, each schema under its own name in the resource.
    pub(super) extensions: &'static [&'static Schema],
}

/// A schema.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) attributes: &'static [Attribute],
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) kind: Type,
    /// It has a list of values.
    pub(super) multi: bool,
    pub(super) required: bool,
    /// Upper and lower case differ.
    pub(super) exact: bool,
    pub(super) change: Change,
    /// It is in every answer, whatever is asked for.
    pub(super) always: bool,
    /// No two resources have the same.
    pub(super) unique: bool,
    /// The parts of a complex one.
    pub(super) sub: &'static [Attribute],
    /// The only values it takes, if they are few.
    pub(super) words: &'static [&'static str],
    pub(super) about: &'static str,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Bool,
    DateTime,
    Reference,
    Complex,
}

/// Who may change an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nobody from outside.
    Never,
    /// Set once.
    Once,
    /// Whoever may write.
    Free,
}

/// Where an attribute, or a part of one, is found in a resource.
#[derive(Debug, Clone)]
pub(super) struct At {
    /// The extension it is in.
    pub(super) extension: Option<&'static Schema>,
    /// The attribute.
    pub(super) attribute: &'static Attribute,
    /// Its part.
    pub(super) sub: Option<&'static Attribute>,
}

/// The attribute of that name, in whatever case.
pub(super) fn named(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    let mut all = attributes.iter();
    all.find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

impl Kind {
    /// The attribute that a path names.
    pub(super) fn find(&self, path: &Path) -> Option<At> {
        let (extension, attribute) = match &path.schema {
            None => (None, self.own(&path.name)),
            Some(id) if id.eq_ignore_ascii_case(self.schema.id) => (None, self.own(&path.name)),
            Some(id) => {
                let extension = self.extension(id)?;
                (Some(extension), named(extension.attributes, &path.name))
            }
        };
        let attribute = attribute?;
        let sub = match &path.sub {
            None => None,
            Some(sub) => Some(named(attribute.sub, sub)?),
        };
        Some(At {
            extension,
            attribute,
            sub,
        })
    }

    /// The extension of that id.
    pub(super) fn extension(&self, id: &str) -> Option<&'static Schema> {
        let mut all = self.extensions.iter();
        all.find(|schema| schema.id.eq_ignore_ascii_case(id))
            .copied()
    }

    /// Every schema.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &'static Schema> {
        std::iter::once(self.schema).chain(self.extensions.iter().copied())
    }

    fn own(&self, name: &str) -> Option<&'static Attribute> {
        named(self.common, name).or_else(|| named(self.schema.attributes, name))
    }
}

impl At {
    /// A part of a complex attribute, to be asked of one of its values.
    pub(super) fn part(attribute: &'static Attribute) -> Self {
        Self {
            extension: None,
            attribute,
            sub: None,
        }
    }

    /// The attribute, or the part of it that is meant.
    pub(super) fn leaf(&self) -> &'static Attribute {
        self.sub.unwrap_or(self.attribute)
    }

    /// What is compared: of a complex attribute its `value`, if it has one.
    pub(super) fn comparable(mut self) -> Option<Self> {
        if self.leaf().kind == Type::Complex {
            self.sub = Some(named(self.attribute.sub, "value")?);
        }
        Some(self)
    }

    /// Its values in a resource; of a list, each.
    pub(super) fn values<'a>(&self, resource: &'a Value) -> Vec<&'a Value> {
        let holder = match self.extension {
            Some(schema) => resource.get(schema.id),
            None => Some(resource),
        };
        let whole = holder.and_then(|holder| holder.get(self.attribute.name));
        let several: Vec<&Value> = match whole {
            Some(Value::Array(several)) => several.iter().collect(),
            one => one.into_iter().collect(),
        };
        match self.sub {
            None => several,
            Some(sub) => {
                let parts = several.into_iter();
                parts.filter_map(|one| one.get(sub.name)).collect()
            }
        }
    }
}
