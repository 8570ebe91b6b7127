//! What a record is found by, and by whom it may be read. Of the record itself, and of where the city's
//! people and systems belonged when it was made.

use std::{collections::BTreeSet, sync::Arc};

use directory::Directory;
use kernel::{Actor, PersonId, SectionId, SystemId};
use proto::{ledger::v1::SystemRegistered, record::Record};
use sea_orm::DbErr;
use store::facts::Snapshot;

use super::names::{Names, What};
use crate::{known::Known, readers::accesses};

/// Whom a record concerns, and which systems.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Concerned {
    /// Staff numbers: those it names, and of whoever did it.
    pub(crate) people: BTreeSet<String>,
    /// Those it names.
    pub(crate) systems: BTreeSet<String>,
}

impl Concerned {
    fn by(said: &Record, names: &BTreeSet<(What, String)>) -> Self {
        let of = |wanted| {
            let names = names.iter().filter(move |(what, _)| *what == wanted);
            names.map(|(_, id)| id.clone())
        };
        let actor = match &said.actor {
            Actor::Person { id, .. } => Some(id.to_string()),
            Actor::Workload(_) | Actor::Service(_) | Actor::Anonymous => None,
        };
        Self {
            people: of(What::Person).chain(actor).collect(),
            systems: of(What::System).collect(),
        }
    }
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Terms {
    names: Arc<Names>,
    city: Arc<Snapshot<Known>>,
}

impl Terms {
    pub(crate) fn new(city: Arc<Snapshot<Known>>) -> Self {
        Self {
            names: Arc::new(Names::of_contracts()),
            city,
        }
    }

    /// The city as it is known now.
    pub(crate) fn city(&self) -> Arc<Known> {
        self.city.get()
    }

    /// The city as the records in the log have it that were committed before this call.
    pub(crate) async fn newest_city(&self) -> Result<Arc<Known>, DbErr> {
        self.city.refresh().await?;
        Ok(self.city.get())
    }

    /// The terms of a system that is registered by this, and of its bureau: sources do not wait for one
    /// another, so records that name it may have come before. An id is not registered twice.
    pub(crate) fn registered(&self, city: &Known, said: &Record) -> Option<[String; 2]> {
        let registered = said.event::<SystemRegistered>()?.ok()?;
        let system = registered.system?.system_id;
        let bureau = bureau_of_system(&city.directory, &system)?;
        Some([term::system(&system), term::bureau(&bureau)])
    }

    /// What an event names.
    pub(crate) fn names(&self, said: &Record) -> BTreeSet<(What, String)> {
        self.names.of(&said.kind, &said.data)
    }

    /// The people an event names.
    pub(crate) fn people(&self, said: &Record) -> BTreeSet<String> {
        let people = self.names(said).into_iter();
        let people = people.filter(|(what, _)| *what == What::Person);
        people.map(|(_, id)| id).collect()
    }

    /// Whom a record concerns, and which systems: what a search by person or system finds it by.
    pub(crate) fn concerned(&self, said: &Record) -> Concerned {
        Concerned::by(said, &self.names(said))
    }

    /// The terms of a record of a source; of an unreadable one, only its source.
    pub(crate) fn of(&self, city: &Known, source: &str, said: Option<&Record>) -> BTreeSet<String> {
        let city = &city.directory;
        let mut terms = BTreeSet::from([term::source(source)]);
        let Some(said) = said else { return terms };
        terms.insert(term::kind(&said.kind));
        terms.insert(term::actor(&said.actor.to_string()));
        terms.extend(said.clauses.iter().map(|id| term::clause(id.as_str())));
        let own_accesses = accesses::are_readable_by_those_they_name(&said.kind);
        let mut bureaus = BTreeSet::new();
        let names = self.names(said);
        let concerned = Concerned::by(said, &names);
        terms.extend(concerned.people.iter().map(|id| term::person(id)));
        terms.extend(concerned.systems.iter().map(|id| term::system(id)));
        if let Actor::Person { id, .. } = &said.actor {
            terms.insert(term::own(id.as_str()));
            // Whom an auditor looks at is not for the bureau that the auditor comes from.
            if !accesses::tell_who_looked(&said.kind) {
                bureaus.extend(bureau_of_person(city, id.as_str(), said));
            }
        }
        for (what, id) in names {
            match what {
                What::Person => {
                    bureaus.extend(bureau_of_person(city, &id, said));
                    if own_accesses {
                        terms.insert(term::own(&id));
                    }
                }
                What::System => bureaus.extend(bureau_of_system(city, &id)),
                What::Incident => {
                    terms.insert(term::incident(&id));
                }
                What::Section => bureaus.extend(bureau_of_section(city, &id)),
                What::Bureau => {
                    bureaus.insert(id);
                }
            }
        }
        if !accesses::hold_a_question(&said.kind) {
            terms.extend(bureaus.iter().map(|id| term::bureau(id)));
        }
        terms
    }
}

/// Where the person belonged when it was done.
fn bureau_of_person(city: &Directory, id: &str, said: &Record) -> Option<String> {
    let person = city.person(&PersonId::try_new(id).ok()?)?;
    let bureau = city.bureau_of(person.section(said.time)?);
    bureau.map(ToString::to_string)
}

fn bureau_of_system(city: &Directory, id: &str) -> Option<String> {
    let system = city.system(&SystemId::try_new(id).ok()?)?;
    city.bureau_of(&system.owner).map(ToString::to_string)
}

fn bureau_of_section(city: &Directory, id: &str) -> Option<String> {
    let section = SectionId::try_new(id).ok()?;
    city.bureau_of(&section).map(ToString::to_string)
}

/// The terms there are.
pub(crate) mod term {
    /// What every kind's term begins with.
    pub(crate) const KIND: &str = "kind/";

    /// The source it came from.
    pub(crate) fn source(name: &str) -> String {
        format!("source/{name}")
    }

    /// Full name of the event.
    pub(crate) fn kind(name: &str) -> String {
        format!("{KIND}{name}")
    }

    /// Who did it, in the form of an actor.
    pub(crate) fn actor(actor: &str) -> String {
        format!("actor/{actor}")
    }

    /// A clause it serves.
    pub(crate) fn clause(id: &str) -> String {
        format!("clause/{id}")
    }

    /// A person concerned: named, or the one who did it.
    pub(crate) fn person(id: &str) -> String {
        format!("person/{id}")
    }

    /// A system it names.
    pub(crate) fn system(id: &str) -> String {
        format!("system/{id}")
    }

    /// The id of the person, system or incident that a term is of; none of another sort.
    pub(crate) fn id_named_by(term: &str) -> Option<&str> {
        let (sort, id) = term.split_once('/')?;
        ["person", "system", "incident"]
            .contains(&sort)
            .then_some(id)
    }

    /// An incident it names.
    pub(crate) fn incident(id: &str) -> String {
        format!("incident/{id}")
    }

    /// The person may read it: their own doing, or of their accesses.
    pub(crate) fn own(person: &str) -> String {
        format!("own/{person}")
    }

    /// A bureau it concerns, whose manager may read it.
    pub(crate) fn bureau(id: &str) -> String {
        format!("bureau/{id}")
    }
}
