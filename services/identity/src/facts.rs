//! What decisions must know beside their own aggregate, read inside their transaction.

use identity_domain::organisation::{Authority, HeldPost, Home, post};
use kernel::{PersonId, SectionId};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Condition, ExprTrait as _},
};
use store::Failure;

use crate::store::{
    People, Posts, Sections,
    query::{self, column},
};

/// Where a person belongs; none for one who is not registered.
pub(crate) async fn home<R>(
    db: &impl ConnectionTrait,
    person: &PersonId,
) -> Result<Option<Home>, Failure<R>> {
    let state = query::one::<People, R>(db, person.as_str()).await?;
    match state.registered {
        Some(record) => home_in(db, record.section).await,
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

/// The posts a person holds.
pub(crate) async fn posts_of<R>(
    db: &impl ConnectionTrait,
    person: &PersonId,
) -> Result<Vec<post::Record>, Failure<R>> {
    let fits = Condition::all().add(column("holder_id").eq(person.as_str()));
    let held = query::all::<Posts, R>(db, fits).await?;
    Ok(held.into_iter().filter_map(|post| post.recorded).collect())
}

/// What an actor may do to the account of somebody who belongs to `home`.
pub(crate) async fn authority<R>(
    db: &impl ConnectionTrait,
    actor: Option<&PersonId>,
    home: Option<&Home>,
) -> Result<Authority, Failure<R>> {
    let (Some(actor), Some(home)) = (actor, home) else {
        return Ok(Authority::None);
    };
    let posts: Vec<HeldPost> = posts_of(db, actor)
        .await?
        .into_iter()
        .map(|record| HeldPost {
            place: record.place,
            roles: record.roles,
        })
        .collect();
    Ok(Authority::over(home, &posts))
}
