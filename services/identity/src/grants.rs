//! Grants: what a person may do on a system, from its beginning to its end.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use identity_domain::{
    decision::{Fact, FactKind},
    grant::{Command, Facts, GrantKind, Refusal, State, Subject, Which},
    organisation::person,
};
use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::Pack;
use store::{Done, Failure, Outcome, Unit, facts::get};

use crate::{
    facts,
    identity::Identity,
    privileges,
    store::{
        Grants,
        query::{self, column},
    },
    work::Work,
};

/// What is known of a person and a system.
pub(crate) struct Known<'a> {
    pub(crate) record: Option<&'a person::Record>,
    pub(crate) system_known: bool,
}

impl Known<'_> {
    /// As far as a command on what the one may do on the other asks for it.
    pub(crate) fn facts(
        &self,
        pack: &Arc<Pack>,
        subject: &Subject,
        command: &Command,
        now: Timestamp,
    ) -> Facts {
        // Of a day gone by, before the person was registered here, only the present is known.
        let begins = match command {
            Command::Grant { ground, .. } => ground.starts_at.max(now),
            Command::End { .. } | Command::GiveUp { .. } | Command::EndBy { .. } => now,
        };
        Facts {
            subject: subject.clone(),
            pack: Arc::clone(pack),
            kind: self.record.map(|known| known.kind),
            in_service: self.record.is_some_and(|known| known.serves(begins)),
            moves_at: self
                .record
                .and_then(|known| known.memberships.end_of(begins)),
            system_known: self.system_known,
        }
    }
}

/// Carries out one command on what a person may do on a system.
pub(crate) async fn execute(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    subject: &Subject,
    command: &Command,
) -> Result<Done<State>, Failure<Refusal>> {
    let record = facts::record(unit.tx(), &subject.person).await?;
    let system_known = system_known(unit, &subject.system).await?;
    let known = Known {
        record: record.as_ref(),
        system_known,
    };
    let facts = known.facts(pack, subject, command, unit.context().now);
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
    Ok(known.as_ref().is_some_and(in_use))
}

/// Whether that is a system, and in service.
pub(crate) fn in_use(known: &Fact) -> bool {
    matches!(known, Fact::System(system) if !system.retired)
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
