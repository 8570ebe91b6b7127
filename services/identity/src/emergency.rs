//! IDs for emergencies: with the second approval the ID serves and may administer what was asked for,
//! and both end at the same instant by themselves.

pub(crate) mod readiness;

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use identity_domain::{
    emergency_access::{Asked, Command, Event, Facts, Keys, Refusal},
    grant::{Command as GrantCommand, GrantKind, Ground, Means, Subject},
    organisation::person::{self, Admission, Kind},
};
use jiff::{SignedDuration, Timestamp};
use kernel::{EmergencyAccessId, PersonId, SectionId, SystemId};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use store::{Failure, Outcome, Unit};

use crate::{
    facts, grants,
    identity::Identity,
    organisation,
    store::{
        Accounts, EmergencyAccesses, People,
        query::{self, column},
        take_turn,
    },
    work::Work,
};

/// How long the keys of an ID can be enrolled after it was registered.
const SET_UP: SignedDuration = SignedDuration::from_hours(24);

/// Registers an ID for emergencies, in a unit of its own.
pub(crate) struct RegisterEmergencyId {
    pub(crate) id: PersonId,
    pub(crate) name: String,
    pub(crate) section: SectionId,
}

#[async_trait]
impl Work for RegisterEmergencyId {
    type Of = People;

    async fn run(&self, unit: &mut Unit, _: &Identity) -> Outcome<People> {
        take_turn(unit).await?;
        if is_busy(unit, &self.id).await? {
            return Err(Failure::Refused(person::Refusal::OpenForEmergency));
        }
        let admission = Admission {
            id: self.id.clone(),
            name: self.name.clone(),
            section: self.section.clone(),
            kind: Kind::Emergency,
            until: unit.context().now + SET_UP,
        };
        organisation::admit(unit, admission).await
    }
}

/// One command on an opening, in a unit of its own.
pub(crate) struct EmergencyWork {
    pub(crate) id: EmergencyAccessId,
    pub(crate) command: Command,
}

#[async_trait]
impl Work for EmergencyWork {
    type Of = EmergencyAccesses;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<EmergencyAccesses> {
        // Of two who ask for the same ID at once, one gets it.
        take_turn(unit).await?;
        let mut facts = Facts {
            pack: Arc::clone(&identity.runtime.pack),
            keys: None,
            busy: false,
            unknown: BTreeSet::new(),
        };
        if let Command::Ask {
            account, systems, ..
        } = &self.command
        {
            facts.keys = keys(unit, account).await?;
            facts.busy = is_busy(unit, account).await?;
            facts.unknown = grants::unknown_systems(unit, systems).await?;
        }
        let (id, command) = (self.id.as_str(), &self.command);
        let done = unit
            .execute::<EmergencyAccesses>(id, command, &facts)
            .await?;
        let Some(asked) = &done.state.asked else {
            return Ok(done);
        };
        for event in &done.events {
            match event {
                Event::Opened(open) => open_until(unit, identity, asked, open.until).await?,
                Event::Closed {
                    at,
                    review_due_at: Some(_),
                    ..
                } => close_at(unit, identity, asked, *at).await?,
                _ => {}
            }
        }
        Ok(done)
    }
}

/// What an ID signs in with; none when it is not one for emergencies.
async fn keys(unit: &Unit, account: &PersonId) -> Result<Option<Keys>, Failure<Refusal>> {
    if emergency_record(unit, account).await?.is_none() {
        return Ok(None);
    }
    let state = query::one::<Accounts, _>(unit.tx(), account.as_str()).await?;
    Ok(Some(Keys::of(&state)))
}

async fn emergency_record(
    unit: &Unit,
    account: &PersonId,
) -> Result<Option<person::Record>, Failure<Refusal>> {
    let record = facts::record(unit.tx(), account).await?;
    Ok(record.filter(|record| record.kind == Kind::Emergency))
}

/// Whether an ID is asked for or open.
pub(crate) async fn is_busy<R>(unit: &Unit, account: &PersonId) -> Result<bool, Failure<R>> {
    let of_account = Condition::all().add(column("emergency_id").eq(account.as_str()));
    let others = query::all::<EmergencyAccesses, _>(unit.tx(), of_account).await?;
    let now = unit.context().now;
    Ok(others.iter().any(|one| one.is_busy(now)))
}

async fn open_until(
    unit: &mut Unit,
    identity: &Identity,
    asked: &Asked,
    until: Timestamp,
) -> Result<(), Failure<Refusal>> {
    serve_until(unit, asked, until).await?;
    for system in &asked.systems {
        for kind in [GrantKind::Use, GrantKind::Privileged] {
            grant(unit, identity, asked, system, kind, until).await?;
        }
    }
    Ok(())
}

async fn grant(
    unit: &mut Unit,
    identity: &Identity,
    asked: &Asked,
    system: &SystemId,
    kind: GrantKind,
    until: Timestamp,
) -> Result<(), Failure<Refusal>> {
    let subject = Subject {
        person: asked.account.clone(),
        system: system.clone(),
        item: None,
    };
    let command = GrantCommand::Grant {
        ground: Ground {
            kind,
            permit: None,
            starts_at: unit.context().now,
            ends_at: Some(until),
        },
        means: Means::Opening,
    };
    let done = grants::execute(unit, &identity.runtime.pack, &subject, &command).await;
    done.map_err(|failure| failure.map(Refusal::Grant))?;
    Ok(())
}

async fn close_at(
    unit: &mut Unit,
    identity: &Identity,
    asked: &Asked,
    at: Timestamp,
) -> Result<(), Failure<Refusal>> {
    serve_until(unit, asked, at).await?;
    let (pack, account) = (&identity.runtime.pack, &asked.account);
    let ended = grants::end_all(unit, pack, account, "the emergency is over").await;
    ended.map_err(|failure| failure.map(Refusal::Grant))
}

async fn serve_until(
    unit: &mut Unit,
    asked: &Asked,
    until: Timestamp,
) -> Result<(), Failure<Refusal>> {
    let unknown = || Failure::Refused(Refusal::AccountUnknown(asked.account.clone()));
    let record = emergency_record(unit, &asked.account).await?;
    let record = record.ok_or_else(unknown)?;
    let section = record.section(unit.context().now).ok_or_else(unknown)?;
    let admission = Admission {
        id: record.id.clone(),
        name: record.name.clone(),
        section: section.clone(),
        kind: record.kind,
        until,
    };
    let admitted = organisation::admit(unit, admission).await;
    admitted.map_err(|failure| failure.map(Refusal::Id))?;
    Ok(())
}
