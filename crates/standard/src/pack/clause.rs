//! An obligation of the standard.

use kernel::ClauseId;

use crate::{Mode, Role, ServiceName, Strength};

/// One obligation, in our own short words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// `section-item-bullet`.
    pub id: ClauseId,
    /// Short title, Japanese.
    pub title_ja: String,
    /// Short title, English.
    pub title_en: String,
    /// Who must see to it.
    pub obliged: Obliged,
    /// How strongly it binds.
    pub strength: Strength,
    /// The service that serves it first.
    pub service: ServiceName,
    /// The kind of work that serves it first.
    pub mode: Mode,
    /// Other kinds of work that serve it too.
    pub also: Vec<Mode>,
    /// A remark; may be empty.
    pub note: String,
}

impl Clause {
    /// The kinds of work it asks for, the first one first.
    pub fn modes(&self) -> impl Iterator<Item = Mode> {
        std::iter::once(self.mode).chain(self.also.iter().copied())
    }
}

/// Who an obligation falls on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obliged {
    /// The city as such: the clause sets up a role.
    City,
    /// Holders of these roles.
    Roles(Vec<Role>),
    /// The text names nobody.
    Unnamed,
}

/// A kind of work that a clause asks for and the platform does not do yet, admitted openly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYetServed {
    /// The clause.
    pub clause: ClauseId,
    /// The kind of work, one of the clause's.
    pub mode: Mode,
    /// Why not, Japanese.
    pub reason_ja: String,
    /// Why not, English.
    pub reason_en: String,
}
