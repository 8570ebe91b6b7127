//! What became of a table, and how it is told.

use proto::{
    common::v1::{ImportReport, RowError},
    identity::v1 as identity,
    ledger::v1 as ledger,
};

use super::consequence;
use crate::{language::Language, output::say};

/// What became of a table.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) report: ImportReport,
    /// What begins and ends with it.
    consequences: Vec<identity::Consequence>,
}

impl Outcome {
    /// One line of counts, then what is to be known of the file, then what would come of it, then
    /// every bad row.
    pub(crate) fn print(&self, lang: Language) {
        for line in self.lines(lang) {
            say!("    {line}");
        }
    }

    fn lines(&self, lang: Language) -> Vec<String> {
        let mut lines = counted(&self.report, lang);
        // What was entered is on record; what would be is for reading before.
        if !self.report.entered {
            let each = self.consequences.iter();
            lines.extend(each.map(|one| format!("  {}", consequence::line(one, lang))));
        }
        lines.extend(bad_rows(&self.report, lang));
        lines
    }
}

impl From<identity::ImportTableResponse> for Outcome {
    fn from(answer: identity::ImportTableResponse) -> Self {
        Self {
            report: answer.report.unwrap_or_default(),
            consequences: answer.consequences,
        }
    }
}

impl From<ledger::ImportTableResponse> for Outcome {
    fn from(answer: ledger::ImportTableResponse) -> Self {
        Self {
            report: answer.report.unwrap_or_default(),
            consequences: Vec::new(),
        }
    }
}

fn counted(report: &ImportReport, lang: Language) -> Vec<String> {
    let ImportReport {
        rows,
        created,
        changed,
        unchanged,
        refused: bad,
        source,
        ..
    } = report;
    let counts = lang.pick(
        format!("{rows} 行: 新規 {created}、変更 {changed}、変更なし {unchanged}、誤り {bad}"),
        format!("{rows} rows: {created} new, {changed} changed, {unchanged} unchanged, {bad} bad"),
    );
    let would = match report.entered {
        true => "",
        false => lang.pick(
            "取り込んでいません。取り込めば ",
            "Nothing was entered. It would be: ",
        ),
    };
    let mut lines = vec![format!("{would}{counts} ({source})")];
    let notes = lang.pick(&report.warnings_ja, &report.warnings_en);
    lines.extend(notes.iter().map(|note| format!("  {note}")));
    lines
}

fn bad_rows(report: &ImportReport, lang: Language) -> Vec<String> {
    let errors = report.errors.iter();
    let mut lines: Vec<_> = errors.map(|error| bad_row(error, lang)).collect();
    if report.more_errors > 0 {
        let more = report.more_errors;
        lines.push(lang.pick(
            format!("  … ほかに誤りが {more} 件あります。"),
            format!("  … and {more} more"),
        ));
    }
    lines
}

fn bad_row(error: &RowError, lang: Language) -> String {
    let clauses = match error.clauses.as_slice() {
        [] => String::new(),
        some => format!(" ({})", some.join(", ")),
    };
    let words = lang.pick(&error.message_ja, &error.message_en);
    let row = lang.pick(format!("{} 行", error.row), format!("row {}", error.row));
    let cell = match error.column.as_str() {
        "" => String::new(),
        column => format!(" {column} 「{}」", shortened(&error.value)),
    };
    format!("  {row}{cell}: {words}{clauses}")
}

/// At most 20 characters of what a cell says.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(20) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_beyond_those_told_are_counted() {
        let error = RowError {
            row: 2,
            message_ja: "課がありません".to_owned(),
            message_en: "no such section".to_owned(),
            ..RowError::default()
        };
        let report = ImportReport {
            errors: vec![error],
            more_errors: 3,
            ..ImportReport::default()
        };
        let mut outcome = Outcome {
            report,
            ..Outcome::default()
        };
        for (lang, words) in [
            (Language::Ja, "ほかに誤りが 3 件"),
            (Language::En, "and 3 more"),
        ] {
            let told = outcome.lines(lang);
            assert_eq!(told.len(), 3, "{told:?}");
            assert!(told[2].contains(words), "{told:?}");
        }
        outcome.report.more_errors = 0;
        assert_eq!(outcome.lines(Language::En).len(), 2);
    }
}
