//! When posts change hands, or systems owners, open applications show who decides now. Who may
//! decide is judged anew at every decision anyway; this is for those who look at their lists.

use std::collections::BTreeMap;

use approvals_domain::permit::Command;
use jiff::{SignedDuration, Timestamp};
use kernel::Decider;
use sea_orm::DbErr;

use super::{BATCH, context, told};
use crate::{desk::Desk, store};

/// How long a look holds when nothing is said: an application may have met the news of a post on
/// its way, one may have failed to be rerouted, a post may be held from today.
const EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Remembers when routes were last held against the organisation, and against what of it.
#[derive(Debug, Default)]
pub struct Rerouter {
    seen: BTreeMap<&'static str, u64>,
    looked_at: Option<Timestamp>,
}

impl Rerouter {
    /// Reroutes every open application whose deciders are others now: when anything has been said
    /// since the last look, and every minute. One that fails is found again by the next look.
    ///
    /// # Errors
    /// The database could not be asked.
    pub async fn look(&mut self, desk: &Desk) -> Result<(), DbErr> {
        let now = desk.clock.now();
        let seen = desk.known.seen().await;
        let lately = |at: Timestamp| now.duration_since(at) < EVERY;
        if self.looked_at.is_some_and(lately) && seen == self.seen {
            return Ok(());
        }
        reroute(desk).await?;
        self.seen = seen;
        self.looked_at = Some(now);
        Ok(())
    }
}

async fn reroute(desk: &Desk) -> Result<(), DbErr> {
    let facts = desk.facts();
    let mut after = String::new();
    loop {
        let page = store::open_permits(desk.store.database().read(), &after, BATCH).await?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after.clone_from(last);
        for (id, permit) in page {
            let request = context(desk);
            let moves = permit.map(|permit| {
                let decided = permit.decide(&Command::Reroute, &facts, &request);
                decided.is_ok_and(|events| !events.is_empty())
            });
            match moves {
                Ok(false) => {}
                Ok(true) => {
                    let request = request.into();
                    let done = desk.permit(&id, &Command::Reroute, &facts, &request).await;
                    told("permit", &id, done.err());
                }
                Err(error) => told("permit", &id, Some(error)),
            }
        }
    }
}
