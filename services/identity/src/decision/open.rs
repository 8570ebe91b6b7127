//! Starting the decisions of one process.

use std::{convert::Infallible, sync::Arc, time::Duration};

use identity_domain::decision::{Outcome, Policy};
use shell::{Platform, Shell, StartError};
use standard::ServiceName;
use store::{Appender, facts::Snapshot};

use super::{
    AccessFacts, Analysis, Authzen, Decisions, Evaluator, Freshness, Learning,
    forget_ended_sessions, freshness::Head,
};

/// The services whose facts decisions rest on.
const SOURCES: [ServiceName; 4] = [
    ServiceName::Identity,
    ServiceName::Ledger,
    ServiceName::Approvals,
    ServiceName::Incidents,
];

/// What the rest of identity needs of the decisions.
pub struct Access {
    /// The service to serve.
    pub decisions: Decisions,
    /// Explains and simulates decisions.
    pub analysis: Analysis,
    /// The same decisions over HTTP.
    pub authzen: Authzen,
    snapshot: Arc<Snapshot<AccessFacts>>,
}

impl Access {
    /// A handler that teaches the decisions: the consumers of identity's own records and of those
    /// of ledger, approvals and incidents each need one.
    pub fn learning(&self) -> Learning {
        Learning(Arc::clone(&self.snapshot))
    }
}

/// Loads the snapshot and starts the tasks behind it.
pub async fn open(platform: &Platform, shell: &Shell) -> Result<Access, StartError> {
    let runtime = &platform.runtime;
    let policy = Policy::try_new(&runtime.pack).map_err(|e| StartError::Other(e.to_string()))?;
    let snapshot = shell.snapshot::<AccessFacts>(&SOURCES).await?;
    let freshness = follow(shell, &snapshot)?;

    let (appender, writing) = Appender::new(shell.store.clone());
    // Ends by itself with the last evaluator, which the servers hold until they have stopped.
    let tasks = &runtime.tasks;
    tasks.spawn_brief("identity: records of decisions", writing);
    let hours = u64::from(runtime.config.identity.session_hours);
    runtime.tasks.spawn(
        "identity: ended sessions",
        forget_ended_sessions(
            shell.store.clone(),
            Arc::clone(&runtime.clock),
            Duration::from_secs(hours * 3600),
            runtime.tasks.shutdown_token(),
        ),
    );
    runtime::metrics::decisions().begin(Outcome::ALL.map(Outcome::as_str));
    let evaluator = Arc::new(Evaluator {
        snapshot: Arc::clone(&snapshot),
        freshness,
        policy,
        pack: Arc::clone(&runtime.pack),
        verifier: platform.verifier.of_shown_tokens(),
        appender,
    });
    let database = || shell.store.database().clone();
    let clock = || Arc::clone(&runtime.clock);
    Ok(Access {
        decisions: Decisions {
            evaluator: Arc::clone(&evaluator),
            database: database(),
            clock: clock(),
        },
        analysis: Analysis {
            evaluator: Arc::clone(&evaluator),
            database: database(),
            clock: clock(),
        },
        authzen: Authzen::new(evaluator, shell.gate(platform), runtime),
        snapshot,
    })
}

fn follow(
    shell: &Shell,
    snapshot: &Arc<Snapshot<AccessFacts>>,
) -> Result<Arc<Freshness>, StartError> {
    let freshness = Arc::new(Freshness::new(&SOURCES.map(ServiceName::as_str)));
    for source in SOURCES {
        let head = match source {
            ServiceName::Identity => Head::Own,
            other => Head::Of(shell.upstream(other)?),
        };
        let following = Arc::clone(&freshness).follow(
            source.as_str(),
            head,
            shell.store.database().clone(),
            Arc::clone(snapshot),
            shell.runtime.tasks.shutdown_token(),
        );
        let name = format!("identity: freshness of {source}");
        shell.runtime.tasks.spawn(name, async move {
            following.await;
            Ok::<(), Infallible>(())
        });
    }
    Ok(freshness)
}
