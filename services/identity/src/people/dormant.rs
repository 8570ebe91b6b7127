//! The accounts that nobody uses, for those who answer for them (7-2-(9)-3).

use std::collections::BTreeMap;

use identity_domain::{
    account::{self, Dormancy},
    organisation::{Authority, HeldPost, Home, person, section},
};
use kernel::{Actor, PersonId, SectionId};
use sea_orm::{ExprTrait as _, sea_query::Condition};
use standard::Role;
use store::Failure;

use super::sweep::horizons;
use crate::{
    facts,
    identity::Identity,
    refused::Refused,
    store::{
        Accounts, People, Sections,
        query::{self, Listed, column},
        unused_since,
    },
};

/// An account that nobody uses.
#[derive(Debug)]
pub(crate) struct Unused {
    pub(crate) record: person::Record,
    pub(crate) dormancy: Dormancy,
    /// Whether it counts no longer.
    pub(crate) stopped: bool,
}

impl Identity {
    /// A page of the accounts that nobody uses, as far as the actor answers for them: those they
    /// manage by their posts, or every one for auditors and the platform. A page may have fewer than
    /// were asked for, and another after it.
    pub(crate) async fn unused(
        &self,
        actor: &Actor,
        page: &rpc::Page,
    ) -> Result<Listed<Unused>, Failure<Refused>> {
        let (db, now) = (self.store.database().read(), self.now());
        let [flagged, _] = horizons(self, now);
        let listed = query::page::<Accounts, _>(db, unused_since(flagged), page).await?;
        let people = self.people(&listed.items).await?;
        let homes = self.homes(people.values()).await?;
        let posts = match actor.person() {
            Some(person) => facts::posts_of(db, person, now).await?,
            None => Vec::new(),
        };
        let posts = posts.into_iter().filter_map(|post| post.recorded);
        let posts: Vec<HeldPost> = posts
            .map(|record| HeldPost {
                place: record.place,
                roles: record.roles,
            })
            .collect();
        let every = matches!(actor, Actor::Service(_))
            || posts.iter().any(|post| post.roles.contains(&Role::Auditor));
        let answers_for = |record: &person::Record| {
            let home = record.section(now).and_then(|section| homes.get(section));
            every || home.is_some_and(|home| Authority::over(home, &posts) >= Authority::Manage)
        };
        let items = listed.items.iter().filter_map(|account| {
            let record = people.get(&account.person)?;
            let dormancy = account.dormancy(&self.runtime.pack)?;
            let shown = record.kind != person::Kind::Emergency && answers_for(record);
            shown.then(|| Unused {
                record: record.clone(),
                dormancy,
                stopped: account.dormant || dormancy.stops_at <= now,
            })
        });
        Ok(Listed {
            items: items.collect(),
            next: listed.next,
        })
    }

    async fn people(
        &self,
        accounts: &[account::State],
    ) -> Result<BTreeMap<PersonId, person::Record>, Failure<Refused>> {
        let ids = accounts.iter().map(|account| account.person.as_str());
        let fits = Condition::all().add(column("id").is_in(ids));
        let db = self.store.database().read();
        let found = query::all::<People, _>(db, fits).await?;
        let found = found.into_iter().filter_map(|state| state.registered);
        Ok(found.map(|record| (record.id.clone(), record)).collect())
    }

    async fn homes(
        &self,
        people: impl Iterator<Item = &person::Record>,
    ) -> Result<BTreeMap<SectionId, Home>, Failure<Refused>> {
        let now = self.now();
        let ids: Vec<&str> = people
            .filter_map(|record| Some(record.section(now)?.as_str()))
            .collect();
        let fits = Condition::all().add(column("id").is_in(ids));
        let db = self.store.database().read();
        let found = query::all::<Sections, _>(db, fits).await?;
        let found = found.into_iter().filter_map(|state| state.recorded);
        let home = |record: section::Record| Home {
            section: record.id,
            parent: record.parent,
            bureau: record.bureau,
        };
        Ok(found
            .map(|record| (record.id.clone(), home(record)))
            .collect())
    }
}
