//! Grants: what approvals granted, what was imported, and what was ended.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use identity_domain::{
    decision::{Fact, FactKind},
    grant::{Command, Facts, GrantKind, Ground, Refusal, State, Subject, Which},
};
use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use proto::{approvals::v1 as approvals, record::Record};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::Pack;
use store::{Done, Failure, Outcome, Unit, facts::get};

use crate::{
    facts,
    identity::Identity,
    privileges, publish,
    store::{
        Grants,
        query::{self, column},
        take_turn,
    },
    work::Work,
};

/// Carries out one command on what a person may do on a system.
pub(crate) async fn execute(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    subject: &Subject,
    command: &Command,
) -> Result<Done<State>, Failure<Refusal>> {
    let record = facts::record(unit.tx(), &subject.person).await?;
    // Of a day gone by, before the person was registered here, only the present is known.
    let now = unit.context().now;
    let begins = match command {
        Command::Grant(ground) => ground.starts_at.max(now),
        Command::End { .. } | Command::GiveUp { .. } | Command::EndBy { .. } => now,
    };
    let facts = Facts {
        subject: subject.clone(),
        pack: Arc::clone(pack),
        person_known: record.is_some(),
        in_service: record.as_ref().is_some_and(|known| known.serves(begins)),
        moves_at: record.and_then(|known| known.memberships.end_of(begins)),
        system_known: system_known(unit, &subject.system).await?,
    };
    let id = Grants::id(subject);
    let done = unit.execute::<Grants>(&id, command, &facts).await?;
    for event in &done.events {
        privileges::follow(unit, pack, subject, event).await?;
    }
    Ok(done)
}

/// Ends everything that was granted to an ID, now.
pub(crate) async fn end_all(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    id: &PersonId,
    reason: &str,
) -> Result<(), Failure<Refusal>> {
    let of_id = Condition::all().add(column("person_id").eq(id.as_str()));
    let granted = query::all::<Grants, Refusal>(unit.tx(), of_id).await?;
    for subject in granted.into_iter().filter_map(|grant| grant.subject) {
        for kind in [GrantKind::Use, GrantKind::Privileged] {
            let end = Command::End {
                kind,
                which: Which::All,
                reason: reason.to_owned(),
            };
            execute(unit, pack, &subject, &end).await?;
        }
    }
    Ok(())
}

/// Those of the systems that the ledger has not told of, or told that they are out of service.
pub(crate) async fn unknown_systems<R>(
    unit: &Unit,
    systems: &BTreeSet<SystemId>,
) -> Result<BTreeSet<SystemId>, Failure<R>> {
    let mut unknown = BTreeSet::new();
    for system in systems {
        if !system_known(unit, system).await? {
            unknown.insert(system.clone());
        }
    }
    Ok(unknown)
}

/// Whether the ledger has told of the system, and not that it is out of service.
async fn system_known<R>(unit: &Unit, system: &SystemId) -> Result<bool, Failure<R>> {
    let kind = FactKind::System.as_str();
    let known: Option<Fact> = get(unit.tx(), unit.backend(), kind, system.as_str()).await?;
    Ok(matches!(known, Some(Fact::System(system)) if !system.retired))
}

/// One command on what a person may do on a system, in a unit of its own.
pub(crate) struct GrantWork {
    pub(crate) subject: Subject,
    pub(crate) command: Command,
}

#[async_trait]
impl Work for GrantWork {
    type Of = Grants;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Grants> {
        execute(unit, &identity.runtime.pack, &self.subject, &self.command).await
    }
}

/// Turns granted permits into grants, and ended ones into their end.
pub(crate) struct PermitEffects {
    pub(crate) pack: Arc<Pack>,
}

#[async_trait]
impl RecordHandler for PermitEffects {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let Some((subject, command)) = effect(record)? else {
            return Ok(());
        };
        // A move or leaving that is being entered cuts what was granted before it, and is known to what
        // is granted after it. Before any grant is locked, as imports do.
        take_turn(unit).await?;
        let refused = match execute(unit, &self.pack, &subject, &command).await {
            Err(Failure::Refused(refused)) => refused,
            other => return Ok(other.map(|_| ())?),
        };
        // A permit that was over before it was heard of, or is for somebody who has left, grants
        // nothing; whoever looks for what became of it finds this.
        if let Command::Grant(ground) = &command {
            let told = publish::not_carried_out(&subject, ground, &refused);
            unit.record("entitlement", &Grants::id(&subject), told);
        }
        Ok(())
    }
}

/// What a record of approvals asks of the grants; nothing for permits without such an effect.
fn effect(record: &Record) -> Result<Option<(Subject, Command)>, Trouble> {
    if let Some(event) = record.event::<approvals::PermitGranted>() {
        return read(event?.permit, |permit, kind, permit_id| {
            let ground = Ground {
                kind,
                permit: Some(permit_id),
                starts_at: instant(permit.starts_at.as_ref())?.unwrap_or(record.time),
                ends_at: instant(permit.ends_at.as_ref())?,
            };
            Ok(Command::Grant(ground))
        });
    }
    let (permit, reason) = if let Some(event) = record.event::<approvals::PermitRevoked>() {
        (event?.permit, "the permit was revoked")
    } else if let Some(event) = record.event::<approvals::PermitExpired>() {
        (event?.permit, "the permit expired")
    } else if let Some(event) = record.event::<approvals::PermitCompleted>() {
        (event?.permit, "the permit was carried out to the end")
    } else {
        return Ok(None);
    };
    read(permit, |_, kind, permit| {
        Ok(Command::End {
            kind,
            which: Which::Permit(permit),
            reason: reason.to_owned(),
        })
    })
}

fn read(
    permit: Option<approvals::Permit>,
    command: impl FnOnce(&approvals::Permit, GrantKind, kernel::PermitId) -> Result<Command, Trouble>,
) -> Result<Option<(Subject, Command)>, Trouble> {
    let permit = permit.ok_or_else(|| wrong("the event names no permit"))?;
    let kind = match permit.effect.as_str() {
        "entitlement" => GrantKind::Use,
        "privileged_grant" => GrantKind::Privileged,
        _ => return Ok(None),
    };
    let about = permit.subject.clone().unwrap_or_default();
    let person = match about.person_id.as_str() {
        "" => permit.applicant_id.as_str(),
        person => person,
    };
    let subject = Subject {
        person: PersonId::try_new(person).map_err(wrong)?,
        system: about.system_id.parse().map_err(wrong)?,
        item: None,
    };
    let id = permit.permit_id.parse().map_err(wrong)?;
    let command = command(&permit, kind, id)?;
    Ok(Some((subject, command)))
}

fn instant(at: Option<&prost_types::Timestamp>) -> Result<Option<Timestamp>, Trouble> {
    at.map(|at| proto::instant(at).ok_or_else(|| wrong("an instant is out of range")))
        .transpose()
}

fn wrong(what: impl std::fmt::Display) -> Trouble {
    Trouble::Record(what.to_string())
}
