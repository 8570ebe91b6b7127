//! `sekisho`: the whole platform in one process, and what people do with it at a terminal.

mod clauses;
mod client;
mod demo;
mod import;
mod language;
mod log;
mod sign_in;
mod story;
mod token;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// 関所 Sekisho: a city's information security standard as software.
#[derive(Parser)]
#[command(version, about)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the platform here: all five services, or those named.
    Up(up::Up),
    /// Print the configuration a process would run with, all defaults written out.
    Config(up::PrintConfig),
    /// Play a day of the city against the running platform.
    Story(story::Story),
    /// Enter the demo city into a running platform that is still empty.
    Demo(demo::Demo),
    /// Sign in and print an access token.
    SignIn(sign_in::SignIn),
    /// Print a token for a machine: an enforcement point, an integrating system.
    Token(token::Token),
    /// Enter a table of the office: organisation, staff, ledgers.
    Import(import::Import),
    /// Print what serves each clause of the standard, and what nothing serves yet.
    Clauses(clauses::Clauses),
    /// Fetch the audit log, or a proof, for checking it elsewhere.
    Log(log::Log),
    /// Check a fetched log or proof offline, against a checkpoint you kept.
    Verify(log::Verify),
}

fn main() -> ExitCode {
    let outcome = match Line::parse().command {
        Command::Up(up) => up.run(),
        Command::Config(config) => config.run(),
        Command::Story(story) => story.run(),
        Command::Demo(demo) => demo.run(),
        Command::SignIn(sign_in) => sign_in.run(),
        Command::Token(token) => token.run(),
        Command::Import(import) => import.run(),
        Command::Clauses(clauses) => clauses.run(),
        Command::Log(log) => log.run(),
        Command::Verify(verify) => verify.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Why a command ended badly, with its exit code.
struct Failure {
    code: u8,
    error: Box<dyn std::error::Error>,
}

impl Failure {
    /// Something about the request or the world; code 1.
    fn new(error: impl Into<Box<dyn std::error::Error>>) -> Self {
        Self {
            code: 1,
            error: error.into(),
        }
    }

    fn report(self) -> ExitCode {
        shell::complain(self.error.as_ref());
        ExitCode::from(self.code)
    }
}

impl From<shell::StartError> for Failure {
    fn from(error: shell::StartError) -> Self {
        Self {
            code: error.exit_code(),
            error: error.into(),
        }
    }
}

/// A refusal by the platform, in the words it gave.
impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        Self::new(client::Answer::from(&status))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error)
    }
}

/// Runs a command's asynchronous part.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Runtime::new()?.block_on(work)
}
