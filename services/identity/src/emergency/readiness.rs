//! Whether enough IDs for emergencies could be opened, before one is needed: looked at now and then,
//! counted, and told when it changes.

use std::{convert::Infallible, sync::LazyLock, time::Duration};

use identity_domain::{
    emergency_access::{Keys, READY},
    organisation::person,
};
use kernel::PersonId;
use opentelemetry::metrics::Gauge;
use runtime::{CancellationToken, Ticks, metrics};
use sea_orm::sea_query::Condition;
use store::Failure;

use crate::{
    identity::Identity,
    refused::Refused,
    store::{People, query},
};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(30);

static MISSING: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_identity_emergency_ids_missing")
        .with_description("How many more IDs for emergencies must be ready to be opened")
        .build()
});

/// Looks until told to stop. A database that is away is asked again at the next look.
pub(crate) async fn run(identity: Identity, stop: CancellationToken) -> Result<(), Infallible> {
    let mut ticks = Ticks::every(EVERY, stop);
    let mut told = 0;
    while ticks.next().await {
        let missing = match ready(&identity).await {
            Ok(ready) => missing(ready),
            Err(error) => {
                tracing::warn!(%error, "identity: IDs for emergencies are not looked at");
                continue;
            }
        };
        MISSING.record(missing.into(), &[]);
        if missing > told {
            tracing::warn!(
                missing,
                "too few IDs for emergencies are ready to be opened: register them and enrol their keys"
            );
        }
        told = missing;
    }
    Ok(())
}

/// How many more must be ready when so many are.
pub(crate) fn missing(ready: usize) -> u32 {
    u32::try_from(READY.saturating_sub(ready)).unwrap_or(u32::MAX)
}

/// Every ID for emergencies there is.
pub(crate) async fn registered(
    identity: &Identity,
) -> Result<Vec<person::State>, Failure<Refused>> {
    let kind = person::Kind::Emergency.as_str();
    let fits = query::equals(Condition::all(), "kind", Some(kind));
    query::all::<People, Refused>(identity.store.database().read(), fits).await
}

/// Whether an ID could be opened: it signs in with hardware keys and nothing else.
pub(crate) async fn is_ready(identity: &Identity, id: &PersonId) -> Result<bool, Failure<Refused>> {
    let account = identity.read_account::<Refused>(id).await?;
    Ok(Keys::of(&account) == Keys::Hardware)
}

async fn ready(identity: &Identity) -> Result<usize, Failure<Refused>> {
    let mut ready = 0;
    for known in registered(identity).await? {
        if let Some(record) = known.registered {
            ready += usize::from(is_ready(identity, &record.id).await?);
        }
    }
    Ok(ready)
}
