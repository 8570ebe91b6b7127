//! The approvals service as a process of its own.

use std::process::ExitCode;

use standard::ServiceName;

fn main() -> ExitCode {
    shell::main::<approvals::Migrator>(ServiceName::Approvals, |platform| {
        Box::pin(approvals::start(platform))
    })
}
