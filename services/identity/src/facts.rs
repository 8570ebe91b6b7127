//! What decisions must know beside their own aggregate, read inside their transaction.

use std::collections::BTreeMap;

use identity_domain::organisation::{Authority, HeldPost, Home, person, post};
use jiff::Timestamp;
use kernel::{PersonId, SectionId};
use sea_orm::{ConnectionTrait, ExprTrait as _, sea_query::Condition};
use standard::Action;
use store::Failure;

use crate::store::{People, Posts, Sections, query, with_holder};

/// A person's record; none for one who is not registered.
pub(crate) async fn record<R>(
    db: &impl ConnectionTrait,
    person: &PersonId,
) -> Result<Option<person::Record>, Failure<R>> {
    Ok(query::one::<People, R>(db, person.as_str())
        .await?
        .registered)
}

/// The records of those of them who are registered.
pub(crate) async fn records<R>(
    db: &impl ConnectionTrait,
    people: impl IntoIterator<Item = &PersonId>,
) -> Result<BTreeMap<PersonId, person::Record>, Failure<R>> {
    let people: Vec<&str> = people.into_iter().map(PersonId::as_str).collect();
    let mut found = BTreeMap::new();
    for some in people.chunks(store::query::AT_ONCE) {
        let fits = Condition::all().add(query::column("id").is_in(some.iter().copied()));
        let states = query::all::<People, R>(db, fits).await?;
        let records = states.into_iter().filter_map(|state| state.registered);
        found.extend(records.map(|record| (record.id.clone(), record)));
    }
    Ok(found)
}

/// Whether a person is in service at that instant.
pub(crate) async fn serves<R>(
    db: &impl ConnectionTrait,
    person: &PersonId,
    now: Timestamp,
) -> Result<bool, Failure<R>> {
    let record = record(db, person).await?;
    Ok(record.is_some_and(|record| record.serves(now)))
}

/// Where a person belongs at that instant, or belonged last; none for one who is not registered.
pub(crate) async fn home<R>(
    db: &impl ConnectionTrait,
    person: &PersonId,
    now: Timestamp,
) -> Result<Option<Home>, Failure<R>> {
    home_of(db, record(db, person).await?.as_ref(), now).await
}

/// The same by the person's record.
pub(crate) async fn home_of<R>(
    db: &impl ConnectionTrait,
    record: Option<&person::Record>,
    now: Timestamp,
) -> Result<Option<Home>, Failure<R>> {
    match record.and_then(|record| record.section(now)) {
        Some(section) => home_in(db, section.clone()).await,
        None => Ok(None),
    }
}

async fn home_in<R>(
    db: &impl ConnectionTrait,
    section: SectionId,
) -> Result<Option<Home>, Failure<R>> {
    let state = query::one::<Sections, R>(db, section.as_str()).await?;
    Ok(state.recorded.map(|record| Home {
        section,
        parent: record.parent,
        bureau: record.bureau,
    }))
}

/// The posts a person holds at that instant.
pub(crate) async fn posts_of<R>(
    db: &impl ConnectionTrait,
    person: &PersonId,
    now: Timestamp,
) -> Result<Vec<post::State>, Failure<R>> {
    let mut held = posts_ever_of(db, person).await?;
    held.retain(|post| post.is_held_by(person, now));
    Ok(held)
}

/// The posts a person holds, is to hold, or held last.
pub(crate) async fn posts_ever_of<R>(
    db: &impl ConnectionTrait,
    person: &PersonId,
) -> Result<Vec<post::State>, Failure<R>> {
    query::all::<Posts, R>(db, Condition::all().add(with_holder(person))).await
}

/// What an actor may do to the account of somebody who belongs to `home`.
pub(crate) async fn authority<R>(
    db: &impl ConnectionTrait,
    actor: Option<&PersonId>,
    home: Option<&Home>,
    now: Timestamp,
) -> Result<Authority, Failure<R>> {
    let (Some(actor), Some(home)) = (actor, home) else {
        return Ok(Authority::None);
    };
    Ok(Authority::over(home, &held(db, actor, now).await?))
}

/// Whether an action about somebody who belongs to `home` falls to an actor.
pub(crate) async fn falls_to<R>(
    db: &impl ConnectionTrait,
    action: Action,
    actor: Option<&PersonId>,
    home: Option<&Home>,
    now: Timestamp,
) -> Result<bool, Failure<R>> {
    let (Some(actor), Some(home)) = (actor, home) else {
        return Ok(false);
    };
    let held = held(db, actor, now).await?;
    Ok(held.iter().any(|post| post.may(action, home)))
}

async fn held<R>(
    db: &impl ConnectionTrait,
    actor: &PersonId,
    now: Timestamp,
) -> Result<Vec<HeldPost>, Failure<R>> {
    let posts = posts_of(db, actor, now).await?.into_iter();
    let posts = posts.filter_map(|post| post.recorded);
    let held = posts.map(|record| HeldPost {
        place: record.place,
        roles: record.roles,
    });
    Ok(held.collect())
}
