//! How the story is told.

use crate::{Failure, client::Answer, language::Language};

/// Prints the story, in one language.
pub(super) struct Teller {
    lang: Language,
    scene: u32,
}

/// What a step shows: the decision, its clauses, and the record's place in the log.
pub(super) struct Shown<'a> {
    pub(super) decision: String,
    pub(super) clauses: &'a [String],
    pub(super) log_index: Option<u64>,
}

impl Teller {
    pub(super) fn new(lang: Language) -> Self {
        Self { lang, scene: 0 }
    }

    pub(super) fn lang(&self) -> Language {
        self.lang
    }

    /// A scene begins.
    pub(super) fn scene(&mut self, ja: &str, en: &str) {
        self.scene += 1;
        println!("\n{}. {}", self.scene, self.lang.pick(ja, en));
    }

    /// Somebody does something.
    pub(super) fn step(&self, ja: &str, en: &str) {
        println!("  {}", self.lang.pick(ja, en));
    }

    /// What came of it.
    pub(super) fn show(&self, shown: &Shown<'_>) {
        let clauses = match shown.clauses {
            [] => String::new(),
            some => format!("  〔{}〕", some.join("、")),
        };
        let index = match shown.log_index {
            Some(index) => format!("  {} #{index}", self.lang.pick("記録", "record")),
            None => String::new(),
        };
        println!("    → {}{clauses}{index}", shown.decision);
    }

    /// A refusal that the story expects.
    pub(super) fn refused(&self, answer: &Answer, log_index: Option<u64>) {
        let words = match self.lang {
            Language::Ja if !answer.ja.is_empty() => &answer.ja,
            _ => &answer.en,
        };
        self.show(&Shown {
            decision: format!(
                "{} [{}] {words}",
                self.lang.pick("拒否", "refused"),
                answer.code
            ),
            clauses: &answer.clauses,
            log_index,
        });
        for (field, fault) in &answer.fields {
            println!("        {field}: {fault}");
        }
    }

    /// A further line of detail.
    pub(super) fn note(&self, ja: impl AsRef<str>, en: impl AsRef<str>) {
        println!("      {}", self.lang.pick(ja.as_ref(), en.as_ref()));
    }

    pub(super) fn end(&self) {
        println!(
            "\n{}",
            self.lang.pick(
                "すべて基準のとおりでした。",
                "Everything was as the standard demands."
            )
        );
    }
}

/// The story's expectation: what differs ends it.
pub(super) fn expect<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    expected: &T,
) -> Result<(), Failure> {
    if found == expected {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{what}: expected {expected:?}, found {found:?}"
        )))
    }
}

/// The story expects a refusal with this code.
pub(super) fn expect_refusal<T>(
    what: &str,
    outcome: Result<T, tonic::Status>,
    code: &str,
) -> Result<Answer, Failure> {
    match outcome {
        Ok(_) => Err(Failure::new(format!(
            "{what}: expected a refusal ({code}), it was allowed"
        ))),
        Err(status) => {
            let answer = Answer::from(&status);
            expect(what, &answer.code.as_str(), &code)?;
            Ok(answer)
        }
    }
}
