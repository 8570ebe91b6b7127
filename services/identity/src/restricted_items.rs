//! Restricted items: judged inside one transaction, together with the entitlements to them.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use directory::{Directory, Question};
use identity_domain::{
    grant::{self, GrantKind, Ground, Means, Subject, Which},
    restricted_item::{Command, Event, Facts, Record, Refusal},
};
use jiff::Timestamp;
use kernel::{PersonId, RestrictedItemId, SectionId};
use standard::{Action, Pack};
use store::{Failure, Outcome, Unit};

use crate::{
    grants,
    identity::Identity,
    store::{Grants, RestrictedItems, query, take_turn, to_item},
    system_managers::system_in_service,
    work::Work,
};

type Facing<T> = Result<T, Failure<Refusal>>;

/// One command on a restricted item.
pub(crate) struct RestrictedItemWork {
    pub(crate) id: RestrictedItemId,
    pub(crate) command: Command,
}

#[async_trait]
impl Work for RestrictedItemWork {
    type Of = RestrictedItems;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<RestrictedItems> {
        // A move or leaving that is being entered ends what was granted before it.
        take_turn(unit).await?;
        let id = self.id.as_str();
        let (state, _) = unit.load::<RestrictedItems>(id).await?;
        let record = match (state.registered, &self.command) {
            (Some(known), _) => known,
            (None, Command::Register(wanted)) => wanted.clone(),
            (None, _) => return Err(Failure::Refused(Refusal::Unknown)),
        };
        let facts = self.facts(unit, identity, &record).await?;
        let done = unit
            .execute::<RestrictedItems>(id, &self.command, &facts)
            .await?;
        for event in &done.events {
            follow(unit, identity, &record, event).await?;
        }
        Ok(done)
    }
}

impl RestrictedItemWork {
    async fn facts(&self, unit: &Unit, identity: &Identity, record: &Record) -> Facing<Facts> {
        let (directory, pack) = (identity.directory.get(), &identity.runtime.pack);
        let now = unit.context().now;
        let (wanted, named) = match &self.command {
            Command::Register(wanted) => (wanted, BTreeSet::new()),
            Command::Admit { people, .. } | Command::Dismiss { people, .. } => {
                (record, people.clone())
            }
            Command::Withdraw { .. } => (record, BTreeSet::new()),
        };
        let managers = in_charge_of(&directory, pack, &record.section, None, now);
        // Only of those in charge it must be asked who stands above.
        let own = named.intersection(&managers);
        let above: BTreeMap<_, _> = own
            .map(|one| {
                let above = in_charge_of(&directory, pack, &record.section, Some(one), now);
                (one.clone(), above)
            })
            .collect();
        let mut admitted = admitted(unit, &record.id, now).await?;
        admitted.retain(|person| named.contains(person));
        let system = directory.system(&record.system);
        Ok(Facts {
            system_in_service: system_in_service(&directory, &record.system),
            owner: system.map(|system| system.owner.clone()),
            section_known: directory.section(&wanted.section).is_some(),
            managers,
            above,
            admitted,
        })
    }
}

/// Who is in charge of the items of a section at that instant: its head or who acts for them, and of what
/// concerns one of them, whoever stands above.
pub(crate) fn in_charge_of(
    directory: &Directory,
    pack: &Pack,
    section: &SectionId,
    concerned: Option<&PersonId>,
    now: Timestamp,
) -> BTreeSet<PersonId> {
    let question = Question {
        action: Action::RestrictedItemKeep.to_string(),
        section: Some(section.clone()),
        concerned: concerned.into_iter().cloned().collect(),
        ..Question::default()
    };
    let answer = directory.who_may(&question, pack, now);
    answer.map_or_else(|_| BTreeSet::new(), |answer| answer.people())
}

/// Those admitted to an item, or to be.
async fn admitted(
    unit: &Unit,
    item: &RestrictedItemId,
    now: Timestamp,
) -> Facing<BTreeSet<PersonId>> {
    let grants = query::all::<Grants, Refusal>(unit.tx(), to_item(item)).await?;
    let lasting = |ground: &Ground| ground.ends_at.is_none_or(|end| now < end);
    let standing = grants
        .into_iter()
        .filter(|grant| grant.grounds.iter().any(lasting));
    Ok(standing
        .filter_map(|grant| Some(grant.subject?.person))
        .collect())
}

/// Gives and ends the entitlements that follow.
async fn follow(
    unit: &mut Unit,
    identity: &Identity,
    record: &Record,
    event: &Event,
) -> Facing<()> {
    let now = unit.context().now;
    let (people, command) = match event {
        Event::Registered(_) => return Ok(()),
        Event::Admitted { people, until, .. } => {
            let ground = Ground {
                kind: GrantKind::Use,
                permit: None,
                starts_at: now,
                ends_at: *until,
            };
            let means = Means::Ordinary;
            (people.clone(), grant::Command::Grant { ground, means })
        }
        Event::Dismissed { people, reason, .. } => (people.clone(), end(reason)),
        Event::Withdrawn { reason } => (admitted(unit, &record.id, now).await?, end(reason)),
    };
    for person in people {
        let subject = Subject {
            person,
            system: record.system.clone(),
            item: Some(record.id.clone()),
        };
        let done = grants::execute(unit, &identity.runtime.pack, &subject, &command).await;
        done.map_err(|failure| failure.map(Refusal::NotGranted))?;
    }
    Ok(())
}

fn end(reason: &str) -> grant::Command {
    grant::Command::End {
        kind: GrantKind::Use,
        which: Which::All,
        reason: reason.to_owned(),
    }
}
