//! A small city for tests.
//!
//! Bureau B1 has sections S1 (manager IM1, third-class office O1) and S2 (manager IM2, owner of
//! the systems); its manager is BM1. Bureau B2 is the CISO's own (so CISO is its manager too) and
//! has section S9, whose manager NM is also the network manager. In B3 every post is vacant.

use std::{
    collections::BTreeSet,
    fmt::Debug,
    str::FromStr,
    sync::{Arc, LazyLock},
};

use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Context, PersonId, SessionId};
use standard::{InformationClass, Pack, Role};

use crate::{Facts, Information, Organisation, Post, Section, System};

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| Arc::new(Pack::sendai().expect("the pack")));

pub(crate) fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

pub(crate) fn people<T: FromIterator<PersonId>>(ids: &[&str]) -> T {
    ids.iter().map(|one| id(one)).collect()
}

/// 10:00 on 1 April 2026, a Wednesday, in Japan.
pub(crate) fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-04-01T01:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_hours(hours)
}

pub(crate) fn by(person: &str, hours: i64) -> Context {
    let actor = Actor::Person {
        id: id(person),
        session: SessionId::default(),
    };
    Context::new(actor, at(hours), "test")
}

pub(crate) fn by_service(hours: i64) -> Context {
    Context::new(Actor::Service("approvals".into()), at(hours), "test")
}

pub(crate) fn facts() -> Facts {
    let system = |owner: &str, important| System {
        owner: id(owner),
        important,
        retired: false,
    };
    let retired = System {
        retired: true,
        ..system("S2", false)
    };
    let information = |class, personal| Information { class, personal };
    Facts {
        pack: Arc::clone(&PACK),
        organisation: organisation(),
        systems: [
            (id("important"), system("S2", true)),
            (id("plain"), system("S2", false)),
            (id("centre"), system("S9", true)),
            (id("old"), retired),
        ]
        .into(),
        information: [
            (id("info-I"), information(InformationClass::I, false)),
            (id("info-III"), information(InformationClass::III, false)),
            (id("info-person"), information(InformationClass::II, true)),
        ]
        .into(),
        devices: [id("PC-1")].into(),
        networks: [id("NET-1")].into(),
        unreported: Vec::new(),
    }
}

pub(crate) fn vacate(facts: &mut Facts, post: &str) {
    let post = facts.organisation.posts.get_mut(&id(post));
    post.expect("the post").holder = None;
}

pub(crate) fn seat(facts: &mut Facts, post: &str, person: &str) {
    let post = facts.organisation.posts.get_mut(&id(post));
    post.expect("the post").holder = Some(id(person));
}

fn organisation() -> Organisation {
    let section = |bureau: &str, parent: Option<&str>| Section {
        bureau: id(bureau),
        parent: parent.map(id),
    };
    let post = |roles: &[Role], bureau: &str, section: &str, holder: &str| Post {
        roles: roles.to_vec(),
        bureau: (!bureau.is_empty()).then(|| id(bureau)),
        section: (!section.is_empty()).then(|| id(section)),
        holder: (!holder.is_empty()).then(|| id(holder)),
    };
    let manager = &[Role::InformationManager];
    Organisation {
        sections: [
            (id("S1"), section("B1", None)),
            (id("O1"), section("B1", Some("S1"))),
            (id("S2"), section("B1", None)),
            (id("S3"), section("B3", None)),
            (id("S9"), section("B2", None)),
        ]
        .into(),
        posts: [
            (id("ciso"), post(&[Role::Ciso], "", "", "CISO")),
            (id("bm1"), post(&[Role::BureauManager], "B1", "", "BM1")),
            (id("bm2"), post(&[Role::BureauManager], "B2", "", "CISO")),
            (id("bm3"), post(&[Role::BureauManager], "B3", "", "")),
            (id("im1"), post(manager, "", "S1", "IM1")),
            (id("im2"), post(manager, "B1", "S2", "IM2")),
            (id("im3"), post(manager, "B3", "S3", "")),
            (id("im9"), post(manager, "B2", "S9", "NM")),
            (id("nm"), post(&[Role::NetworkManager], "B2", "S9", "NM")),
            (id("aud1"), post(&[Role::Auditor], "", "", "AUD1")),
            (id("aud2"), post(&[Role::Auditor], "", "", "AUD2")),
        ]
        .into(),
        people: [
            (id("A"), id("S1")),
            (id("O"), id("O1")),
            (id("B"), id("S2")),
            (id("C"), id("S3")),
            (id("N"), id("S9")),
            (id("IM1"), id("S1")),
            (id("IM2"), id("S2")),
            (id("NM"), id("S9")),
        ]
        .into(),
        nobodys: BTreeSet::new(),
        deputies: Vec::new(),
    }
}
