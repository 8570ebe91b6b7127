//! Facts of sessions that are long over are deleted, so that starting stays quick.

use std::{collections::VecDeque, time::Duration};

use kernel::{Actor, Clock, Context};
use runtime::{CancellationToken, Ticks};
use sea_orm::DbErr;
use store::Store;
use tokio::time::Instant;

use identity_domain::decision::FactKind;

const EVERY: Duration = Duration::from_secs(3600);

/// Deletes, every hour, what was said of sessions so long ago that all of them have ended.
///
/// A session's last word is its start, a step-up or its end; one said longer ago than the longest
/// session lasts is about a session that is over. Replicas forget ended sessions by themselves.
pub async fn forget_ended_sessions(
    store: Store,
    clock: std::sync::Arc<dyn Clock>,
    longest_session: Duration,
    stop: CancellationToken,
) -> Result<(), DbErr> {
    let keep = longest_session + EVERY;
    let mut seen: VecDeque<(Instant, u64)> = VecDeque::new();
    let mut ticks = Ticks::every(EVERY, stop);
    while ticks.next().await {
        match store.database().watermark(store.source()).await {
            Ok(position) => seen.push_back((Instant::now(), position)),
            Err(error) => tracing::warn!(%error, "reading the watermark"),
        }
        while let Some((at, position)) = seen.front().copied()
            && at.elapsed() > keep
        {
            match forget_sessions(&store, clock.as_ref(), position).await {
                Ok(count) => tracing::debug!(count, "facts of ended sessions deleted"),
                Err(error) => tracing::warn!(%error, "facts of ended sessions stay"),
            }
            seen.pop_front();
        }
    }
    Ok(())
}

/// Deletes what was said of sessions up to a position of identity's journal.
pub async fn forget_sessions(store: &Store, clock: &dyn Clock, up_to: u64) -> Result<u64, DbErr> {
    let actor = Actor::Service(store.source().to_owned());
    let unit = store
        .unit(Context::new(actor, clock.now(), "forget-ended-sessions"))
        .await?;
    let sql = "DELETE FROM fact WHERE kind = $1 AND source = $2 AND position <= $3";
    let values = [
        FactKind::Session.as_str().into(),
        store.source().into(),
        i64::try_from(up_to).unwrap_or(i64::MAX).into(),
    ];
    let deleted = unit.run(sql, values).await?;
    unit.commit().await?;
    Ok(deleted)
}
