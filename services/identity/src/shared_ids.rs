//! Shared IDs: judged inside one transaction by where their members belong there and then.

mod violation;
pub(crate) mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use identity_domain::shared_id::{Command, Facts, Refusal, State};
use kernel::{PersonId, SectionId, SharedId, SystemId};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::Action;
use store::{Failure, Outcome, Unit};

use crate::{
    identity::Identity,
    store::{
        People, SharedIds,
        query::{self, column},
    },
    system_managers::{system_in_service, system_managers},
    work::Work,
};

pub(crate) use violation::Violation;

/// What keeping them is in the standard's table.
const SHARED_ID: Action = Action::SharedIdKeep;

/// One command on a shared ID.
pub(crate) struct SharedIdWork {
    pub(crate) id: SharedId,
    pub(crate) command: Command,
}

#[async_trait]
impl Work for SharedIdWork {
    type Of = SharedIds;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<SharedIds> {
        let id = self.id.as_str();
        let (state, _) = unit.load::<SharedIds>(id).await?;
        let (system, people) = self.about(&state);
        let sections = sections(unit, people).await?;
        let facts = match &system {
            Some(system) => facts(identity, system, sections, unit.context().now),
            // There is nothing to judge of what nobody registered.
            None => return Err(Failure::Refused(Refusal::Unknown)),
        };
        unit.execute::<SharedIds>(id, &self.command, &facts).await
    }
}

impl SharedIdWork {
    /// The system whose managers matter, and the people whose sections do.
    fn about(&self, state: &State) -> (Option<SystemId>, BTreeSet<PersonId>) {
        let known = state.registered.as_ref();
        let system = known.map(|known| known.system.clone());
        let members = known.iter().flat_map(|known| known.members.keys());
        let mut people: BTreeSet<PersonId> = members.cloned().collect();
        match &self.command {
            Command::Register(wanted) => {
                people.extend(wanted.members.iter().cloned());
                (system.or_else(|| Some(wanted.system.clone())), people)
            }
            _ => (system, people),
        }
    }
}

fn facts(
    identity: &Identity,
    system: &SystemId,
    sections: BTreeMap<PersonId, SectionId>,
    now: jiff::Timestamp,
) -> Facts {
    let (directory, pack) = (identity.directory.get(), &identity.runtime.pack);
    Facts {
        pack: Arc::clone(pack),
        system_in_service: system_in_service(&directory, system),
        managers: system_managers(&directory, pack, SHARED_ID, system, None, now),
        sections,
    }
}

/// Where people belong now; those not in service are left out.
async fn sections(
    unit: &Unit,
    people: BTreeSet<PersonId>,
) -> Result<BTreeMap<PersonId, SectionId>, Failure<Refusal>> {
    let now = unit.context().now;
    let ids = people.iter().map(PersonId::as_str);
    let named = Condition::all().add(column("id").is_in(ids));
    let known = query::all::<People, Refusal>(unit.tx(), named).await?;
    let known = known.into_iter().filter_map(|state| state.registered);
    let home = known.filter_map(|record| {
        let spell = record.memberships.at(now)?;
        Some((record.id.clone(), spell.value.clone()))
    });
    Ok(home.collect())
}
