//! The identity service by itself.

use std::process::ExitCode;

use standard::ServiceName;

fn main() -> ExitCode {
    shell::main(ServiceName::Identity, |platform| {
        Box::pin(identity::start(platform))
    })
}
