//! Cities made up from a number: vacant posts, several posts in one hand, third-class offices,
//! deputies named and by post, plans and absences that hold and that do not. One number makes one
//! city, so a failure names it and comes back.

use std::collections::{BTreeMap, BTreeSet};

use directory::{
    Absence, Bureau, Delegation, Nomination, Person, Plan, Post, Section, System, kind,
};
use jiff::{SignedDuration, Timestamp};
use kernel::{BureauId, PersonId, SectionId, Spell, SystemId, Timeline};
use serde::Serialize;
use standard::{NetworkClass, Role};
use store::facts::{Change, Fact};

/// Numbers from a number.
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    /// Begins with a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).expect("a number");
        usize::try_from((mixed ^ (mixed >> 31)) % bound).expect("below the bound")
    }

    /// One of these, which are some.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// True so many times in four.
    pub fn quarters(&mut self, so_many: usize) -> bool {
        self.below(4) < so_many
    }
}

/// A city as identity and ledger would tell of it.
#[derive(Debug)]
pub struct AnyCity {
    /// What they say.
    pub facts: Vec<Fact>,
    /// Everybody.
    pub people: Vec<PersonId>,
    /// The sections, a third-class office among them.
    pub sections: Vec<SectionId>,
    /// The bureaus.
    pub bureaus: Vec<BureauId>,
    /// The systems.
    pub systems: Vec<SystemId>,
    /// For whatever else the test makes up.
    pub draw: Draw,
}

const SECTIONS: [(&str, &str, Option<&str>); 4] = [
    ("s0", "b0", None),
    ("s1", "b0", None),
    ("s2", "b1", None),
    ("o0", "b0", Some("s0")),
];

/// Post, section, bureau, roles.
const POSTS: [(&str, &str, &str, &[Role]); 18] = [
    ("im-s0", "s0", "", &[Role::InformationManager]),
    ("im-s1", "s1", "", &[Role::InformationManager]),
    ("im-s2", "s2", "b1", &[Role::InformationManager]),
    ("im-o0", "o0", "", &[Role::InformationManager]),
    ("bm-b0", "", "b0", &[Role::BureauManager]),
    ("bm-b1", "", "b1", &[Role::BureauManager]),
    ("ciso", "", "", &[Role::Ciso]),
    ("nm", "s2", "", &[Role::NetworkManager]),
    ("chief", "", "", &[Role::CsirtChief]),
    ("cm-b0", "s1", "", &[Role::CsirtManager]),
    ("cm-b1", "", "b1", &[Role::CsirtManager]),
    ("cs", "s2", "", &[Role::CsirtStaff]),
    ("aud-1", "", "", &[Role::Auditor]),
    ("aud-2", "s1", "", &[Role::Auditor]),
    ("dep-s0", "s0", "", &[Role::DeputyInformationManager]),
    ("dep-o0", "o0", "", &[Role::DeputyInformationManager]),
    ("staff-s2", "s2", "", &[Role::SystemStaff]),
    (
        "second-s1",
        "s1",
        "",
        &[Role::SystemStaff, Role::DeputyInformationManager],
    ),
];

const PEOPLE: usize = 12;

impl AnyCity {
    /// The instant the city is made for.
    pub fn now() -> Timestamp {
        "2026-07-01T00:00:00Z".parse().expect("an instant")
    }

    /// The city of a number. `actions`: what plans for absences may name.
    pub fn of(seed: u64, actions: &[String]) -> Self {
        let people = (0..PEOPLE).map(|at| id(&format!("p{at}"))).collect();
        let mut city = Self {
            facts: Vec::new(),
            people,
            sections: SECTIONS.iter().map(|(section, ..)| id(section)).collect(),
            bureaus: vec![id("b0"), id("b1")],
            systems: vec![id("y0"), id("y1"), id("y2")],
            draw: Draw::new(seed),
        };
        city.organise();
        let heads = city.seat();
        for section in city.sections.clone() {
            city.delegate(&section, heads.get(section.as_str()), actions);
        }
        for (system, owner) in [("y0", "s0"), ("y1", "s2"), ("y2", "o0")] {
            let important = city.draw.quarters(2);
            city.say(kind::SYSTEM, system, &system_of(owner, important));
        }
        city
    }

    fn say(&mut self, kind: &'static str, id: &str, body: &impl Serialize) {
        let change = Change::known(kind, id, body);
        self.facts.push(Fact {
            kind: change.kind.to_owned(),
            id: change.id,
            body: change.body,
            position: 1,
        });
    }

    fn organise(&mut self) {
        for bureau in ["b0", "b1"] {
            let known = Bureau {
                name: bureau.to_owned(),
                ward: false,
            };
            self.say(kind::BUREAU, bureau, &known);
        }
        for (section, bureau, parent) in SECTIONS {
            let known = Section {
                name: section.to_owned(),
                bureau: id(bureau),
                parent: parent.map(id),
            };
            self.say(kind::SECTION, section, &known);
        }
        for person in self.people.clone() {
            let section = self.draw.one(&SECTIONS).0;
            let known = Person {
                name: person.to_string(),
                memberships: always(id(section)),
                non_regular: false,
                robot: None,
                emergency: false,
            };
            self.say(kind::PERSON, person.as_str(), &known);
        }
    }

    /// Tells who holds what, and returns the head of each section that has one.
    fn seat(&mut self) -> BTreeMap<&'static str, PersonId> {
        let mut heads = BTreeMap::new();
        for (post, section, bureau, roles) in POSTS {
            let known = Post {
                title: post.to_owned(),
                section: (!section.is_empty()).then(|| id(section)),
                bureau: (!bureau.is_empty()).then(|| id(bureau)),
                roles: roles.to_vec(),
            };
            self.say(kind::POST, post, &known);
            if self.draw.quarters(1) {
                continue;
            }
            // Of the first people many hold several posts.
            let among = if self.draw.quarters(1) { 4 } else { PEOPLE };
            let holder = self.people[self.draw.below(among)].clone();
            if roles.contains(&Role::InformationManager) {
                heads.insert(section, holder.clone());
            }
            self.say(kind::HOLDERS, post, &always(holder));
        }
        heads
    }

    fn delegate(&mut self, section: &SectionId, head: Option<&PersonId>, actions: &[String]) {
        let hours = |hours| Self::now() + SignedDuration::from_hours(hours);
        let principal = |draw: &mut Draw, people: &[PersonId]| match head {
            Some(head) if draw.quarters(3) => head.clone(),
            _ => draw.one(people).clone(),
        };
        let draw = &mut self.draw;
        let named = (0..draw.below(4)).map(|_| Nomination {
            person: draw.one(&self.people).clone(),
            role: *draw.one(&[Role::DeputyInformationManager, Role::SystemStaff]),
            since: hours(*draw.one(&[-48, 0, 0, 1])),
            until: draw.quarters(1).then(|| hours(*draw.one(&[0, 5]))),
        });
        let nominations: Vec<Nomination> = named.collect();
        let draw = &mut self.draw;
        let plan = draw.quarters(3).then(|| {
            let mut planned: BTreeMap<PersonId, BTreeSet<String>> = BTreeMap::new();
            let named = nominations.iter().map(|one| one.person.clone());
            let mut deputies: Vec<PersonId> = named.collect();
            deputies.extend((0..3).map(|_| draw.one(&self.people).clone()));
            for deputy in deputies {
                let some = actions.iter().filter(|_| draw.quarters(2)).cloned();
                planned.entry(deputy).or_default().extend(some);
            }
            Plan {
                principal: principal(draw, &self.people),
                since: hours(*draw.one(&[-48, -48, -48, -1])),
                until: hours(*draw.one(&[1000, 1000, 1000, 0])),
                actions: planned,
            }
        });
        let absences = (0..draw.below(3)).map(|at| Absence {
            id: id(&format!("absence-{section}-{at}")),
            principal: principal(draw, &self.people),
            since: hours(*draw.one(&[-24, -24, 0, 1])),
            until: hours(*draw.one(&[5, 5, 5, 0])),
        });
        let known = Delegation {
            absences: absences.collect(),
            nominations,
            plan,
        };
        self.say(kind::DELEGATION, section.as_str(), &known);
    }
}

fn system_of(owner: &str, important: bool) -> System {
    System {
        name: owner.to_owned(),
        owner: id(owner),
        used_by: Vec::new(),
        network: NetworkClass::Lgwan,
        cloud: false,
        telework: false,
        personal_information: false,
        highest_class: None,
        important,
        mfa_introduced: None,
        retired: false,
    }
}

fn always<T>(value: T) -> Timeline<T> {
    let spell = Spell {
        value,
        since: AnyCity::now() - SignedDuration::from_hours(1000),
        until: None,
    };
    [spell].into_iter().collect()
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}
