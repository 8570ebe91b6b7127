//! Holding a lease while working, and waiting without missing the call to stop.

use std::time::Duration;

use jiff::SignedDuration;
use runtime::CancellationToken;
use store::{Database, Lease};

/// How long a lease lasts without being renewed; a replica takes over after it.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(3);
/// How often a lease is renewed, and how often one that another holds is tried for.
pub(crate) const RENEW: Duration = Duration::from_secs(1);
/// How long to wait after trouble.
pub(crate) const BACK_OFF: Duration = Duration::from_millis(250);

/// Renews a lease whatever else goes on; returns when it is somebody else's.
pub(crate) async fn keep(database: &Database, lease: &Lease) {
    loop {
        tokio::time::sleep(RENEW).await;
        match database.renew(lease, LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            // Work goes on: whoever lost the lease meanwhile is fenced off where it writes.
            Err(error) => tracing::warn!(lease = lease.name(), %error, "a lease was not renewed"),
        }
    }
}

/// Gives a lease up, so that the next holder need not wait.
pub(crate) async fn release(database: &Database, lease: &Lease) {
    if let Err(error) = database.release(lease).await {
        tracing::warn!(lease = lease.name(), %error, "a lease was not released");
    }
}

/// Waits, but not when it is time to stop.
pub(crate) async fn pause(length: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(length) => {}
        () = stop.cancelled() => {}
    }
}
