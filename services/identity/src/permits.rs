//! What became of permits at approvals: a grant begins with its permit, and ends with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bus::Trouble;
use identity_domain::{
    decision::{Fact, FactKind},
    grant::{self, Command, GrantKind, Ground, Means, Subject, Which},
    organisation::person,
};
use jiff::Timestamp;
use kernel::PersonId;
use proto::{approvals::v1 as approvals, record::Record};
use standard::Pack;
use store::{Batch, Unit, facts::get_all};

use crate::{
    facts,
    grants::{self, Known},
    privileges, publish,
    store::{Grants, take_turn},
};

/// Turns granted permits into grants, and ended ones into their end: many at once, in the order in which they
/// were told of.
pub(crate) struct PermitEffects {
    pack: Arc<Pack>,
    /// What each record asks for, by its position.
    asked: BTreeMap<u64, (Subject, Command)>,
    grants: Batch<Grants>,
    people: BTreeMap<PersonId, person::Record>,
    systems: BTreeMap<String, Fact>,
}

impl PermitEffects {
    /// Reads what the effects of these records take.
    pub(crate) async fn read(
        unit: &Unit,
        pack: &Arc<Pack>,
        records: &[&Record],
    ) -> Result<Self, Trouble> {
        let mut effects = Self {
            pack: Arc::clone(pack),
            asked: BTreeMap::new(),
            grants: Batch::default(),
            people: BTreeMap::new(),
            systems: BTreeMap::new(),
        };
        for record in records {
            let asked = effect(record)?;
            (effects.asked).extend(asked.map(|asked| (record.position, asked)));
        }
        if effects.asked.is_empty() {
            return Ok(effects);
        }
        // A move or leaving that is being entered cuts what was granted before it, and is known to what
        // is granted after it. Before any grant is locked, as imports do.
        take_turn(unit).await?;
        let subjects = || effects.asked.values().map(|(subject, _)| subject);
        let ids: BTreeSet<String> = subjects().map(Grants::id).collect();
        let people: BTreeSet<&PersonId> = subjects().map(|subject| &subject.person).collect();
        let systems: BTreeSet<_> = subjects()
            .map(|subject| subject.system.to_string())
            .collect();
        effects.people = facts::records::<grant::Refusal>(unit.tx(), people).await?;
        effects.grants.read_where(unit, "id", ids).await?;
        let kind = FactKind::System.as_str();
        effects.systems = get_all(unit.tx(), kind, systems).await?;
        Ok(effects)
    }

    /// What one of them asks for. The unit's context is that of its consequences.
    pub(crate) async fn carry_out(
        &mut self,
        unit: &mut Unit,
        record: &Record,
    ) -> Result<(), Trouble> {
        let Some((subject, command)) = self.asked.remove(&record.position) else {
            return Ok(());
        };
        let system = self.systems.get(subject.system.as_str());
        let known = Known {
            record: self.people.get(&subject.person),
            system_known: system.is_some_and(grants::in_use),
        };
        let facts = known.facts(&self.pack, &subject, &command, unit.context().now);
        let id = Grants::id(&subject);
        match (self.grants.execute(unit, &id, &command, &facts), &command) {
            (Ok(done), _) => {
                for event in &done.events {
                    let followed =
                        privileges::follow::<grant::Refusal>(unit, &self.pack, &subject, event);
                    followed.await?;
                }
            }
            // A permit that was over before it was heard of, or is for somebody who has left or for an ID
            // that is nobody's own, grants nothing; whoever looks for what became of it finds this.
            (Err(refused), Command::Grant { ground, .. }) => {
                let told = publish::not_carried_out(&subject, ground, &refused);
                unit.record("entitlement", &id, told);
            }
            (Err(_), _) => {}
        }
        Ok(())
    }

    /// Writes what came of them.
    pub(crate) async fn write(self, unit: &Unit) -> Result<(), Trouble> {
        Ok(self.grants.write(unit).await?)
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
