//! Telling when the broker is away, and when it is back.

use std::{convert::Infallible, time::Duration};

use bus::Nats;
use runtime::{CancellationToken, Ticks};

/// How often the connection is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Calls `tell(false)` when the broker has been away for two looks, and `tell(true)` when it is
/// there again; nothing as long as all is well. Ends with `stop`.
pub async fn follow_broker(
    nats: Nats,
    stop: CancellationToken,
    mut tell: impl FnMut(bool),
) -> Result<(), Infallible> {
    let (mut told, mut before) = (true, true);
    let mut ticks = Ticks::every(LOOK, stop);
    while ticks.next().await {
        let now = nats.is_connected();
        if now == before && now != told {
            tell(now);
            told = now;
        }
        before = now;
    }
    Ok(())
}

/// For a process whose operator reads logs.
pub(crate) fn log(connected: bool) {
    if connected {
        tracing::info!("the broker is reachable again");
    } else {
        tracing::warn!(
            "the broker is not reachable: events are pulled from the journals until it is, \
             slower, and none is lost"
        );
    }
}
