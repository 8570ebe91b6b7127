//! Steps whose time is over, recorded once each (8-3-0a). Whether a step is overdue is judged by
//! the clock wherever it is read; this only tells the others.

use std::time::Duration;

use incidents_domain::incident::Command;
use kernel::{Context, IncidentId};
use shell::Shell;

use crate::desk::Desk;

/// How often to look: one indexed query. Replicas may look at once; a step is recorded once all
/// the same.
const LOOK: Duration = Duration::from_secs(1);
/// Incidents dealt with at one look.
const BATCH: u64 = 100;

/// Keeps looking until the process stops.
pub(crate) fn watch(shell: &Shell, desk: Desk) {
    let tasks = &shell.runtime.tasks;
    let stop = tasks.shutdown_token();
    let actor = shell.actor();
    tasks.spawn("incidents: overdue steps", async move {
        while stop
            .run_until_cancelled(tokio::time::sleep(LOOK))
            .await
            .is_some()
        {
            let id = runtime::new_id().to_string();
            let context = Context::new(actor.clone(), desk.clock.now(), id);
            look(&desk, &context).await;
        }
        Ok::<_, std::convert::Infallible>(())
    });
}

/// Trouble passes: what was not recorded now is found again at the next look.
async fn look(desk: &Desk, context: &Context) {
    let found = match desk.read().overdue(context.now, BATCH).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, "overdue steps cannot be looked for");
            return;
        }
    };
    for id in found {
        if let Err(error) = mark(desk, &id, context).await {
            tracing::warn!(incident = id, error, "an overdue step cannot be recorded");
        }
    }
}

async fn mark(desk: &Desk, id: &str, context: &Context) -> Result<(), String> {
    let id: IncidentId = id
        .parse()
        .map_err(|error: kernel::IdSyntax| error.to_string())?;
    let request = context.clone().into();
    desk.carry_out(&id, &Command::MarkOverdue, &request)
        .await
        .map_err(|failure| failure.to_string())?;
    Ok(())
}
