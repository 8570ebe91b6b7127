//! What comes with time: reviews whose due time is over are recorded so, and what is unreviewed is
//! counted. Nothing is enforced here: every decision looks at its own clock.

use std::{convert::Infallible, sync::LazyLock, time::Duration};

use identity_domain::access_review::Command;
use opentelemetry::metrics::Gauge;
use runtime::{CancellationToken, Ticks, metrics};
use sea_orm::DbErr;

use super::JudgeAccesses;
use crate::{identity::Identity, store::due_reviews};

/// How often the clock is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// How many looks from one count to the next.
const COUNTED: u32 = 30;
/// Most reviews dealt with in one look; the rest come with the next.
const BATCH: u64 = 20;

static UNREVIEWED: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_identity_systems_unreviewed")
        .with_description("Systems whose accesses were not reviewed within the period")
        .build()
});

/// Looks until told to stop. A database that is away is asked again at the next look.
pub(crate) async fn run(identity: Identity, stop: CancellationToken) -> Result<(), Infallible> {
    let mut ticks = Ticks::every(EVERY, stop);
    let mut look = 0_u32;
    while ticks.next().await {
        let looked = async {
            lapse(&identity).await?;
            if look.is_multiple_of(COUNTED) {
                count(&identity).await?;
            }
            Ok::<_, DbErr>(())
        };
        if let Err(error) = looked.await {
            tracing::warn!(%error, "identity: reviews of access wait");
        }
        look = look.wrapping_add(1);
    }
    Ok(())
}

async fn lapse(identity: &Identity) -> Result<(), DbErr> {
    let db = identity.store.database().read();
    for id in due_reviews(db, identity.now(), BATCH).await? {
        let Ok(review) = id.parse() else { continue };
        let work = JudgeAccesses {
            id: review,
            command: Command::Lapse,
        };
        // One that fails does not keep the others from being recorded; it comes again.
        if let Err(failure) = identity.carry_out(&work, &identity.own_request()).await {
            tracing::warn!(id, %failure, "what lapsed in a review is yet to be recorded");
        }
    }
    Ok(())
}

async fn count(identity: &Identity) -> Result<(), DbErr> {
    let found = identity.unreviewed_systems().await?;
    UNREVIEWED.record(u64::try_from(found.len()).unwrap_or(u64::MAX), &[]);
    Ok(())
}
