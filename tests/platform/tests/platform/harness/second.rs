//! A second process of a service, beside the first and on the same database.

use standard::ServiceName;
use testkit::{Program, eventually};

use super::{Platform, address, serves};

/// See the module. Dropped, it is killed.
pub(crate) struct Second {
    service: ServiceName,
    program: Program,
}

impl Platform {
    /// Starts a second process of a service; returns when it serves.
    pub(crate) async fn second(&self, service: ServiceName) -> Second {
        let data = self.path(&format!("{service}-second"));
        std::fs::create_dir(&data).expect("a directory");
        let (grpc, http) = (address(), address());
        let own = [
            ("--data", data.to_str().expect("a path")),
            ("--grpc", &grpc),
            ("--http", &http),
        ];
        let first = &self.process(service).program;
        let mut program = first.another(&own, &data.join("log"));
        program.start();
        serves(&format!("http://{grpc}"), &program).await;
        Second { service, program }
    }
}

impl Second {
    /// Returns when it does the job of a lease that the first process had.
    pub(crate) async fn takes_over(&self, platform: &Platform, lease: &str) {
        let database = platform.databases.open(self.service).await;
        let epoch = format!("SELECT epoch FROM lease WHERE name = '{lease}'");
        let before = database.number(&epoch).await;
        eventually("the second takes over", async || {
            (database.number(&epoch).await > before).then_some(())
        })
        .await;
    }

    /// It stands still.
    pub(crate) fn stands_still(&self) {
        super::means::run("kill", &["-s", "STOP", self.program.pid()]);
    }

    /// It goes on as if nothing had been.
    pub(crate) fn goes_on(&self) {
        super::means::run("kill", &["-s", "CONT", self.program.pid()]);
    }
}
