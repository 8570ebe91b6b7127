//! When posts change hands, or systems owners, open applications show who decides now. Who may
//! decide is judged anew at every decision anyway; this is for those who look at their lists.

use std::collections::BTreeMap;

use approvals_domain::{Organisation, System, permit::Command};
use kernel::{Decider, SystemId};
use sea_orm::DbErr;

use super::{context, told};
use crate::{desk::Desk, store};

/// Remembers what routes were last held against.
#[derive(Debug, Default)]
pub struct Rerouter {
    seen: BTreeMap<&'static str, u64>,
    held_against: Option<(Organisation, BTreeMap<SystemId, System>)>,
}

impl Rerouter {
    /// Reroutes what waits, if anything about posts or systems has changed since the last look.
    ///
    /// # Errors
    /// The database could not be asked.
    pub async fn look(&mut self, desk: &Desk) -> Result<(), DbErr> {
        let seen = desk.known.seen().await;
        if self.held_against.is_some() && seen == self.seen {
            return Ok(());
        }
        let facts = desk.facts();
        let material = (facts.organisation.clone(), facts.systems.clone());
        if self.held_against.as_ref() != Some(&material) {
            for permit in store::open_permits(desk.store.database().read()).await? {
                let request = context(desk);
                let moved = permit.decide(&Command::Reroute, &facts, &request);
                if moved.is_ok_and(|events| events.is_empty()) {
                    continue;
                }
                let id = permit.id.as_str();
                let done = desk
                    .permit(id, &Command::Reroute, &facts, &request.into())
                    .await;
                told("permit", id, done.err());
            }
            self.held_against = Some(material);
        }
        self.seen = seen;
        Ok(())
    }
}
