//! A command line that cannot be meant, told in Japanese. English is clap's own.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::{language::Language, output::aside};

/// Tells what is wrong with the command line; help and version are no fault.
pub(crate) fn report(error: &Error, lang: Language) -> ExitCode {
    let help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if help || !error.use_stderr() || lang == Language::En {
        // Where nobody reads it, nobody is missing it.
        let _ = error.print();
    } else {
        aside(&format!(
            "sekisho: {}\n\n{}",
            message_ja(error),
            "詳しくは --help をご覧ください。"
        ));
    }
    ExitCode::from(if error.use_stderr() { shell::USAGE } else { 0 })
}

fn message_ja(error: &Error) -> String {
    let told = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (
        told(ContextKind::InvalidArg),
        told(ContextKind::InvalidValue),
    );
    let mut message = match error.kind() {
        ErrorKind::UnknownArgument => format!("{argument} という引数はありません。"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "{} というコマンドはありません。",
                told(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} に値が要ります。"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error)
                .map(|source| format!("（{source}）"))
                .unwrap_or_default();
            format!("{argument} の値「{value}」は使えません{why}。")
        }
        ErrorKind::MissingRequiredArgument => format!("{argument} が要ります。"),
        ErrorKind::ArgumentConflict => {
            format!(
                "{argument} と {} は一緒に使えません。",
                told(ContextKind::PriorArg)
            )
        }
        ErrorKind::MissingSubcommand => "コマンドを指定してください。".to_owned(),
        _ => error.render().to_string(),
    };
    for (kind, label) in [
        (ContextKind::ValidValue, "指定できる値"),
        (ContextKind::SuggestedArg, "もしかして"),
        (ContextKind::SuggestedSubcommand, "もしかして"),
        (ContextKind::SuggestedValue, "もしかして"),
    ] {
        let offered = told(kind);
        if !offered.is_empty() {
            message.push_str(&format!("\n  {label}: {offered}"));
        }
    }
    message
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join("、"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    #[test]
    fn the_argument_and_its_value_are_named_in_japanese() {
        for (line, parts) in [
            ("sekisho up --grpc nonsense", vec!["--grpc", "「nonsense」"]),
            ("sekisho up --grcp 1", vec!["--grcp", "もしかして: --grpc"]),
            ("sekisho clauses --mode x", vec!["--mode", "「x」"]),
            ("sekisho clause", vec!["clause", "もしかして: clauses"]),
            ("sekisho verify log", vec!["--key"]),
            (
                "sekisho up --lang fr",
                vec!["--lang", "指定できる値: ja、en"],
            ),
        ] {
            let Err(error) = crate::Line::try_parse_from(line.split(' ')) else {
                panic!("{line} was taken");
            };
            let message = super::message_ja(&error);
            for part in parts {
                assert!(message.contains(part), "{line}: {message}");
            }
        }
    }
}
