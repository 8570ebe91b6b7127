//! Why a command ended badly: in both languages, with its exit code.

use std::{fmt, io, path::Path, process::ExitCode};

use crate::{
    client::{Answer, Unreachable},
    language::Language,
    output::aside,
};

/// What is told, and how the process ends.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    ja: String,
    en: String,
}

impl Failure {
    /// Something about the request or the world; code 1.
    pub(crate) fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: 1,
            ja: ja.into(),
            en: en.into(),
        }
    }

    /// The platform's answer or its data are not what they are known to be.
    pub(crate) fn unexpected(what: impl fmt::Display) -> Self {
        Self::new(
            format!("予期しないことが起きました: {what}"),
            format!("something unexpected: {what}"),
        )
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "ファイルがありません",
            io::ErrorKind::PermissionDenied => "アクセス権がありません",
            io::ErrorKind::IsADirectory => "ディレクトリです",
            io::ErrorKind::InvalidData => "UTF-8のテキストではありません",
            io::ErrorKind::StorageFull => "空き容量がありません",
            _ => "読み書きできません",
        };
        let path = path.display();
        Self::new(
            format!("{path}: {why}（{error}）"),
            format!("{path}: {error}"),
        )
    }

    /// This, and what else came of it.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            code: self.code,
            ja: format!("{}\n  {}", self.ja, other.ja),
            en: format!("{}\n  {}", self.en, other.en),
        }
    }

    /// What keeps the platform from starting: code 70.
    pub(crate) fn at_start(self) -> Self {
        Self { code: 70, ..self }
    }

    /// The same as a wrong command line: code 64.
    pub(crate) fn usage(self) -> Self {
        Self {
            code: shell::USAGE,
            ..self
        }
    }

    /// Tells it and gives the exit code.
    pub(crate) fn report(&self, lang: Language) -> ExitCode {
        aside(&format!("sekisho: {}", lang.pick(&self.ja, &self.en)));
        ExitCode::from(self.code)
    }
}

impl From<shell::StartError> for Failure {
    fn from(error: shell::StartError) -> Self {
        let en = shell::explain(&error);
        let causes = en.strip_prefix(&error.to_string()).unwrap_or_default();
        let ja = error.message_ja() + &causes.replace("\n  because: ", "\n  原因: ");
        Self {
            code: error.exit_code(),
            ja,
            en,
        }
    }
}

/// A refusal by the platform in the words it gave, or that it was not there to give any.
impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        if let Some(unreachable) = Unreachable::behind(&status) {
            return Self::new(unreachable.message_ja(), unreachable.to_string());
        }
        let answer = Answer::from(&status);
        Self::new(answer.words(Language::Ja), answer.words(Language::En))
    }
}
