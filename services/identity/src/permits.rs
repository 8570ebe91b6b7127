//! What became of permits at approvals: a grant begins with its permit, and ends with it.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use identity_domain::grant::{Command, GrantKind, Ground, Means, Subject, Which};
use jiff::Timestamp;
use kernel::PersonId;
use proto::{approvals::v1 as approvals, record::Record};
use standard::Pack;
use store::{Failure, Unit};

use crate::{
    grants, publish,
    store::{Grants, take_turn},
};

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
        let refused = match grants::execute(unit, &self.pack, &subject, &command).await {
            Err(Failure::Refused(refused)) => refused,
            other => return Ok(other.map(|_| ())?),
        };
        // A permit that was over before it was heard of, or is for somebody who has left or for an ID
        // that is nobody's own, grants nothing; whoever looks for what became of it finds this.
        if let Command::Grant { ground, .. } = &command {
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
            Ok(Command::Grant {
                ground,
                means: Means::Ordinary,
            })
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
