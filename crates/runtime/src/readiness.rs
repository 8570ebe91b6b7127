//! Whether the process may be sent requests: ready when everything it named is met, and not while
//! it stops.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::watch;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct State {
    stopping: bool,
    requirements: BTreeMap<String, bool>,
}

impl State {
    fn ready(&self) -> bool {
        !self.stopping && self.requirements.values().all(|met| *met)
    }
}

/// The process's readiness, shared by its clones.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<watch::Sender<State>>);

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(State::default())))
    }
}

impl Readiness {
    /// Names something that must be so before requests may come: `identity: migrations`.
    /// It starts unmet.
    pub fn require(&self, name: impl Into<String>) -> Requirement {
        let name = name.into();
        self.0.send_modify(|state| {
            state.requirements.insert(name.clone(), false);
        });
        Requirement {
            name,
            state: Arc::clone(&self.0),
        }
    }

    /// Whether requests may come now.
    pub fn is_ready(&self) -> bool {
        self.0.borrow().ready()
    }

    /// What is still unmet, by name; `stopping` when the process is.
    pub fn waiting_for(&self) -> Vec<String> {
        let state = self.0.borrow();
        let unmet = state.requirements.iter().filter(|(_, met)| !**met);
        let stopping = state.stopping.then(|| "stopping".to_owned());
        stopping
            .into_iter()
            .chain(unmet.map(|(name, _)| name.clone()))
            .collect()
    }

    /// From now on not ready, for good.
    pub fn stop(&self) {
        self.0.send_modify(|state| state.stopping = true);
    }

    /// Returns when the answer differs from `known`, with the new one.
    pub async fn changed_from(&self, known: bool) -> bool {
        let mut receiver = self.0.subscribe();
        match receiver.wait_for(|state| state.ready() != known).await {
            Ok(state) => state.ready(),
            // The sender is `self`, so it cannot have gone.
            Err(_) => known,
        }
    }
}

/// One thing readiness waits for.
#[derive(Debug)]
pub struct Requirement {
    name: String,
    state: Arc<watch::Sender<State>>,
}

impl Requirement {
    /// It is so.
    pub fn met(&self) {
        self.set(true);
    }

    /// It is not so, or no longer.
    pub fn unmet(&self) {
        self.set(false);
    }

    fn set(&self, met: bool) {
        self.state.send_if_modified(|state| {
            state.requirements.insert(self.name.clone(), met) != Some(met)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ready_is_when_all_is_met_and_never_again_once_stopping() {
        let readiness = Readiness::default();
        let database = readiness.require("database");
        let snapshot = readiness.require("snapshot");
        assert!(!readiness.is_ready());
        database.met();
        assert_eq!(readiness.waiting_for(), ["snapshot"]);
        snapshot.met();
        assert!(readiness.changed_from(false).await);
        snapshot.unmet();
        assert!(!readiness.changed_from(true).await);
        snapshot.met();
        readiness.stop();
        assert!(!readiness.is_ready());
        assert_eq!(readiness.waiting_for(), ["stopping"]);
    }
}
