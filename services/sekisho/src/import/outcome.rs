//! What became of a table, and how it is told.

use std::collections::BTreeSet;

use proto::{identity::v1 as identity, ledger::v1 as ledger};

use crate::{language::Language, output::say};

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) created: u32,
    pub(crate) changed: u32,
    pub(crate) unchanged: u32,
    /// Rows with an error, however many there are in one.
    pub(crate) refused: u32,
    pub(crate) errors: Vec<BadRow>,
    /// What a person should know all the same, in Japanese and English.
    pub(crate) notes: Vec<(String, String)>,
    pub(crate) entered: bool,
    pub(crate) source: String,
}

/// A bad row.
#[derive(Debug)]
pub(crate) struct BadRow {
    row: u32,
    column: String,
    value: String,
    ja: String,
    en: String,
    clauses: Vec<String>,
}

impl Outcome {
    /// One line of counts, then what is to be known of the file, then every bad row.
    pub(crate) fn print(&self, lang: Language) {
        let (created, changed, unchanged) = (self.created, self.changed, self.unchanged);
        let (bad, source) = (self.refused, &self.source);
        let rows = created + changed + unchanged + bad;
        let counts = lang.pick(
            format!("{rows} 行: 新規 {created}、変更 {changed}、変更なし {unchanged}、誤り {bad}"),
            format!(
                "{rows} rows: {created} new, {changed} changed, {unchanged} unchanged, {bad} bad"
            ),
        );
        let would = match self.entered {
            true => "",
            false => lang.pick(
                "取り込んでいません。取り込めば ",
                "Nothing was entered. It would be: ",
            ),
        };
        say!("    {would}{counts} ({source})");
        for (ja, en) in &self.notes {
            say!("      {}", lang.pick(ja, en));
        }
        for one in &self.errors {
            let clauses = match one.clauses.as_slice() {
                [] => String::new(),
                some => format!(" ({})", some.join(", ")),
            };
            let words = lang.pick(&one.ja, &one.en);
            let row = lang.pick(format!("{} 行", one.row), format!("row {}", one.row));
            let cell = match one.column.as_str() {
                "" => String::new(),
                column => format!(" {column} 「{}」", shortened(&one.value)),
            };
            say!("      {row}{cell}: {words}{clauses}");
        }
    }
}

/// At most 20 characters of what a cell says.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(20) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

impl From<identity::ImportTableResponse> for Outcome {
    fn from(answer: identity::ImportTableResponse) -> Self {
        let bad: BTreeSet<u32> = answer.errors.iter().map(|error| error.row).collect();
        let errors = answer.errors.into_iter().map(|error| BadRow {
            row: error.row,
            column: error.column,
            value: error.value,
            ja: error.message_ja,
            en: error.message_en,
            clauses: error.clauses,
        });
        Self {
            created: answer.created,
            changed: answer.changed,
            unchanged: answer.unchanged,
            refused: u32::try_from(bad.len()).unwrap_or(u32::MAX),
            errors: errors.collect(),
            notes: answer
                .warnings_ja
                .into_iter()
                .zip(answer.warnings_en)
                .collect(),
            entered: answer.entered,
            source: answer.source,
        }
    }
}

impl From<ledger::ImportTableResponse> for Outcome {
    fn from(answer: ledger::ImportTableResponse) -> Self {
        let errors = answer.errors.into_iter().map(|error| BadRow {
            row: error.row,
            column: error.column,
            value: error.value,
            ja: error.message_ja,
            en: error.message_en,
            clauses: error.clauses,
        });
        Self {
            created: answer.created,
            changed: answer.changed,
            unchanged: answer.unchanged,
            refused: answer.refused,
            errors: errors.collect(),
            notes: answer
                .warnings_ja
                .into_iter()
                .zip(answer.warnings_en)
                .collect(),
            entered: answer.entered,
            source: answer.source,
        }
    }
}
