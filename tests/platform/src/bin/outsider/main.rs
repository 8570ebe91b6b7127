//! What README asks an outsider to have, as far as README uses it: called `grpcurl` or `jq`, it is that.
//! So the walk is walked where neither is installed, by nothing but what the platform tells of itself.

mod grpcurl;
mod jq;

use std::{path::Path, process::ExitCode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut words = std::env::args();
    let program = words.next().unwrap_or_default();
    let words: Vec<String> = words.collect();
    let called = Path::new(&program)
        .file_name()
        .and_then(|name| name.to_str());
    let done = match called {
        Some("grpcurl") => grpcurl::run(&words).await.map(|told| told + "\n"),
        Some("jq") => jq::run(&words),
        _ => Err(format!("{program} is called grpcurl or jq")),
    };
    match done {
        Ok(told) => {
            print!("{told}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
