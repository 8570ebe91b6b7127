//! Filters (RFC 7644, 3.4.2.2): what they say, read from text and written again. The crate there is
//! for it was last released in January 2024 and filters what is in memory only; a database wants the
//! filter itself.

mod bind;
mod matching;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

pub(super) use bind::Test;
pub(super) use parse::{Unreadable, parse, parse_path, path};

/// A filter; `P` is how it names attributes: as written, or as found in a schema.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter<P = Path> {
    /// It has a value.
    Present(P),
    /// One of its values compares so.
    Compare(P, Op, Literal),
    /// Both.
    And(Box<Self>, Box<Self>),
    /// Either.
    Or(Box<Self>, Box<Self>),
    /// Not.
    Not(Box<Self>),
    /// One of its values fits as a whole: `members[value eq "S1"]`.
    Each(P, Box<Self>),
}

/// How an attribute is named: `urn:…:User:name.sub`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// The schema, when it is named.
    pub(super) schema: Option<String>,
    /// The attribute.
    pub(super) name: String,
    /// One of its parts.
    pub(super) sub: Option<String>,
}

/// The path of a PATCH operation (RFC 7644, 3.5.2): `members[value eq "S1"].display`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    /// The attribute.
    pub(super) path: Path,
    /// Which of its values.
    pub(super) which: Option<Filter>,
    /// A part of those.
    pub(super) sub: Option<String>,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    /// Finite.
    Number(f64),
    Bool(bool),
    Null,
}

impl Op {
    const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|op| op.word().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.name)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(which) = &self.which {
            write!(f, "[{which}]")?;
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&serde_json::Value::from(text.as_str()).to_string()),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Bool(yes) => write!(f, "{yes}"),
            Self::Null => f.write_str("null"),
        }
    }
}

/// "and" binds closer than "or", and both to the left; brackets only where they are needed.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Compare(path, op, literal) => write!(f, "{path} {} {literal}", op.word()),
            Self::And(left, right) => {
                let or = |one: &Self| matches!(one, Self::Or(..));
                let and = |one: &Self| matches!(one, Self::And(..));
                let left = Bracketed(left, or(left));
                let right = Bracketed(right, or(right) || and(right));
                write!(f, "{left} and {right}")
            }
            Self::Or(left, right) => {
                let right = Bracketed(right, matches!(**right, Self::Or(..)));
                write!(f, "{left} or {right}")
            }
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Each(path, inner) => write!(f, "{path}[{inner}]"),
        }
    }
}

struct Bracketed<'a>(&'a Filter, bool);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(filter, true) => write!(f, "({filter})"),
            Self(filter, false) => write!(f, "{filter}"),
        }
    }
}
