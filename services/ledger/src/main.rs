//! The ledger service by itself.

use std::process::ExitCode;

use standard::ServiceName;

fn main() -> ExitCode {
    shell::main::<ledger::Migrator>(ServiceName::Ledger, |platform| {
        Box::pin(ledger::start(platform))
    })
}
