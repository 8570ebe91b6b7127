//! What became of a table, and how it is told.

use proto::{identity::v1 as identity, ledger::v1 as ledger};

use crate::{language::Language, output::say};

/// What became of a table: the ledger's answer, in which identity's says the same.
pub(crate) type Outcome = ledger::ImportTableResponse;

/// One line of counts, then what is to be known of the file, then every bad row.
pub(crate) fn print(outcome: &Outcome, lang: Language) {
    for line in lines(outcome, lang) {
        say!("    {line}");
    }
}

fn lines(outcome: &Outcome, lang: Language) -> Vec<String> {
    let Outcome {
        rows,
        created,
        changed,
        unchanged,
        refused: bad,
        source,
        ..
    } = outcome;
    let counts = lang.pick(
        format!("{rows} 行: 新規 {created}、変更 {changed}、変更なし {unchanged}、誤り {bad}"),
        format!("{rows} rows: {created} new, {changed} changed, {unchanged} unchanged, {bad} bad"),
    );
    let would = match outcome.entered {
        true => "",
        false => lang.pick(
            "取り込んでいません。取り込めば ",
            "Nothing was entered. It would be: ",
        ),
    };
    let mut lines = vec![format!("{would}{counts} ({source})")];
    let notes = lang.pick(&outcome.warnings_ja, &outcome.warnings_en);
    lines.extend(notes.iter().map(|note| format!("  {note}")));
    lines.extend(outcome.errors.iter().map(|error| bad_row(error, lang)));
    if outcome.more_errors > 0 {
        let more = outcome.more_errors;
        lines.push(lang.pick(
            format!("  … ほかに誤りが {more} 件あります。"),
            format!("  … and {more} more"),
        ));
    }
    lines
}

fn bad_row(error: &ledger::RowError, lang: Language) -> String {
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

/// What identity says, in the ledger's form.
pub(super) fn of_identity(answer: identity::ImportTableResponse) -> Outcome {
    let errors = answer.errors.into_iter().map(|error| ledger::RowError {
        row: error.row,
        column: error.column,
        value: error.value,
        message_ja: error.message_ja,
        message_en: error.message_en,
        code: error.code,
        clauses: error.clauses,
    });
    Outcome {
        created: answer.created,
        changed: answer.changed,
        unchanged: answer.unchanged,
        errors: errors.collect(),
        warnings_ja: answer.warnings_ja,
        warnings_en: answer.warnings_en,
        entered: answer.entered,
        source: answer.source,
        more_errors: answer.more_errors,
        rows: answer.rows,
        refused: answer.refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_beyond_those_told_are_counted() {
        let error = ledger::RowError {
            row: 2,
            message_ja: "課がありません".to_owned(),
            message_en: "no such section".to_owned(),
            ..ledger::RowError::default()
        };
        let mut outcome = Outcome {
            errors: vec![error],
            more_errors: 3,
            ..Outcome::default()
        };
        for (lang, words) in [
            (Language::Ja, "ほかに誤りが 3 件"),
            (Language::En, "and 3 more"),
        ] {
            let told = lines(&outcome, lang);
            assert_eq!(told.len(), 3, "{told:?}");
            assert!(told[2].contains(words), "{told:?}");
        }
        outcome.more_errors = 0;
        assert_eq!(lines(&outcome, Language::En).len(), 2);
    }
}
