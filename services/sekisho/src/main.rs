//! `sekisho`: the whole platform in one process, and what people do with it at a terminal.

mod alone;
mod backup;
mod clauses;
mod client;
mod demo;
mod evidence;
mod failure;
mod import;
mod key;
mod language;
mod log;
mod outcome;
mod output;
mod quarantine;
mod restore;
mod sign_in;
mod sign_out;
mod signer;
mod story;
mod terminal;
mod token;
mod up;
mod usage;
mod verify;
mod witness;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use language::Language;

/// 関所 Sekisho: 市の情報セキュリティ対策基準を動かす / a city's information security standard as software.
#[derive(Parser)]
#[command(name = "sekisho", version, about)]
struct Line {
    /// Language of what is printed [default: that of LANG, else ja].
    #[arg(long, value_enum, env = "SEKISHO_LANG", global = true)]
    lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 起動する / Start the platform here: all five services, or those named.
    Up(up::Up),
    /// 設定を表示する / Print the configuration a process would run with, all defaults written out.
    Config(up::PrintConfig),
    /// 市の一日を演じる / Play a day of the city against the running platform.
    Story(story::Story),
    /// 見本市を取り込む / Enter the demo city into a running platform that is still empty.
    Demo(demo::Demo),
    /// サインインする / Sign in and print an access token.
    SignIn(sign_in::SignIn),
    /// サインアウトする / End the session that `sign-in --device` remembers.
    SignOut(sign_out::SignOut),
    /// 署名鍵 / The keys that sign access tokens and the audit log: show them, put a new one in place.
    Key(key::Key),
    /// 機械のトークン / Print a token for a machine: an enforcement point, an integrating system.
    Token(token::Token),
    /// 表を取り込む / Enter a table of the office: organisation, staff, ledgers.
    Import(import::Import),
    /// 条項の実装状況 / Print what serves each clause of the standard, and what nothing serves yet.
    Clauses(clauses::Clauses),
    /// 監査ログを取り出す / Fetch the audit log, or a proof, for checking it elsewhere.
    Log(log::Log),
    /// 証跡を取得する / Take evidence: records that fit with their proofs, in one file.
    Evidence(evidence::Evidence),
    /// 隔離された記録 / Show the records a service could not handle, and try one again.
    Quarantine(quarantine::Quarantine),
    /// 動かしたまま写す / Copy the databases of a data directory while the platform runs.
    Backup(backup::Backup),
    /// 写しから戻す / Put a backup into a data directory that is not in use.
    Restore(restore::Restore),
    /// オフラインで検証する / Check a fetched log or proof offline, against a checkpoint you kept.
    Verify(verify::Verify),
    /// 証人を動かす / Run a witness of audit logs, elsewhere than they are.
    Witness(witness::Witness),
    /// 署名者を動かす / Hold the key of the audit log, elsewhere than the log is.
    Signer(signer::Signer),
}

fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            let words = std::env::args_os().filter_map(|word| word.into_string().ok());
            return usage::report(&error, Language::of_words(words));
        }
    };
    let lang = line.lang.unwrap_or_else(Language::of_environment);
    let outcome = match line.command {
        Command::Up(up) => up.run(lang),
        Command::Config(config) => config.run(),
        Command::Story(story) => story.run(lang),
        Command::Demo(demo) => demo.run(lang),
        Command::SignIn(sign_in) => sign_in.run(lang),
        Command::SignOut(sign_out) => sign_out.run(lang),
        Command::Key(key) => key.run(lang),
        Command::Token(token) => token.run(),
        Command::Import(import) => import.run(lang),
        Command::Clauses(clauses) => clauses.run(lang),
        Command::Log(log) => log.run(lang),
        Command::Evidence(evidence) => evidence.run(lang),
        Command::Quarantine(quarantine) => quarantine.run(lang),
        Command::Backup(backup) => backup.run(lang),
        Command::Restore(restore) => restore.run(lang),
        Command::Verify(verify) => verify.run(lang),
        Command::Witness(witness) => witness.run(lang),
        Command::Signer(signer) => signer.run(lang),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(lang),
    }
}

/// Runs a command's asynchronous part.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    shell::block_on(work).map_err(Failure::unexpected)?
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Line;

    #[test]
    fn no_two_arguments_of_a_command_have_a_name_in_common() {
        Line::command().debug_assert();
    }
}
