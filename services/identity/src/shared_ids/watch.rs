//! What comes about by itself: members who move or leave, check-outs that are over. It is recorded
//! when the organisation changes, and every minute; nothing is enforced here, since whoever asks is
//! judged by the clock of the question.

use std::{collections::BTreeMap, convert::Infallible, sync::LazyLock, time::Duration};

use directory::Directory;
use identity_domain::shared_id::{Command, Refusal};
use jiff::{SignedDuration, Timestamp};
use kernel::{Decider as _, PersonId, SectionId};
use opentelemetry::{KeyValue, metrics::Gauge};
use runtime::{CancellationToken, Ticks, metrics};
use store::Failure;

use super::{SharedIdWork, Violation, facts};
use crate::{
    identity::Identity,
    store::{SharedIds, in_use, in_violation, query},
};

/// How often it is looked whether anything was said.
const EVERY: Duration = Duration::from_secs(1);
/// How long a look holds when nothing is said: somebody may move or leave today.
const HOLDS: SignedDuration = SignedDuration::from_secs(60);
/// Shared IDs read at once.
const BATCH: u32 = 200;

static VIOLATIONS: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_identity_shared_id_violations")
        .with_description("Shared IDs with a secret overdue for a change, or without an owner")
        .build()
});

/// Looks until told to stop. A database that is away is asked again at the next look.
pub(crate) async fn run(identity: Identity, stop: CancellationToken) -> Result<(), Infallible> {
    let mut ticks = Ticks::every(EVERY, stop);
    let mut last: Option<(BTreeMap<&'static str, u64>, Timestamp)> = None;
    while ticks.next().await {
        let (seen, now) = (identity.directory.seen().await, identity.now());
        let holds = |(before, at): &(BTreeMap<_, _>, Timestamp)| {
            *before == seen && now.duration_since(*at) < HOLDS
        };
        if last.as_ref().is_some_and(holds) {
            continue;
        }
        match look(&identity).await {
            Ok(()) => last = Some((seen, now)),
            Err(failure) => tracing::warn!(%failure, "identity: shared IDs wait"),
        }
    }
    Ok(())
}

async fn look(identity: &Identity) -> Result<(), Failure<Refusal>> {
    let db = identity.store.database().read();
    let directory = identity.directory.get();
    let request = identity.own_request();
    let mut page = rpc::Page {
        size: BATCH,
        after: None,
    };
    loop {
        let listed = query::page::<SharedIds, Refusal>(db, in_use(), &page).await?;
        for state in listed.items {
            let now = request.context.now;
            let Some(known) = &state.registered else {
                continue;
            };
            let members = known.members.keys();
            let facts = facts(
                identity,
                &known.system,
                homes(&directory, members, now),
                now,
            );
            let reckoned = state.decide(&Command::Reckon, &facts, &request.context);
            let reckoned = reckoned.map_err(Failure::Refused)?;
            if reckoned.is_empty() {
                continue;
            }
            let work = SharedIdWork {
                id: known.id.clone(),
                command: Command::Reckon,
            };
            // One that fails does not keep the others from being recorded; it comes again.
            if let Err(failure) = identity.carry_out(&work, &identity.own_request()).await {
                tracing::warn!(id = %work.id, %failure, "what became of a shared ID is yet to be recorded");
            }
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    count(identity).await
}

fn homes<'a>(
    directory: &Directory,
    people: impl Iterator<Item = &'a PersonId>,
    now: Timestamp,
) -> BTreeMap<PersonId, SectionId> {
    let home = |person: &PersonId| directory.person(person)?.section(now).cloned();
    let found = people.filter_map(|person| Some((person.clone(), home(person)?)));
    found.collect()
}

async fn count(identity: &Identity) -> Result<(), Failure<Refusal>> {
    let (db, now) = (identity.store.database().read(), identity.now());
    let found = query::all::<SharedIds, Refusal>(db, in_violation(now)).await?;
    for violation in Violation::ALL {
        let count = found
            .iter()
            .filter(|state| violation.is_of(state, now))
            .count();
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        VIOLATIONS.record(count, &[KeyValue::new("code", violation.as_str())]);
    }
    Ok(())
}
