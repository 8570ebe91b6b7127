//! The audit service as a process of its own.

use std::process::ExitCode;

use standard::ServiceName;

fn main() -> ExitCode {
    shell::main::<audit::Migrator>(ServiceName::Audit, |platform| {
        Box::pin(audit::start(platform))
    })
}
