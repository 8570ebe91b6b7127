//! What the tests of every aggregate need.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{Actor, Context, Decider, PersonId, SectionId, SessionId, replay};
use standard::Role;

use crate::keeper::{Caller, Post};

/// An instant.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The instant most tests happen at.
pub(crate) fn now() -> Timestamp {
    at("2026-06-01T00:00:00Z")
}

/// A request by a member of staff.
pub(crate) fn person(now: Timestamp) -> Context {
    let actor = Actor::Person {
        id: PersonId::try_new("S0001").expect("an id"),
        session: SessionId::default(),
    };
    Context::new(actor, now, "request-1")
}

/// A request by the platform.
pub(crate) fn platform(now: Timestamp) -> Context {
    Context::new(Actor::Service("approvals".to_owned()), now, "request-1")
}

/// Someone who holds one post with one role.
pub(crate) fn caller(section: &str, role: Role) -> Caller {
    Caller {
        posts: vec![Post {
            sections: BTreeSet::from([SectionId::try_new(section).expect("an id")]),
            roles: BTreeSet::from([role]),
        }],
    }
}

/// The information manager of `sec-1`.
pub(crate) fn manager() -> Caller {
    caller("sec-1", Role::InformationManager)
}

/// Given these events, when this command comes, then these events or this refusal.
pub(crate) fn given<D: Decider>(
    history: &[D::Event],
    command: &D::Command,
    facts: &D::Facts,
    context: &Context,
) -> Result<Vec<D::Event>, D::Refusal> {
    replay::<D>(history).decide(command, facts, context)
}

/// The stable code of a refusal.
pub(crate) fn code<T: std::fmt::Debug, R: kernel::Refusal>(judged: Result<T, R>) -> &'static str {
    judged.expect_err("a refusal").code()
}
