//! Changes of the organisation, inside a unit whose caller took the turn.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use identity_domain::organisation::{
    Place, bureau, person,
    post::{self, Assignment, Scope, is_sole, scope},
    section,
};
use jiff::Timestamp;
use kernel::{Decider as _, PersonId, PostId, Timeline};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::{Pack, Role};
use store::{Done, Failure, Outcome, Unit};

use crate::{
    facts,
    identity::Identity,
    import::WhyNot,
    people::{City, Wanted},
    store::{
        Bureaus, People, Posts, Sections,
        query::{self, column},
        take_turn, with_role,
    },
    work::Work,
};

/// Records a bureau.
pub(crate) async fn record_bureau(
    unit: &mut Unit,
    record: bureau::Record,
) -> Result<Done<bureau::State>, Failure<bureau::Refusal>> {
    let id = record.id.clone();
    let command = bureau::Command::Record(record);
    unit.execute::<Bureaus>(id.as_str(), &command, &()).await
}

/// Records a section.
pub(crate) async fn record_section(
    unit: &mut Unit,
    record: section::Record,
) -> Result<Done<section::State>, Failure<section::Refusal>> {
    let bureau = query::one::<Bureaus, _>(unit.tx(), record.bureau.as_str()).await?;
    let parent = match &record.parent {
        Some(parent) => {
            query::one::<Sections, _>(unit.tx(), parent.as_str())
                .await?
                .recorded
        }
        None => None,
    };
    let offices = Condition::all().add(column("parent_id").eq(record.id.as_str()));
    let posts = Condition::all().add(column("section_id").eq(record.id.as_str()));
    let facts = section::Facts {
        bureau_known: bureau.recorded.is_some(),
        parent,
        has_offices: !query::all::<Sections, _>(unit.tx(), offices)
            .await?
            .is_empty(),
        has_posts: !query::all::<Posts, _>(unit.tx(), posts).await?.is_empty(),
    };
    let id = record.id.clone();
    let command = section::Command::Record(record);
    unit.execute::<Sections>(id.as_str(), &command, &facts)
        .await
}

/// Registers a person, and ends what a transfer or a leaving ends: first the old, then the new is
/// given (7-2-(9)-1).
pub(crate) async fn register_person(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    entry: person::Entry,
) -> Result<Done<person::State>, Failure<WhyNot>> {
    let mut city = City::default();
    let one = BTreeSet::from([entry.id.clone()]);
    city.read_people(unit, &one).await?;
    let section = BTreeSet::from([entry.section.clone()]);
    city.read_sections(unit, &section).await?;
    let wanted = Wanted {
        person: entry.id.clone(),
        command: person::Command::Register(entry),
        posting: None,
    };
    let change = city.judge(unit, pack, wanted)?;
    if change.ends_something() {
        city.read_belongings(unit, &one).await?;
    }
    let (done, _) = city.carry_out(unit, pack, change);
    city.write(unit, pack).await?;
    Ok(done)
}

/// Lets an ID serve that is not a person's own.
pub(crate) async fn admit(
    unit: &mut Unit,
    admission: person::Admission,
) -> Result<Done<person::State>, Failure<person::Refusal>> {
    let section = query::one::<Sections, _>(unit.tx(), admission.section.as_str()).await?;
    let facts = person::Facts {
        section_known: section.recorded.is_some(),
    };
    let id = admission.id.clone();
    let command = person::Command::Admit(admission);
    unit.execute::<People>(id.as_str(), &command, &facts).await
}

/// What a table says of a post's holder.
#[derive(Debug, Clone)]
pub(crate) enum Seating {
    /// Nothing.
    Unsaid,
    /// Nobody, from then on or from now on.
    Vacant(Option<Timestamp>),
    /// Somebody.
    Held(Assignment),
}

/// Records a post and gives it to a person or leaves it vacant, as is said: both or neither.
pub(crate) async fn record_post(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    record: post::Record,
    seating: Seating,
) -> Result<Done<post::State>, Failure<post::Refusal>> {
    let id = record.id.clone();
    let (mut state, _) = unit.load::<Posts>(id.as_str()).await?;
    let now = unit.context().now;
    let home = match state.holder(now) {
        Some(held) => facts::home(unit.tx(), &held.value, now).await?,
        None => None,
    };
    let facts = post::Facts {
        pack: Arc::clone(pack),
        place_known: place_known(unit, &record.place).await?,
        rivals: rivals(unit, pack, &record).await?,
        home,
        memberships: Timeline::default(),
    };
    let command = post::Command::Record(record);
    if let Seating::Held(holder) = &seating {
        // Judged to the end before anything is staged.
        let events = state.decide(&command, &facts, unit.context());
        for event in events.map_err(Failure::Refused)? {
            state.evolve(&event);
        }
        let (assign, facts) = assignment(unit, pack, holder.clone()).await?;
        let judged = state.decide(&assign, &facts, unit.context());
        judged.map_err(Failure::Refused)?;
    }
    let mut done = unit.execute::<Posts>(id.as_str(), &command, &facts).await?;
    let seated = match seating {
        Seating::Unsaid => return Ok(done),
        Seating::Vacant(from) => vacate_post(unit, pack, &id, from, None).await?,
        Seating::Held(holder) => assign_post(unit, pack, &id, holder).await?,
    };
    done.events.extend(seated.events);
    done.state = seated.state;
    Ok(done)
}

/// Leaves a post vacant from then or from now on, as far as this person holds it, or whoever does.
pub(crate) async fn vacate_post(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    post: &PostId,
    from: Option<Timestamp>,
    person: Option<PersonId>,
) -> Result<Done<post::State>, Failure<post::Refusal>> {
    let facts = post::Facts {
        pack: Arc::clone(pack),
        place_known: true,
        rivals: BTreeMap::new(),
        home: None,
        memberships: Timeline::default(),
    };
    let command = post::Command::Vacate { from, person };
    unit.execute::<Posts>(post.as_str(), &command, &facts).await
}

/// Gives a post to a person.
pub(crate) async fn assign_post(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    post: &PostId,
    holder: Assignment,
) -> Result<Done<post::State>, Failure<post::Refusal>> {
    let (command, facts) = assignment(unit, pack, holder).await?;
    unit.execute::<Posts>(post.as_str(), &command, &facts).await
}

async fn assignment(
    unit: &Unit,
    pack: &Arc<Pack>,
    holder: Assignment,
) -> Result<(post::Command, post::Facts), Failure<post::Refusal>> {
    // Of a day gone by, long before this was installed, only the present is known.
    let now = unit.context().now;
    let begins = holder.since.map_or(now, |since| since.max(now));
    let record = facts::record(unit.tx(), &holder.person).await?;
    // Posts are for people.
    let staff = |record: &person::Record| record.kind == person::Kind::Staff;
    let record = record.filter(|record| staff(record) && record.serves(begins));
    let facts = post::Facts {
        pack: Arc::clone(pack),
        place_known: true,
        rivals: BTreeMap::new(),
        home: facts::home_of(unit.tx(), record.as_ref(), begins).await?,
        memberships: record.map_or_else(Timeline::default, |record| record.memberships),
    };
    Ok((post::Command::Assign(holder), facts))
}

async fn place_known(unit: &Unit, place: &Place) -> Result<bool, Failure<post::Refusal>> {
    Ok(match place {
        Place::City => true,
        Place::Bureau(bureau) => {
            let bureau = query::one::<Bureaus, _>(unit.tx(), bureau.as_str()).await?;
            bureau.recorded.is_some()
        }
        Place::Section { section, bureau } => {
            let section = query::one::<Sections, _>(unit.tx(), section.as_str()).await?;
            section
                .recorded
                .is_some_and(|record| record.bureau == *bureau)
        }
    })
}

/// Other posts that carry a sole role of this one in the same scope.
async fn rivals(
    unit: &Unit,
    pack: &Pack,
    record: &post::Record,
) -> Result<BTreeMap<Role, PostId>, Failure<post::Refusal>> {
    let mut rivals = BTreeMap::new();
    for role in record.roles.iter().copied().filter(|role| is_sole(*role)) {
        let Some(scope) = scope(role, &record.place, pack) else {
            continue;
        };
        let others = Condition::all()
            .add(with_role(role))
            .add(column("id").ne(record.id.as_str()));
        let others = match scope {
            Scope::City => others,
            Scope::Bureau(bureau) => others.add(column("bureau_id").eq(bureau.as_str())),
            Scope::Section(section) => others.add(column("section_id").eq(section.as_str())),
        };
        let found = query::all::<Posts, _>(unit.tx(), others).await?;
        if let Some(rival) = found.into_iter().find_map(|post| post.recorded) {
            rivals.insert(role, rival.id);
        }
    }
    Ok(rivals)
}

/// Gives a post to a person, in a unit of its own.
pub(crate) struct AssignPost {
    pub(crate) post: PostId,
    pub(crate) holder: Assignment,
}

#[async_trait]
impl Work for AssignPost {
    type Of = Posts;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Posts> {
        take_turn(unit).await?;
        assign_post(
            unit,
            &identity.runtime.pack,
            &self.post,
            self.holder.clone(),
        )
        .await
    }
}

/// Leaves a post vacant, in a unit of its own.
pub(crate) struct VacatePost {
    pub(crate) post: PostId,
    pub(crate) from: Option<Timestamp>,
}

#[async_trait]
impl Work for VacatePost {
    type Of = Posts;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Posts> {
        take_turn(unit).await?;
        vacate_post(unit, &identity.runtime.pack, &self.post, self.from, None).await
    }
}
