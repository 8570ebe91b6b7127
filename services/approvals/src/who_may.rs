//! `WhoMay` and the rules of approvals name the same people, over cities made up at random: for every
//! step of every kind of permit, and for everything done with permits and exceptions.

mod exceptions;
mod permits;

use std::{collections::BTreeSet, sync::Arc};

use approvals_domain::Facts;
use directory::{Answer, Question};
use kernel::{Actor, Context, PersonId, SessionId};
use standard::{Action, Pack};
use store::facts::FactSet;
use testkit::AnyCity;

use crate::known::Known;

/// How many cities.
const CITIES: u64 = 150;

/// A city, as approvals and as identity know it.
struct City {
    seed: u64,
    any: AnyCity,
    known: Known,
    facts: Facts,
}

/// How often something that should occur did: a comparison of nothing proves nothing.
#[derive(Debug, Default)]
struct Seen {
    decided: usize,
    acting: usize,
    witnessed: usize,
    passed_on: usize,
}

impl Seen {
    fn note(&mut self, answer: &Answer) {
        for deciders in answer.steps.iter().map(|step| &step.deciders) {
            self.decided += deciders.people.len();
            self.acting += deciders.acting.len();
            self.witnessed += usize::from(deciders.witness.is_some());
            self.passed_on += deciders.moves.len();
        }
    }
}

fn cities(pack: &Arc<Pack>) -> impl Iterator<Item = City> {
    let kinds = pack.permit_kinds().iter().map(|kind| kind.id.clone());
    let deputised = kinds.filter(|kind| pack.is_deputised(kind));
    let deputised: Vec<String> = deputised.collect();
    let pack = Arc::clone(pack);
    (0..CITIES).map(move |seed| {
        let any = AnyCity::of(seed, &deputised);
        let mut known = Known::default();
        any.facts.iter().for_each(|fact| known.apply(fact));
        let facts = Facts {
            pack: Arc::clone(&pack),
            organisation: known.organisation(&any.people, AnyCity::now()),
            systems: known.systems(),
            information: Default::default(),
            devices: BTreeSet::new(),
            networks: BTreeSet::new(),
            unreported: Vec::new(),
        };
        City {
            seed,
            any,
            known,
            facts,
        }
    })
}

impl City {
    fn who_may(&self, question: &Question) -> Answer {
        let directory = &self.known.directory;
        let answer = directory.who_may(question, &self.facts.pack, AnyCity::now());
        answer.unwrap_or_else(|why| panic!("city {}: {question:?}: {why:?}", self.seed))
    }

    /// Those whom a trial lets do it.
    fn accepted(&self, may: impl Fn(&PersonId) -> bool) -> BTreeSet<PersonId> {
        let people = self.any.people.iter();
        people.filter(|person| may(person)).cloned().collect()
    }
}

fn pack() -> Arc<Pack> {
    Arc::new(Pack::sendai().expect("the pack"))
}

fn of(action: Action, question: &Question) -> Question {
    Question {
        action: action.to_string(),
        ..question.clone()
    }
}

fn with(concerned: &BTreeSet<PersonId>, person: &PersonId) -> BTreeSet<PersonId> {
    concerned.iter().chain([person]).cloned().collect()
}

fn by(person: &PersonId) -> Context {
    let actor = Actor::Person {
        id: person.clone(),
        session: SessionId::default(),
    };
    Context::new(actor, AnyCity::now(), "test")
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}
