//! Robots' IDs: each is entered together with the ID itself and with what it may use.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use identity_domain::{
    grant::{Command as GrantCommand, GrantKind, Ground, Means, Subject, Which},
    organisation::person::{Admission, Kind},
    service_id::{Command, Entry, Facts, Record, Refusal},
};
use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use standard::Action;
use store::{Failure, Outcome, Unit};

use crate::{
    facts, grants,
    identity::Identity,
    organisation,
    store::{ServiceIds, query, take_turn},
    work::Work,
};

/// Registers a robot's ID, in a unit of its own.
pub(crate) struct RegisterServiceId(pub(crate) Entry);

#[async_trait]
impl Work for RegisterServiceId {
    type Of = ServiceIds;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<ServiceIds> {
        // The owner's place and what gives authority over it do not change meanwhile.
        take_turn(unit).await?;
        let Self(entry) = self;
        let id = entry.id.as_str();
        let before = query::one::<ServiceIds, _>(unit.tx(), id).await?;
        let before = before.registered;
        let owners = before.iter().map(|record| &record.entry.owner);
        let owners: BTreeSet<_> = owners.chain([&entry.owner]).collect();
        let facts = Facts {
            pack: Arc::clone(&identity.runtime.pack),
            keeps: keeps(unit, owners).await?,
            owner_serves: staff_in_service(unit, &entry.owner).await?.is_some(),
            unknown: grants::unknown_systems(unit, &entry.systems).await?,
        };
        let command = Command::Register(entry.clone());
        let done = unit.execute::<ServiceIds>(id, &command, &facts).await?;
        if let (Some(record), false) = (&done.state.registered, done.events.is_empty()) {
            let none = BTreeSet::new();
            let had = before
                .as_ref()
                .map_or(&none, |before| &before.entry.systems);
            serve(unit, record).await?;
            allow(unit, identity, record, had).await?;
        }
        Ok(done)
    }
}

/// Ends a robot's ID, in a unit of its own.
pub(crate) struct EndServiceId {
    pub(crate) id: PersonId,
    pub(crate) reason: String,
}

#[async_trait]
impl Work for EndServiceId {
    type Of = ServiceIds;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<ServiceIds> {
        take_turn(unit).await?;
        let before = query::one::<ServiceIds, _>(unit.tx(), self.id.as_str()).await?;
        let owner = before.registered.map(|record| record.entry.owner);
        let facts = Facts {
            pack: Arc::clone(&identity.runtime.pack),
            keeps: keeps(unit, &owner).await?,
            owner_serves: true,
            unknown: BTreeSet::new(),
        };
        let command = Command::End {
            reason: self.reason.clone(),
        };
        let id = self.id.as_str();
        let done = unit.execute::<ServiceIds>(id, &command, &facts).await?;
        if let (Some(record), false) = (&done.state.registered, done.events.is_empty()) {
            serve(unit, record).await?;
            let pack = &identity.runtime.pack;
            let ended = grants::end_all(unit, pack, &self.id, &self.reason).await;
            ended.map_err(|failure| failure.map(Refusal::Grant))?;
        }
        Ok(done)
    }
}

/// Whether keeping the robots of all these people falls to the actor.
async fn keeps(
    unit: &Unit,
    people: impl IntoIterator<Item = &PersonId>,
) -> Result<bool, Failure<Refusal>> {
    let now = unit.context().now;
    let actor = unit.context().actor.person();
    let mut keeps = false;
    for person in people {
        let home = facts::home(unit.tx(), person, now).await?;
        let action = Action::ServiceIdKeep;
        keeps = facts::falls_to(unit.tx(), action, actor, home.as_ref(), now).await?;
        if !keeps {
            break;
        }
    }
    Ok(keeps)
}

/// A member of staff who is in service now.
async fn staff_in_service<R>(
    unit: &Unit,
    person: &PersonId,
) -> Result<Option<identity_domain::organisation::person::Record>, Failure<R>> {
    let now = unit.context().now;
    let record = facts::record(unit.tx(), person).await?;
    Ok(record.filter(|record| record.kind == Kind::Staff && record.serves(now)))
}

/// Lets the ID serve, in its owner's section, until the record's end.
async fn serve(unit: &mut Unit, record: &Record) -> Result<(), Failure<Refusal>> {
    let entry = &record.entry;
    let now = unit.context().now;
    let home = facts::home(unit.tx(), &entry.owner, now).await?;
    let home =
        home.ok_or_else(|| Failure::Refused(Refusal::OwnerNotInService(entry.owner.clone())))?;
    let admission = Admission {
        id: entry.id.clone(),
        name: entry.name.clone(),
        section: home.section,
        kind: Kind::Robot { path: entry.path },
        until: record.ends_at,
    };
    let admitted = organisation::admit(unit, admission).await;
    admitted.map_err(|failure| failure.map(Refusal::Id))?;
    Ok(())
}

/// Lets it use what it names, and nothing else of what it had.
async fn allow(
    unit: &mut Unit,
    identity: &Identity,
    record: &Record,
    had: &BTreeSet<SystemId>,
) -> Result<(), Failure<Refusal>> {
    let entry = &record.entry;
    let kind = GrantKind::Use;
    let ends = had.difference(&entry.systems).map(|system| {
        let end = GrantCommand::End {
            kind,
            which: Which::All,
            reason: "the service ID does not name the system any more".to_owned(),
        };
        (system, end)
    });
    let now: Timestamp = unit.context().now;
    let begins = entry.systems.iter().map(|system| {
        let ground = Ground {
            kind,
            permit: None,
            starts_at: now,
            ends_at: Some(record.ends_at),
        };
        let means = Means::Registration;
        (system, GrantCommand::Grant { ground, means })
    });
    for (system, command) in ends.chain(begins).collect::<Vec<_>>() {
        let subject = Subject {
            person: entry.id.clone(),
            system: system.clone(),
            item: None,
        };
        let done = grants::execute(unit, &identity.runtime.pack, &subject, &command).await;
        done.map_err(|failure| failure.map(Refusal::Grant))?;
    }
    Ok(())
}
