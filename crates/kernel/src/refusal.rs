//! What every domain error can say of itself, so that one place can turn it into an answer.

use std::time::Duration;

use crate::ClauseId;

/// The family of a refusal; `rpc` maps each to one gRPC status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nobody known asks, or with a token that is not good (UNAUTHENTICATED).
    Unauthenticated,
    /// The request itself is malformed or names something impossible (INVALID_ARGUMENT).
    Invalid,
    /// What it names does not exist (NOT_FOUND).
    NotFound,
    /// The caller may not do this (PERMISSION_DENIED).
    Denied,
    /// Someone else changed it first, or it exists already (ABORTED / ALREADY_EXISTS).
    Conflict,
    /// Right request, wrong state or a rule of the standard stands against it (FAILED_PRECONDITION).
    Precondition,
    /// A limit is used up; try again later (RESOURCE_EXHAUSTED).
    Exhausted,
}

/// What somebody verifies before the same is carried out (RFC 9470).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// The value of `acr` their session needs: `urn:sekisho:aal2`.
    pub acr: &'static str,
    /// How long ago they verified it at most; none where any time in the session does.
    pub max_age: Option<Duration>,
}

/// A domain error: a family, a stable code, its clauses, and words for people in two languages.
///
/// `Display` is the English sentence. Each code has a line in `docs/errors.md`.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// The family.
    fn kind(&self) -> Kind;
    /// Stable, lower snake case, unique in the platform: `permit_class_not_allowed`.
    fn code(&self) -> &'static str;
    /// The clauses of the standard this refusal serves; empty only for plain input errors.
    fn clauses(&self) -> Vec<ClauseId> {
        Vec::new()
    }
    /// The request field at fault, in proto spelling (`owner_section_id`), when one is.
    fn field(&self) -> Option<String> {
        None
    }
    /// How long it takes until the same may be worth another try, where that is known.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
    /// What to verify first, where that is what stands against it.
    fn challenge(&self) -> Option<Challenge> {
        None
    }
    /// The sentence a person reads, in Japanese.
    fn message_ja(&self) -> String;
    /// Every field at fault, where a request is judged as a whole; the one of [`Refusal::field`]
    /// unless there are several.
    fn faults(&self) -> Vec<Fault> {
        Fault::of(self)
    }
}

/// Of what no rule can stand against.
impl Refusal for std::convert::Infallible {
    fn kind(&self) -> Kind {
        match *self {}
    }

    fn code(&self) -> &'static str {
        match *self {}
    }

    fn message_ja(&self) -> String {
        match *self {}
    }
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The request field, in proto spelling.
    pub field: String,
    /// What is wrong with it, in English.
    pub message_en: String,
    /// The same in Japanese.
    pub message_ja: String,
}

impl Fault {
    /// The one field a refusal names, with the refusal's own words.
    pub fn of<R: Refusal + ?Sized>(refusal: &R) -> Vec<Self> {
        let one = |field| Self {
            field,
            message_en: refusal.to_string(),
            message_ja: refusal.message_ja(),
        };
        refusal.field().map(one).into_iter().collect()
    }
}
