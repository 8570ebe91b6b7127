//! A filter whose attributes were found in a schema, and whose comparisons have a meaning there.

use super::{Filter, Literal, Op, Path};
use crate::scim::{
    refused::Refused,
    schema::{At, Attribute, Kind, Type, named},
};

/// A filter that can be asked of resources.
pub(in crate::scim) type Test = Filter<At>;

impl Filter {
    /// Finds every attribute.
    ///
    /// # Errors
    /// When there is no such attribute, or no such comparison with it.
    pub(in crate::scim) fn bind(&self, kind: &Kind) -> Result<Test, Refused> {
        self.bound(&|path: &Path| kind.find(path))
    }

    /// The same for what stands in the brackets of a complex attribute.
    pub(in crate::scim) fn bind_in(&self, of: &'static Attribute) -> Result<Test, Refused> {
        self.bound(&|path: &Path| match path {
            Path {
                schema: None,
                name,
                sub: None,
            } => named(of.sub, name).map(At::part),
            _ => None,
        })
    }

    fn bound(&self, find: &dyn Fn(&Path) -> Option<At>) -> Result<Test, Refused> {
        let found = |path: &Path| {
            find(path)
                .ok_or_else(|| Refused::FilterUnsupported(format!("there is no attribute {path}")))
        };
        let both = |left: &Self, right: &Self| -> Result<_, Refused> {
            Ok((left.bound(find)?.into(), right.bound(find)?.into()))
        };
        Ok(match self {
            Self::Present(path) => Filter::Present(found(path)?),
            Self::Compare(path, op, literal) => {
                let at = found(path)?.comparable();
                let sensible = at.as_ref().is_some_and(|at| compares(at, *op, literal));
                match (at, sensible) {
                    (Some(at), true) => Filter::Compare(at, *op, literal.clone()),
                    _ => return Err(Refused::FilterUnsupported(format!("{self} has no meaning"))),
                }
            }
            Self::And(left, right) => {
                let (left, right) = both(left, right)?;
                Filter::And(left, right)
            }
            Self::Or(left, right) => {
                let (left, right) = both(left, right)?;
                Filter::Or(left, right)
            }
            Self::Not(inner) => Filter::Not(inner.bound(find)?.into()),
            Self::Each(path, inner) => {
                let at = found(path)?;
                if at.leaf().kind != Type::Complex {
                    let why = format!("{path} has no parts");
                    return Err(Refused::FilterUnsupported(why));
                }
                let inner = inner.bind_in(at.leaf())?;
                Filter::Each(at, inner.into())
            }
        })
    }
}

/// Whether values of that type compare so (RFC 7644, 3.4.2.2).
fn compares(at: &At, op: Op, literal: &Literal) -> bool {
    let equality = matches!(op, Op::Equal | Op::NotEqual);
    let part = matches!(op, Op::Contains | Op::StartsWith | Op::EndsWith);
    match (at.leaf().kind, literal) {
        (_, Literal::Null) => equality,
        (Type::Text | Type::Reference, Literal::Text(_)) => true,
        (Type::Bool, Literal::Bool(_)) => equality,
        (Type::DateTime, Literal::Text(text)) => !part && text.parse::<jiff::Timestamp>().is_ok(),
        _ => false,
    }
}
