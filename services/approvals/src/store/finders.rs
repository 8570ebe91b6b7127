//! Queries. Lists begin with what the viewer may see.

mod exceptions;
mod permits;

use std::collections::BTreeSet;

use approvals_domain::Place;
use jiff::Timestamp;
use kernel::{BureauId, PersonId, PostId, SectionId};
use rpc::Page;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Select};
use standard::Role;

pub use exceptions::ExceptionFilter;
pub(crate) use exceptions::{
    count_exceptions, due_exceptions, exception, exceptions, overdue_exceptions, unreported,
};
pub use permits::{PermitFilter, PermitScope};
pub(crate) use permits::{
    count_permits, count_without_decider, due_permits, open_permits, permit, permits,
};

use crate::known::Known;

/// Who looks, and how far they see.
#[derive(Debug, Clone)]
pub enum Viewer {
    /// Everything: the CISO, those who audit, and the platform's own services.
    All,
    /// What concerns a person and the sections and bureaus they manage.
    Person(Box<Outlook>),
}

/// How far a person sees.
#[derive(Debug, Clone)]
pub struct Outlook {
    pub(super) person: PersonId,
    pub(super) own: Place,
    pub(super) posts: BTreeSet<PostId>,
    pub(super) sections: BTreeSet<SectionId>,
    pub(super) bureaus: BTreeSet<BureauId>,
}

impl Viewer {
    /// The view of a person, by the posts they hold now; of a service, if it is none.
    pub fn of(person: Option<&PersonId>, known: &Known, now: Timestamp) -> Self {
        let Some(person) = person else {
            return Self::All;
        };
        if known.sees_all(person, now) {
            return Self::All;
        }
        let posts = || known.directory.posts_of(person, now);
        let sections = posts()
            .filter(|(_, post)| post.roles.contains(&Role::InformationManager))
            .filter_map(|(_, post)| post.section.clone());
        Self::Person(Box::new(Outlook {
            person: person.clone(),
            own: known.place(person, now),
            posts: posts().map(|(id, _)| id.clone()).collect(),
            sections: sections.collect(),
            bureaus: known.organisation([], now).bureaus_managed(person),
        }))
    }
}

/// A page of what was found, newest first by two columns, and the key of the next page.
async fn newest_first<E: EntityTrait<Model: Send + Sync>>(
    db: &impl ConnectionTrait,
    found: Select<E>,
    columns: (E::Column, E::Column),
    key: fn(&E::Model) -> (i64, &str),
    page: &Page,
) -> Result<(Vec<E::Model>, Option<String>), DbErr> {
    let mut cursor = found.cursor_by(columns);
    if let Some(key) = page.after.as_deref().and_then(read_key) {
        cursor.after(key);
    }
    let wanted = cursor.desc().first(u64::from(page.size) + 1);
    let mut rows = wanted.all(db).await?;
    let more = rows.len() > page.size as usize;
    rows.truncate(page.size as usize);
    let last = rows.last().filter(|_| more).map(key);
    let next = last.map(|(at, id)| format!("{at}/{id}"));
    Ok((rows, next))
}

fn read_key(key: &str) -> Option<(i64, String)> {
    let (at, id) = key.split_once('/')?;
    Some((at.parse().ok()?, id.to_owned()))
}
