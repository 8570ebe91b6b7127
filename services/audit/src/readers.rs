//! Who reads which records (7-1-(4)-3): some all of them, a bureau's managers what concerns the bureau,
//! everybody what they did themselves, their own accesses and who looked at them.
//!
//! The limit is part of the question to the index, so that neither a page nor its length tells of what
//! the reader may not read. Who reads of other people's accesses is put on record first.

pub(crate) mod accesses;
mod recording;

use directory::Directory;
use jiff::Timestamp;
use kernel::PersonId;
use standard::Role;

pub(crate) use recording::{Asked, DIGESTS, REPLAY, Reading, Recording, STREAM};

use crate::{index::term, store::search::Filter};

/// Who reads every record.
pub(crate) const CITY: [Role; 4] = [
    Role::Auditor,
    Role::Ciso,
    Role::CsirtChief,
    Role::CsirtStaff,
];
/// Whose post opens its bureau's.
const BUREAU: [Role; 2] = [Role::BureauManager, Role::CsirtManager];

/// What one reader may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything.
    City,
    /// Records with any of these terms.
    Part(Vec<String>),
}

impl Scope {
    /// By the roles of the reader's token for the city; by the posts held at that instant for a
    /// bureau, since a token does not say which.
    pub(crate) fn of(person: &PersonId, roles: &[Role], city: &Directory, now: Timestamp) -> Self {
        if roles.iter().any(|role| CITY.contains(role)) {
            return Self::City;
        }
        let posts = city.posts_of(person, now);
        let managed = posts.filter(|(_, post)| BUREAU.iter().any(|role| post.roles.contains(role)));
        let bureaus = managed.filter_map(|(_, post)| city.bureau_of_post(post));
        let mut terms: Vec<String> = bureaus.map(|id| term::bureau(id.as_str())).collect();
        terms.push(term::own(person.as_str()));
        Self::Part(terms)
    }

    /// Whether a post opens more than what everybody reads of their own.
    pub(crate) fn is_by_post(&self) -> bool {
        match self {
            Self::City => true,
            Self::Part(terms) => terms.len() > 1,
        }
    }

    /// The filter that leaves what the reader may read.
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            any: match self {
                Self::City => None,
                Self::Part(terms) => Some(terms.clone()),
            },
            ..Filter::default()
        }
    }
}

#[cfg(test)]
mod tests;
