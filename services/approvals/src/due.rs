//! Scheduled work: what has ended or is overdue is recorded, what waits is rerouted when posts
//! change, and gauges are set. Nothing is enforced here: every decision looks at its own clock.

mod count;
mod reroute;

use std::time::Duration;

use approvals_domain::{exception, permit};
use kernel::{Actor, Context};
use runtime::{CancellationToken, Ticks};
use sea_orm::DbErr;
use standard::ServiceName;

use crate::{desk::Desk, store};

pub use reroute::Rerouter;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);
/// Most records of a sort made in one look; the rest come with the next.
const BATCH: u64 = 200;

/// Looks until told to stop. A database that is away is asked again at the next look.
pub async fn run(desk: Desk, stop: CancellationToken) -> Result<(), DbErr> {
    let mut ticks = Ticks::every(TICK, stop);
    let mut rerouter = Rerouter::default();
    while ticks.next().await {
        let looked = async {
            scan(&desk).await?;
            rerouter.look(&desk).await?;
            count::gauge(&desk).await
        };
        if let Err(error) = looked.await {
            tracing::warn!(%error, "approvals: scheduled work waits");
        }
    }
    Ok(())
}

/// Records every end and every overdue report that has come.
///
/// # Errors
/// The database could not be asked.
pub async fn scan(desk: &Desk) -> Result<(), DbErr> {
    let now = desk.clock.now();
    let read = desk.store.database().read();
    let facts = desk.facts();
    for id in store::due_permits(read, now, BATCH).await? {
        let request = context(desk).into();
        let done = desk
            .permit(&id, &permit::Command::Expire, &facts, &request)
            .await;
        told("permit", &id, done.err());
    }
    let ended = store::due_exceptions(read, now, BATCH).await?;
    let ended = ended.into_iter().map(|id| (id, exception::Command::Expire));
    let late = store::overdue_exceptions(read, now, BATCH).await?;
    let late = late
        .into_iter()
        .map(|id| (id, exception::Command::MarkOverdue));
    for (id, command) in late.chain(ended) {
        let request = context(desk).into();
        let done = desk.exception(&id, &command, &facts, &request).await;
        told("exception", &id, done.err());
    }
    Ok(())
}

/// The service's own doing, each with a correlation of its own.
fn context(desk: &Desk) -> Context {
    let actor = Actor::Service(ServiceName::Approvals.as_str().to_owned());
    Context::new(actor, desk.clock.now(), runtime::new_id().to_string())
}

/// One that fails does not keep the others from being recorded; it comes again.
fn told(what: &str, id: &str, failure: Option<impl std::fmt::Display>) {
    if let Some(failure) = failure {
        tracing::warn!(what, id, %failure, "its due record waits");
    }
}
