//! The identity service by itself.

use std::process::ExitCode;

use standard::ServiceName;

fn main() -> ExitCode {
    shell::main::<identity::Migrator>(ServiceName::Identity, |platform| {
        Box::pin(identity::start(platform))
    })
}
