//! How the story is told.

use std::cell::Cell;

use crate::{Failure, client::Answer, language::Language, output::say};

/// Prints the story, in one language.
pub(super) struct Teller {
    lang: Language,
    scene: u32,
    shown: Cell<u32>,
}

/// What a step shows: the decision, its clauses, and the record's place in the log.
pub(super) struct Shown<'a> {
    pub(super) decision: String,
    pub(super) clauses: &'a [String],
    pub(super) log_index: Option<u64>,
}

impl Teller {
    pub(super) fn new(lang: Language) -> Self {
        Self {
            lang,
            scene: 0,
            shown: Cell::new(0),
        }
    }

    pub(super) fn lang(&self) -> Language {
        self.lang
    }

    /// A scene begins.
    pub(super) fn scene(&mut self, ja: &str, en: &str) {
        self.scene += 1;
        say!("\n{}. {}", self.scene, self.lang.pick(ja, en));
    }

    /// Somebody does something.
    pub(super) fn step(&self, ja: &str, en: &str) {
        say!("  {}", self.lang.pick(ja, en));
    }

    /// What came of it.
    pub(super) fn show(&self, shown: &Shown<'_>) {
        self.shown.set(self.shown.get() + 1);
        let clauses = match shown.clauses {
            [] => String::new(),
            some => self.lang.pick(
                format!("  〔{}〕", some.join("、")),
                format!("  ({})", some.join(", ")),
            ),
        };
        let index = match shown.log_index {
            Some(index) => format!("  {} #{index}", self.lang.pick("記録", "record")),
            None => String::new(),
        };
        say!("    → {}{clauses}{index}", shown.decision);
    }

    /// A refusal that the story expects.
    pub(super) fn refused(&self, answer: &Answer, log_index: Option<u64>) {
        let words = answer.message(self.lang);
        self.show(&Shown {
            decision: format!(
                "{} [{}] {words}",
                self.lang.pick("拒否", "refused"),
                answer.code
            ),
            clauses: &answer.clauses,
            log_index,
        });
        for (field, fault) in answer.fields(self.lang) {
            say!("        {field}: {fault}");
        }
    }

    /// A further line of detail.
    pub(super) fn note(&self, ja: impl AsRef<str>, en: impl AsRef<str>) {
        say!("      {}", self.lang.pick(ja.as_ref(), en.as_ref()));
    }

    /// What it came to.
    pub(super) fn end(&self) {
        let (scenes, shown) = (self.scene, self.shown.get());
        say!(
            "\n{}",
            self.lang.pick(
                format!("{scenes} 場面、{shown} 件の判断と証明を確かめました。すべて基準のとおりでした。"),
                format!("{scenes} scenes, {shown} decisions and proofs: everything was as the standard demands."),
            )
        );
    }
}

/// The story's expectation: what differs ends it.
pub(super) fn expect<T: PartialEq + std::fmt::Debug>(
    (ja, en): (&str, &str),
    found: &T,
    expected: &T,
) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    Err(Failure::new(
        format!("話の筋と違います。{ja}: {expected:?} のはずが {found:?} でした。"),
        format!("not as the story goes. {en}: expected {expected:?}, found {found:?}"),
    ))
}

/// The story expects a refusal with this code.
pub(super) fn expect_refusal<T>(
    (ja, en): (&str, &str),
    outcome: Result<T, tonic::Status>,
    code: &str,
) -> Result<Answer, Failure> {
    let Err(status) = outcome else {
        return Err(Failure::new(
            format!("話の筋と違います。{ja}: 拒否（{code}）のはずが通りました。"),
            format!("not as the story goes. {en}: expected a refusal ({code}), it was let through"),
        ));
    };
    let answer = Answer::from(&status);
    if answer.code != code {
        return Err(status.into());
    }
    Ok(answer)
}
