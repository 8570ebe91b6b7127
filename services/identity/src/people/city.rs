//! The part of the city that changes of people touch, read at once and written at once: a list of
//! thousands takes as many questions as one of ten.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use identity_domain::{
    grant::{self, Subject},
    organisation::{
        Home,
        person::{self, Kind},
        section,
    },
};
use jiff::Timestamp;
use kernel::{PersonId, PostId, SectionId};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::Pack;
use store::{Aggregate, Batch, Failure, Unit};

use crate::{
    import::WhyNot,
    privileges,
    store::{
        Accounts, Delegations, Grants, People, Posts, Sections, query, query::column, with_holder,
    },
};

/// From so many people on, all posts are looked through instead of each person's.
const MANY: usize = 20;

type Facing<T> = Result<T, Failure<WhyNot>>;

/// See the module.
#[derive(Default)]
pub(crate) struct City {
    pub(super) people: Batch<People>,
    pub(super) posts: Batch<Posts>,
    pub(super) grants: Batch<Grants>,
    pub(super) delegations: Batch<Delegations>,
    pub(super) accounts: Batch<Accounts>,
    sections: BTreeMap<SectionId, section::Record>,
    /// The keys of what each person has been granted.
    pub(super) granted: BTreeMap<PersonId, Vec<String>>,
    /// What became of privileges, for those who watch them.
    pub(super) privileges: Vec<(Subject, grant::Event)>,
}

impl City {
    /// Reads people.
    pub(crate) async fn read_people(
        &mut self,
        unit: &Unit,
        people: &BTreeSet<PersonId>,
    ) -> Facing<()> {
        read_where(&mut self.people, unit, "id", people).await
    }

    /// Reads posts by their codes, whoever holds them.
    pub(crate) async fn read_posts(&mut self, unit: &Unit, posts: &BTreeSet<PostId>) -> Facing<()> {
        read_where(&mut self.posts, unit, "id", posts).await
    }

    /// Reads sections by their codes.
    pub(crate) async fn read_sections(
        &mut self,
        unit: &Unit,
        sections: &BTreeSet<SectionId>,
    ) -> Facing<()> {
        let new: Vec<&str> = sections
            .iter()
            .filter(|id| !self.sections.contains_key(*id))
            .map(SectionId::as_str)
            .collect();
        for some in new.chunks(500) {
            let fits = Condition::all().add(column("id").is_in(some.iter().copied()));
            let found = query::all::<Sections, WhyNot>(unit.tx(), fits).await?;
            let found = found.into_iter().filter_map(|state| state.recorded);
            self.sections
                .extend(found.map(|record| (record.id.clone(), record)));
        }
        Ok(())
    }

    /// Reads what these people have: posts, grants, what they are named to in their sections.
    pub(crate) async fn read_belongings(
        &mut self,
        unit: &Unit,
        people: &BTreeSet<PersonId>,
    ) -> Facing<()> {
        let held = if people.len() < MANY {
            let held = people.iter().map(with_holder);
            held.fold(Condition::any(), Condition::add)
        } else {
            Condition::all()
        };
        read(&mut self.posts, unit, held).await?;
        read_where(&mut self.grants, unit, "person_id", people).await?;
        let mut granted: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
        for (id, state) in self.grants.states() {
            if let Some(subject) = &state.subject {
                let known = granted.entry(subject.person.clone()).or_default();
                known.push(id.to_owned());
            }
        }
        self.granted = granted;
        let records = people.iter().filter_map(|person| self.record(person));
        let sections = records.flat_map(|record| record.memberships.spells());
        let mut sections: BTreeSet<_> = sections.map(|spell| spell.value.clone()).collect();
        self.read_sections(unit, &sections).await?;
        // Whoever belongs to an office may be named in the section above it.
        let above = sections.iter().filter_map(|id| self.sections.get(id));
        let above: Vec<_> = above.filter_map(|known| known.parent.clone()).collect();
        sections.extend(above);
        read_where(&mut self.delegations, unit, "id", &sections).await
    }

    /// Reads accounts.
    pub(crate) async fn read_accounts(
        &mut self,
        unit: &Unit,
        people: &BTreeSet<PersonId>,
    ) -> Facing<()> {
        read_where(&mut self.accounts, unit, "id", people).await
    }

    /// Writes everything that has changed.
    pub(crate) async fn write(self, unit: &mut Unit, pack: &Arc<Pack>) -> Facing<()> {
        for (subject, event) in &self.privileges {
            privileges::follow(unit, pack, subject, event).await?;
        }
        write(self.people, unit).await?;
        write(self.posts, unit).await?;
        write(self.grants, unit).await?;
        write(self.delegations, unit).await?;
        write(self.accounts, unit).await
    }

    /// What is on record of a member of staff.
    pub(crate) fn record(&self, person: &PersonId) -> Option<&person::Record> {
        let record = self.people.state(person.as_str())?.registered.as_ref();
        record.filter(|record| record.kind == Kind::Staff)
    }

    /// The section a post sits in, if it was read and sits in one.
    pub(crate) fn section_of(&self, post: &PostId) -> Option<SectionId> {
        let known = self.posts.state(post.as_str())?.recorded.as_ref()?;
        known.place.section().cloned()
    }

    pub(super) fn section(&self, id: &SectionId) -> Option<&section::Record> {
        self.sections.get(id)
    }

    /// Where somebody belongs at an instant, if they are in service then.
    pub(super) fn home(&self, record: &person::Record, at: Timestamp) -> Option<Home> {
        let section = record.memberships.at(at)?.value.clone();
        let known = self.sections.get(&section)?;
        Some(Home {
            section,
            parent: known.parent.clone(),
            bureau: known.bureau.clone(),
        })
    }
}

async fn read<A: Aggregate>(batch: &mut Batch<A>, unit: &Unit, fits: Condition) -> Facing<()>
where
    Refusal<A>: kernel::Refusal,
{
    let read = batch.read(unit, fits).await;
    read.map_err(|failure| failure.map(WhyNot::from))
}

async fn read_where<A: Aggregate>(
    batch: &mut Batch<A>,
    unit: &Unit,
    column: &'static str,
    ids: &BTreeSet<impl ToString>,
) -> Facing<()>
where
    Refusal<A>: kernel::Refusal,
{
    let ids = ids.iter().map(ToString::to_string);
    let read = batch.read_where(unit, column, ids).await;
    read.map_err(|failure| failure.map(WhyNot::from))
}

async fn write<A: Aggregate>(batch: Batch<A>, unit: &Unit) -> Facing<()>
where
    Refusal<A>: kernel::Refusal,
{
    let written = batch.write(unit).await;
    written.map_err(|failure| failure.map(WhyNot::from))
}

type Refusal<A> = <<A as Aggregate>::State as kernel::Decider>::Refusal;
