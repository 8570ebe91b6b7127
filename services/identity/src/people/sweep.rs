//! What the clock has brought about is put on record, for those who look at records and for whoever
//! holds a stream open: accounts that nobody uses, sessions of people whose service is over. Nothing
//! waits for it: every sign-in, refresh and decision looks at the clock itself.

use std::{convert::Infallible, sync::LazyLock, time::Duration};

use identity_domain::account::{Command, Refusal, last_use};
use jiff::Timestamp;
use kernel::PersonId;
use opentelemetry::{KeyValue, metrics::Gauge};
use runtime::{CancellationToken, Ticks, metrics};
use sea_orm::{DbErr, ExprTrait as _};
use standard::Period;
use store::Failure;

use crate::{
    identity::Identity,
    store::{Accounts, dormancy_due, query::column, service_over, unused_since},
};

/// How often the clock is looked at.
const EVERY: Duration = Duration::from_secs(2);
/// Most accounts of a sort in one look; the rest come with the next.
const BATCH: u64 = 200;

static UNUSED: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_identity_unused_accounts")
        .with_description("Accounts that nobody uses: to be looked at, or stopped for it")
        .build()
});

/// Looks until told to stop. A database that is away is asked again at the next look.
pub(crate) async fn run(identity: Identity, stop: CancellationToken) -> Result<(), Infallible> {
    let mut ticks = Ticks::every(EVERY, stop);
    while ticks.next().await {
        if let Err(error) = look(&identity).await {
            tracing::warn!(%error, "identity: what is due waits");
        }
    }
    Ok(())
}

async fn look(identity: &Identity) -> Result<(), DbErr> {
    let db = identity.store.database().read();
    let now = identity.now();
    let horizons = horizons(identity, now);
    let unused = dormancy_due(db, horizons, BATCH).await?;
    let gone = service_over(db, now, BATCH).await?;
    let unused = unused.into_iter().map(|id| (id, Command::NoteDormancy));
    let gone = gone.into_iter().map(|id| (id, Command::EndService));
    for (id, command) in unused.chain(gone) {
        // One that fails does not keep the others from being recorded; it comes again.
        if let Err(failure) = note(identity, &id, &command).await {
            tracing::warn!(id, %failure, "its due record waits");
        }
    }
    count(identity, horizons).await
}

async fn note(identity: &Identity, id: &str, command: &Command) -> Result<(), Failure<Refusal>> {
    let person = PersonId::try_new(id).map_err(|error| Failure::Corrupt {
        table: "account",
        row: id.to_owned(),
        reason: error.to_string(),
    })?;
    let request = identity.own_request();
    identity.account(&person, command, &request).await?;
    Ok(())
}

async fn count(identity: &Identity, [flagged, _]: [Timestamp; 2]) -> Result<(), DbErr> {
    let db = identity.store.database().read();
    for (state, standing) in [("flagged", "active"), ("stopped", "disabled")] {
        let fits = unused_since(flagged).add(column("standing").eq(standing));
        let count = store::query::count::<Accounts>(db, fits).await?;
        UNUSED.record(count, &[KeyValue::new("state", state)]);
    }
    Ok(())
}

/// The last uses after which an account is to be looked at by now, and stopped.
pub(super) fn horizons(identity: &Identity, now: Timestamp) -> [Timestamp; 2] {
    let pack = &identity.runtime.pack;
    [Period::DormantFlag, Period::DormantDisable].map(|period| last_use(period, now, pack))
}
