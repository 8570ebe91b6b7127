//! `sekisho token`: tokens for machines on the platform's own workload key.

use kernel::{Actor, Clock as _};
use runtime::SystemClock;

use crate::{
    Failure,
    client::{Here, Machine},
    output::say,
};

/// Prints a workload token, good for some minutes.
#[derive(Debug, clap::Args)]
pub(crate) struct Token {
    /// Subject of the token: the workload under which an enforcement point is registered.
    #[arg(long, value_name = "NAME")]
    workload: String,
    #[command(flatten)]
    machine: Machine,
    #[command(flatten)]
    here: Here,
}

impl Token {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let key = self.machine.key(&self.here)?;
        let token = key.mint(&Actor::Workload(self.workload), SystemClock.now());
        say!("{token}");
        Ok(())
    }
}
