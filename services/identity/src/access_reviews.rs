//! Reviews of access: judged inside one transaction, together with the grants they end.

mod unreviewed;
pub(crate) mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use identity_domain::{
    access_review::{Access, Command, Event, Facts, Found, Refusal, Verdict},
    grant::{self, Subject},
};
use kernel::{AccessReviewId, PersonId, SystemId};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use store::{Failure, Outcome, Unit};

use crate::{
    grants,
    identity::Identity,
    store::{
        AccessReviews, Grants, open_review,
        query::{self, column},
        take_turn,
    },
    system_managers::{system_in_service, system_managers},
    work::Work,
};

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
        let facts = facts(unit, identity, &review.system, self.people()).await?;
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
    fn people(&self) -> BTreeSet<PersonId> {
        let accesses = match &self.command {
            Command::Confirm(accesses) | Command::Remove { accesses, .. } => accesses,
            Command::Start { accesses, .. } => accesses,
            Command::Lapse => return BTreeSet::new(),
        };
        accesses.iter().map(|one| one.person.clone()).collect()
    }
}

async fn facts(
    unit: &Unit,
    identity: &Identity,
    system: &SystemId,
    people: BTreeSet<PersonId>,
) -> Result<Facts, Failure<Refusal>> {
    let (directory, pack) = (identity.directory.get(), &identity.runtime.pack);
    let now = unit.context().now;
    let managers = system_managers(&directory, pack, system, None, now);
    let reviewers = people.into_iter().map(|person| {
        // Only where somebody judges otherwise must it be asked who stands above.
        let reviewers = match managers.contains(&person) {
            true => system_managers(&directory, pack, system, Some(&person), now),
            false => managers.clone(),
        };
        (person, reviewers)
    });
    Ok(Facts {
        pack: Arc::clone(pack),
        system_in_service: system_in_service(&directory, system),
        open: None,
        reviewers: reviewers.collect::<BTreeMap<_, _>>(),
        managers,
        standing: standing(unit, system).await?,
    })
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
