//! A filter in the database's words: to the end where it can judge it, and otherwise as a condition
//! that whatever fits fulfils, so that less is looked through.

use identity_domain::account::Standing;
use sea_orm::{
    ExprTrait as _,
    sea_query::{Condition, Expr},
};

use super::read::of;
use crate::{
    scim::{
        filter::{Filter, Literal, Op, Test},
        schema::At,
    },
    store::{query, search_key, standing},
};

/// See the module.
pub(super) struct Narrowed {
    /// What whoever fits the filter fulfils; none = nothing.
    pub(super) fits: Option<Condition>,
    /// Whoever fulfils it fits the filter.
    pub(super) exact: bool,
}

pub(super) fn of_person(name: &'static str) -> Expr {
    of("person", name)
}

pub(super) fn of_account(name: &'static str) -> Expr {
    of("account", name)
}

pub(super) fn of_link(name: &'static str) -> Expr {
    of("provisioning", name)
}

impl Narrowed {
    /// Everybody fits.
    pub(super) fn all() -> Self {
        Self {
            fits: None,
            exact: true,
        }
    }

    /// What a filter says.
    pub(super) fn by(test: &Test) -> Self {
        match test {
            Filter::Present(at) => match name(at) {
                ("externalId", None) => exactly(linked()),
                _ => Self::unknown(),
            },
            Filter::Compare(at, op, literal) => compared(at, *op, literal),
            Filter::And(left, right) => Self::by(left).and(Self::by(right)),
            Filter::Or(left, right) => Self::by(left).or(Self::by(right)),
            Filter::Not(inner) => Self::by(inner).not(),
            Filter::Each(..) => Self::unknown(),
        }
    }

    fn unknown() -> Self {
        Self {
            fits: None,
            exact: false,
        }
    }

    fn part(fits: Expr) -> Self {
        Self {
            fits: Some(Condition::all().add(fits)),
            exact: false,
        }
    }

    fn and(self, other: Self) -> Self {
        let fits = match (self.fits, other.fits) {
            (Some(left), Some(right)) => Some(Condition::all().add(left).add(right)),
            (left, right) => left.or(right),
        };
        Self {
            fits,
            exact: self.exact && other.exact,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self.fits, other.fits) {
            (Some(left), Some(right)) => Self {
                fits: Some(Condition::any().add(left).add(right)),
                exact: self.exact && other.exact,
            },
            _ => Self::unknown(),
        }
    }

    /// Of what is only narrowed, the contrary is not known.
    fn not(self) -> Self {
        match self {
            Self {
                fits: Some(fits),
                exact: true,
            } => exactly(fits.not()),
            _ => Self::unknown(),
        }
    }
}

fn exactly(fits: Condition) -> Narrowed {
    Narrowed {
        fits: Some(fits),
        exact: true,
    }
}

fn name(at: &At) -> (&'static str, Option<&'static str>) {
    (at.attribute.name, at.sub.map(|sub| sub.name))
}

fn compared(at: &At, op: Op, literal: &Literal) -> Narrowed {
    match (name(at), op, literal) {
        (_, Op::NotEqual, _) => compared(at, Op::Equal, literal).not(),
        (("id" | "userName" | "employeeNumber", None), op, Literal::Text(text)) => {
            let id = of_person("id");
            match op {
                Op::Equal => exactly(Condition::all().add(id.eq(text.as_str()))),
                // Of letters that differ in case only, SQLite finds both.
                Op::Contains | Op::StartsWith | Op::EndsWith => {
                    Narrowed::part(id.like(query::containing(text)))
                }
                _ => Narrowed::unknown(),
            }
        }
        (("externalId", None), Op::Equal, Literal::Text(text)) => {
            exactly(linked().add(of_link("external_id").eq(text.as_str())))
        }
        (("externalId", None), Op::Equal, Literal::Null) => exactly(linked().not()),
        (("active", None), Op::Equal, Literal::Bool(active)) => {
            let column = || of_account("standing");
            // Not known is not stopped, and its contrary must not be unknown.
            let stopped = Condition::all()
                .add(column().is_not_null())
                .add(column().eq(standing(Standing::Disabled)));
            exactly(if *active { stopped.not() } else { stopped })
        }
        (("displayName", None), Op::Equal, Literal::Text(text)) => {
            let search = of_person("search");
            Narrowed::part(search.like(query::containing(&search_key(text))))
        }
        (("department", None) | ("groups", Some("value")), Op::Equal, Literal::Text(text)) => {
            let sections = of_person("sections");
            Narrowed::part(sections.like(query::containing(&format!("/{text}/"))))
        }
        _ => Narrowed::unknown(),
    }
}

/// The directory has an id for the person.
fn linked() -> Condition {
    Condition::all().add(of_link("external_id").is_not_null())
}
