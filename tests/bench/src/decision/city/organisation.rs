//! Sections, posts and who holds them, and what heads of sections arranged for their absence.

use std::collections::{BTreeMap, BTreeSet};

use directory::{Absence, Delegation, Nomination, Plan, Post, Section};
use identity_domain::decision::{Fact, Holders};
use jiff::Timestamp;
use kernel::{AbsenceId, PersonId, PostId, SectionId, SystemId, Timeline};
use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{Action, Role};

use super::{
    SECTIONS, SYSTEMS, Said,
    draw::{edge, hours, spells},
    ids::{bureau_id, person_id, post_id, section_id, system_id},
};

/// Those of the staff who hold posts and are named deputies, the same number in each section.
pub(super) const OFFICIALS: usize = 3 * SECTIONS;
/// The last sections are third-class offices, one of each of the first.
const OFFICES: usize = 2;
const BUREAUS: usize = 3;
/// Three posts in a section, one in a bureau, and the city's two.
pub(super) const POSTS: usize = 3 * SECTIONS + BUREAUS + 2;

/// What is beside the facts of accesses: whose the systems are, and which posts there are.
pub(crate) struct Organisation {
    pub(crate) sections: BTreeMap<SectionId, Section>,
    pub(crate) posts: BTreeMap<PostId, Post>,
    pub(crate) delegations: BTreeMap<SectionId, Delegation>,
    pub(crate) owners: BTreeMap<SystemId, SectionId>,
}

pub(super) fn is_official(person: usize) -> bool {
    person < OFFICIALS
}

impl Organisation {
    pub(super) fn say(random: &mut StdRng, now: Timestamp, said: &mut Said) -> Self {
        let sections = (0..SECTIONS).map(|n| (section_id(n), section(n)));
        let owners = (0..SYSTEMS).map(|n| (system_id(n), section_id(n % SECTIONS)));
        let (mut posts, mut heads) = (BTreeMap::new(), BTreeMap::new());
        for (n, (role, seat)) in seats().into_iter().enumerate() {
            posts.insert(post_id(n), post(role, seat));
            // Some posts nobody ever held.
            if random.random_bool(0.15) {
                continue;
            }
            let holders = spells(random, now, 0.6, |random| official(random, seat));
            if let (Role::InformationManager, Seat::Section(section)) = (role, seat) {
                heads.insert(section, holders.clone());
            }
            let post = post_id(n);
            said.all.push(Fact::Holders(Holders { post, holders }));
        }
        let delegations = (0..SECTIONS).map(|n| {
            let heads = heads.get(&n).or_else(|| heads.get(&parent(n)?));
            (section_id(n), delegation(random, n, heads, now))
        });
        Self {
            sections: sections.collect(),
            posts,
            delegations: delegations.collect(),
            owners: owners.collect(),
        }
    }
}

#[derive(Clone, Copy)]
enum Seat {
    Section(usize),
    Bureau(usize),
    City,
}

fn seats() -> Vec<(Role, Seat)> {
    let in_section = [
        Role::InformationManager,
        Role::DeputyInformationManager,
        Role::SystemStaff,
    ];
    let in_section = in_section.into_iter();
    let in_sections =
        in_section.flat_map(|role| (0..SECTIONS).map(move |n| (role, Seat::Section(n))));
    let in_bureaus = (0..BUREAUS).map(|n| (Role::BureauManager, Seat::Bureau(n)));
    let in_city = [Role::Ciso, Role::NetworkManager].map(|role| (role, Seat::City));
    in_sections.chain(in_bureaus).chain(in_city).collect()
}

fn post(role: Role, seat: Seat) -> Post {
    let (section, bureau) = match seat {
        Seat::Section(n) => (Some(section_id(n)), None),
        Seat::Bureau(n) => (None, Some(bureau_id(n))),
        Seat::City => (None, None),
    };
    Post {
        title: role.to_string(),
        section,
        bureau,
        roles: vec![role],
    }
}

fn section(n: usize) -> Section {
    Section {
        name: section_id(n).to_string(),
        bureau: bureau_id(bureau(n)),
        parent: parent(n).map(section_id),
    }
}

fn parent(section: usize) -> Option<usize> {
    section.checked_sub(SECTIONS - OFFICES)
}

fn bureau(section: usize) -> usize {
    parent(section).unwrap_or(section) % BUREAUS
}

/// Mostly somebody from there.
fn official(random: &mut StdRng, seat: Seat) -> PersonId {
    let near = |n: &usize| match seat {
        Seat::Section(section) => n % SECTIONS == section || parent(n % SECTIONS) == Some(section),
        Seat::Bureau(of) => bureau(n % SECTIONS) == of,
        Seat::City => true,
    };
    let all = 0..OFFICIALS;
    let near: Vec<usize> = match random.random_bool(0.8) {
        true => all.filter(near).collect(),
        false => all.collect(),
    };
    person_id(*near.choose(random).expect("officials everywhere"))
}

fn delegation(
    random: &mut StdRng,
    n: usize,
    heads: Option<&Timeline<PersonId>>,
    now: Timestamp,
) -> Delegation {
    let seat = Seat::Section(n);
    let roles = [Role::DeputyInformationManager, Role::SystemStaff];
    let nominations = (0..random.random_range(0..6)).map(|_| Nomination {
        person: official(random, seat),
        role: *roles.choose(random).expect("a role"),
        since: long_ago_or_now(random, 48, now),
        until: random.random_bool(0.3).then(|| edge(random, now)),
    });
    let nominations = nominations.collect();
    let plan = random.random_bool(0.85).then(|| Plan {
        principal: head(random, seat, heads),
        since: long_ago_or_now(random, 48, now),
        until: match random.random_bool(0.8) {
            true => now + hours(1_000),
            false => edge(random, now),
        },
        actions: (0..OFFICIALS)
            .map(|n| (person_id(n), actions(random)))
            .collect(),
    });
    let absences = (0..random.random_range(0..4)).map(|at| Absence {
        id: AbsenceId::try_new(format!("absence-{n}-{at}")).expect("an id"),
        principal: head(random, seat, heads),
        // Before the plan was written, and after.
        since: match random.random_bool(0.3) {
            true => now - hours(72),
            false => long_ago_or_now(random, 24, now),
        },
        until: match random.random_bool(0.7) {
            true => now + hours(5),
            false => edge(random, now),
        },
    });
    Delegation {
        nominations,
        plan,
        absences: absences.collect(),
    }
}

/// Mostly one of those who hold or held the post.
fn head(random: &mut StdRng, seat: Seat, heads: Option<&Timeline<PersonId>>) -> PersonId {
    let known = heads.filter(|_| random.random_bool(0.9));
    let one = known.and_then(|known| known.spells().choose(random));
    match one {
        Some(spell) => spell.value.clone(),
        None => official(random, seat),
    }
}

fn actions(random: &mut StdRng) -> BTreeSet<String> {
    let all = [
        Action::SystemManage,
        Action::NetworkManage,
        Action::TerminalProtect,
        Action::IncidentRecover,
    ];
    let some = all.iter().filter(|_| random.random_bool(0.7));
    some.map(ToString::to_string).collect()
}

fn long_ago_or_now(random: &mut StdRng, before: i64, now: Timestamp) -> Timestamp {
    match random.random_bool(0.75) {
        true => now - hours(before),
        false => edge(random, now),
    }
}
