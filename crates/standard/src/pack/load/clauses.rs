//! `clauses.tsv` and `not_yet_served.tsv`.

use std::collections::BTreeSet;

use kernel::ClauseId;

use super::{Known, Page, tsv};
use crate::pack::{Clause, NotYetServed, Obliged};

const CLAUSES: [&str; 9] = [
    "id", "title_ja", "title_en", "obliged", "strength", "service", "mode", "also", "note",
];

/// The clauses, and every id that has a row, faulty or not: a fault in a row is told once, and
/// not again by everything that refers to it.
#[derive(Default)]
pub(super) struct ClauseFile {
    pub(super) clauses: Vec<Clause>,
    pub(super) ids: BTreeSet<ClauseId>,
}

pub(super) fn read(page: &mut Page<'_>) -> ClauseFile {
    let mut content = ClauseFile::default();
    for row in tsv::rows(page, CLAUSES) {
        let line = row.line;
        let [
            id,
            title_ja,
            title_en,
            obliged,
            strength,
            service,
            mode,
            also,
            note,
        ] = row.columns;
        if id.is_empty() || title_ja.is_empty() || title_en.is_empty() {
            page.problem(Some(line), "a clause needs an id and both titles");
            continue;
        }
        if !content.ids.insert(ClauseId::new(id.as_str())) {
            page.problem(Some(line), format!("duplicate clause \"{id}\""));
            continue;
        }
        // Every column is read before any is missed, so that all its problems are told at once.
        let obliged = obliged_on(page, line, &obliged);
        let strength = page.word_on(line, &strength);
        let service = page.word_on(line, &service);
        let mode = page.word_on(line, &mode);
        let also = words_on(page, line, &also);
        if let (Some(obliged), Some(strength), Some(service), Some(mode)) =
            (obliged, strength, service, mode)
        {
            content.clauses.push(Clause {
                id: ClauseId::new(id),
                title_ja,
                title_en,
                obliged,
                strength,
                service,
                mode,
                also,
                note,
            });
        }
    }
    page.not_empty(content.ids.is_empty(), "clause");
    content
}

pub(super) fn read_not_yet_served(page: &mut Page<'_>, known: &Known<'_>) -> Vec<NotYetServed> {
    let mut seen = BTreeSet::new();
    let mut listed = Vec::new();
    for row in tsv::rows(page, ["clause", "reason"]) {
        let [id, reason] = row.columns;
        if reason.is_empty() {
            page.problem(Some(row.line), format!("no reason for clause \"{id}\""));
        }
        if !seen.insert(id.clone()) {
            page.problem(Some(row.line), format!("duplicate clause \"{id}\""));
        }
        if let Some(clause) = known.clause_on(page, row.line, &id) {
            listed.push(NotYetServed { clause, reason });
        }
    }
    listed
}

fn obliged_on(page: &mut Page<'_>, line: usize, text: &str) -> Option<Obliged> {
    match text {
        "city" => Some(Obliged::City),
        "unnamed" => Some(Obliged::Unnamed),
        "" => {
            page.problem(Some(line), "nobody obliged: name roles, city or unnamed");
            None
        }
        roles => Some(Obliged::Roles(words_on(page, line, roles))),
    }
}

/// Words joined by `+`.
fn words_on<W>(page: &mut Page<'_>, line: usize, text: &str) -> Vec<W>
where
    W: std::str::FromStr<Err: std::fmt::Display>,
{
    text.split('+')
        .filter(|word| !word.is_empty())
        .filter_map(|word| page.word_on(line, word))
        .collect()
}
