//! `clauses.tsv` and `not_yet_served.tsv`.

use std::collections::BTreeSet;

use kernel::ClauseId;

use super::{Known, Page, tsv};
use crate::{
    Mode,
    pack::{Clause, NotYetServed, Obliged},
};

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
        let also: Vec<Mode> = words_on(page, line, &also);
        let named: BTreeSet<Mode> = mode.iter().chain(&also).copied().collect();
        if mode.is_some() && named.len() <= also.len() {
            page.problem(Some(line), "a mode is named twice");
        }
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

/// The kinds of work not done yet, each clause's own and each once.
pub(super) fn read_not_yet_served(
    page: &mut Page<'_>,
    known: &Known<'_>,
    clauses: &[Clause],
) -> Vec<NotYetServed> {
    let mut seen = BTreeSet::new();
    let mut listed = Vec::new();
    for row in tsv::rows(page, ["clause", "mode", "reason_ja", "reason_en"]) {
        let line = row.line;
        let [id, mode, reason_ja, reason_en] = row.columns;
        if reason_ja.is_empty() || reason_en.is_empty() {
            page.problem(
                Some(line),
                format!("no reason in both languages for clause \"{id}\""),
            );
        }
        let clause = known.clause_on(page, line, &id);
        let mode: Option<Mode> = page.word_on(line, &mode);
        let (Some(clause), Some(mode)) = (clause, mode) else {
            continue;
        };
        if !seen.insert((clause.clone(), mode)) {
            page.problem(
                Some(line),
                format!("duplicate clause \"{id}\" and mode \"{mode}\""),
            );
        }
        let known = clauses.iter().find(|one| one.id == clause);
        if known.is_some_and(|known| known.modes().all(|one| one != mode)) {
            let problem = format!("clause \"{id}\" does not ask for mode \"{mode}\"");
            page.problem(Some(line), problem);
        }
        listed.push(NotYetServed {
            clause,
            mode,
            reason_ja,
            reason_en,
        });
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
