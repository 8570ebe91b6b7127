//! Reviews of access: judged inside one transaction, together with the grants they end.

mod unreviewed;
pub(crate) mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use identity_domain::{
    access_review::{Access, Command, Event, Facts, Found, Refusal, Verdict, Whose},
    grant::{self, Subject},
};
use kernel::{AccessReviewId, PersonId, RestrictedItemId, SectionId, SystemId};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::Action;
use store::{Failure, Outcome, Unit};

use crate::{
    grants,
    identity::Identity,
    restricted_items::in_charge_of,
    store::{
        AccessReviews, Grants, RestrictedItems, open_review,
        query::{self, column},
        take_turn,
    },
    system_managers::{system_in_service, system_managers},
    work::Work,
};

/// What a review is in the standard's table.
pub(crate) const REVIEW: Action = Action::AccessReviewKeep;

/// Starts the review of a system.
pub(crate) struct StartReview {
    pub(crate) id: AccessReviewId,
    pub(crate) system: SystemId,
}

#[async_trait]
impl Work for StartReview {
    type Of = AccessReviews;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<AccessReviews> {
        // Two that start at once must not both find none open.
        take_turn(unit).await?;
        let open = open_review(unit.tx(), &self.system).await?;
        let open = open.and_then(|state| state.started);
        let facts = Facts {
            open: open.map(|review| review.id),
            ..facts(unit, identity, &self.system, BTreeSet::new()).await?
        };
        let command = Command::Start {
            id: self.id.clone(),
            system: self.system.clone(),
            accesses: facts.standing.clone(),
        };
        unit.execute::<AccessReviews>(self.id.as_str(), &command, &facts)
            .await
    }
}

/// Judges accesses under review, and ends those that are removed or have lapsed.
pub(crate) struct JudgeAccesses {
    pub(crate) id: AccessReviewId,
    pub(crate) command: Command,
}

#[async_trait]
impl Work for JudgeAccesses {
    type Of = AccessReviews;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<AccessReviews> {
        let id = self.id.as_str();
        let (state, _) = unit.load::<AccessReviews>(id).await?;
        let review = state.started.ok_or(Failure::Refused(Refusal::Unknown))?;
        let facts = facts(unit, identity, &review.system, self.whose()).await?;
        let done = unit
            .execute::<AccessReviews>(id, &self.command, &facts)
            .await?;
        for event in &done.events {
            if let Event::Judged {
                accesses,
                found,
                reason,
            } = event
            {
                end(unit, identity, &review.system, accesses, found, reason).await?;
            }
        }
        Ok(done)
    }
}

impl JudgeAccesses {
    /// Whose accesses are to be judged by somebody.
    fn whose(&self) -> BTreeSet<Whose> {
        let accesses = match &self.command {
            Command::Confirm(accesses) | Command::Remove { accesses, .. } => accesses,
            Command::Start { accesses, .. } => accesses,
            Command::Lapse => return BTreeSet::new(),
        };
        accesses.iter().map(Access::whose).collect()
    }
}

async fn facts(
    unit: &Unit,
    identity: &Identity,
    system: &SystemId,
    whose: BTreeSet<Whose>,
) -> Result<Facts, Failure<Refusal>> {
    let (directory, pack) = (identity.directory.get(), &identity.runtime.pack);
    let now = unit.context().now;
    // Of an item, whoever is in charge of it; else whoever manages the system.
    let in_charge = |section: Option<&SectionId>, concerned: Option<&PersonId>| match section {
        Some(section) => in_charge_of(&directory, pack, section, concerned, now),
        None => system_managers(&directory, pack, REVIEW, system, concerned, now),
    };
    let items: BTreeSet<RestrictedItemId> =
        whose.iter().filter_map(|(_, item)| item.clone()).collect();
    let sections = sections_in_charge(unit, &items).await?;
    let mut managers: BTreeMap<Option<&SectionId>, BTreeSet<PersonId>> =
        [(None, in_charge(None, None))].into();
    for section in sections.values() {
        let known = managers.entry(Some(section));
        known.or_insert_with(|| in_charge(Some(section), None));
    }
    let mut reviewers = BTreeMap::new();
    for (person, item) in whose {
        let section = item.as_ref().and_then(|item| sections.get(item));
        // Only where somebody judges otherwise must it be asked who stands above.
        let may = match managers.get(&section) {
            Some(managers) if !managers.contains(&person) => managers.clone(),
            _ => in_charge(section, Some(&person)),
        };
        reviewers.insert((person, item), may);
    }
    let managers = managers.remove(&None).unwrap_or_default();
    Ok(Facts {
        pack: Arc::clone(pack),
        system_in_service: system_in_service(&directory, system),
        open: None,
        reviewers,
        managers,
        standing: standing(unit, system).await?,
    })
}

/// The section in charge of each item.
async fn sections_in_charge(
    unit: &Unit,
    items: &BTreeSet<RestrictedItemId>,
) -> Result<BTreeMap<RestrictedItemId, SectionId>, Failure<Refusal>> {
    let ids = items.iter().map(RestrictedItemId::as_str);
    let named = Condition::all().add(column("id").is_in(ids));
    let known = query::all::<RestrictedItems, Refusal>(unit.tx(), named).await?;
    let known = known.into_iter().filter_map(|state| state.registered);
    Ok(known.map(|item| (item.id, item.section)).collect())
}

/// Every access on a system that has not ended.
async fn standing(unit: &Unit, system: &SystemId) -> Result<BTreeSet<Access>, Failure<Refusal>> {
    let now = unit.context().now;
    let on_system = Condition::all().add(column("system_id").eq(system.as_str()));
    let grants = query::all::<Grants, Refusal>(unit.tx(), on_system).await?;
    let mut found = BTreeSet::new();
    for grant in grants {
        let Some(subject) = grant.subject else {
            continue;
        };
        let stands = |ground: &grant::Ground| ground.ends_at.is_none_or(|end| now < end);
        let grounds = grant.grounds.into_iter().filter(stands);
        found.extend(grounds.map(|ground| Access {
            person: subject.person.clone(),
            kind: ground.kind,
            item: subject.item.clone(),
            permit: ground.permit,
        }));
    }
    Ok(found)
}

async fn end(
    unit: &mut Unit,
    identity: &Identity,
    system: &SystemId,
    accesses: &[Access],
    found: &Found,
    reason: &str,
) -> Result<(), Failure<Refusal>> {
    let reason = match found.verdict {
        Verdict::Removed => reason,
        Verdict::Lapsed => "nobody confirmed it in the review of access",
        Verdict::Confirmed | Verdict::Gone => return Ok(()),
    };
    for access in accesses {
        let subject = Subject {
            person: access.person.clone(),
            system: system.clone(),
            item: access.item.clone(),
        };
        let command = grant::Command::End {
            kind: access.kind,
            which: access.ground(),
            reason: reason.to_owned(),
        };
        let ended = grants::execute(unit, &identity.runtime.pack, &subject, &command).await;
        // No rule stands against ending.
        ended.map_err(|failure| failure.map(|_| Refusal::Unknown))?;
    }
    Ok(())
}
