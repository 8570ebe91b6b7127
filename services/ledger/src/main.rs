//! The ledger service by itself.

use std::process::ExitCode;

use standard::ServiceName;

fn main() -> ExitCode {
    shell::main(ServiceName::Ledger, |platform| {
        Box::pin(ledger::start(platform))
    })
}
