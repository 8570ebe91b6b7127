//! The incidents service as a process of its own.

use std::process::ExitCode;

use standard::ServiceName;

fn main() -> ExitCode {
    shell::main::<incidents::Migrator>(ServiceName::Incidents, |platform| {
        Box::pin(incidents::start(platform))
    })
}
