//! What the tests stand on: two sections of one bureau, and the people of the chain.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{Actor, Context, PersonId, SessionId};
use standard::{Pack, Role};

use crate::{Facts, Office, System};

pub(crate) fn pack() -> Pack {
    Pack::sendai().expect("the built-in pack")
}

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

pub(crate) fn person(text: &str) -> PersonId {
    id(text)
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// When most tests happen: a Wednesday morning in Sendai.
pub(crate) fn now() -> Timestamp {
    at("2026-07-01T00:00:00Z")
}

/// A request by a member of staff.
pub(crate) fn staff(who: &str, now: Timestamp) -> Context {
    let actor = Actor::Person {
        id: person(who),
        session: SessionId::default(),
    };
    Context::new(actor, now, "request-1")
}

/// A request by the platform.
pub(crate) fn platform(now: Timestamp) -> Context {
    Context::new(Actor::Service("incidents".to_owned()), now, "request-1")
}

/// A section of the bureau: its head `im-<section>`, the bureau manager `bm`, the CSIRT manager
/// `cm`, the CSIRT chief `chief` and the CISO `ciso`.
pub(crate) fn office(section: &str) -> Office {
    let head = format!("im-{section}");
    let holders = [
        (Role::InformationManager, head.as_str()),
        (Role::BureauManager, "bm"),
        (Role::CsirtManager, "cm"),
        (Role::CsirtChief, "chief"),
        (Role::Ciso, "ciso"),
    ];
    Office {
        section: Some(id(section)),
        parent: None,
        bureau: Some(id("bureau-1")),
        holders: holders
            .into_iter()
            .map(|(role, who)| (role, BTreeSet::from([person(who)])))
            .collect(),
    }
}

/// Section `sec-1`; system `sys-1` (important) and `sys-2` (not) of `sec-2`, `sys-9` retired.
pub(crate) fn facts() -> Facts {
    let system = |important, retired| System {
        owner: office("sec-2"),
        important,
        retired,
    };
    Facts {
        pack: Arc::new(pack()),
        office: office("sec-1"),
        systems: BTreeMap::from([
            (id("sys-1"), system(true, false)),
            (id("sys-2"), system(false, false)),
            (id("sys-9"), system(false, true)),
        ]),
        deputies: Vec::new(),
        machines: Arc::new(["siem".to_owned()].into()),
    }
}
