//! What a service is handed at start, and nothing else of the outside.

use std::sync::Arc;

use kernel::Clock;
use standard::{Pack, PackError};

use crate::{Config, Readiness, SystemClock, Tasks};

/// The surroundings of every service in this process; cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    /// The time. Every decision takes its instant from here.
    pub clock: Arc<dyn Clock>,
    /// Where background work is started and stopped.
    pub tasks: Tasks,
    /// The clause pack in force.
    pub pack: Arc<Pack>,
    /// The configuration, checked.
    pub config: Arc<Config>,
    /// Whether requests may come.
    pub readiness: Readiness,
}

impl Runtime {
    /// The real surroundings: wall clock, and the pack of the configuration.
    ///
    /// # Errors
    /// When the clause pack cannot be loaded; all its problems at once.
    pub fn new(config: Config) -> Result<Self, StartError> {
        let pack = match &config.pack_dir {
            Some(dir) => Pack::load(dir)?,
            None => Pack::sendai()?,
        };
        Ok(Self::with(config, pack, Arc::new(SystemClock)))
    }

    /// Surroundings of a test's choice.
    pub fn with(config: Config, pack: impl Into<Arc<Pack>>, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            tasks: Tasks::default(),
            pack: pack.into(),
            config: Arc::new(config),
            readiness: Readiness::default(),
        }
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("pack", &self.pack.version())
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Why the surroundings could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The clause pack has problems.
    #[error("the clause pack cannot be used")]
    Pack(#[from] PackError),
}
