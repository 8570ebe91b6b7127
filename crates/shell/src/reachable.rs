//! Whether the database answers, and readiness follows it: who routes requests and who is on duty are
//! told, while the process goes on and takes up again by itself.

use std::time::Duration;

use runtime::{CancellationToken, Requirement, Ticks};
use sea_orm::ConnectionTrait as _;
use store::Database;
use tokio::time::timeout;

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(2);
/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks until it is told to stop.
pub(crate) async fn watch(database: Database, answers: Requirement, stop: CancellationToken) {
    let mut looks = Ticks::every(EVERY, stop);
    while looks.next().await {
        let asked = database.read().execute_unprepared("SELECT 1");
        match timeout(PATIENCE, asked).await {
            Ok(Ok(_)) => answers.met(),
            Ok(Err(_)) | Err(_) => answers.unmet(),
        }
    }
}
