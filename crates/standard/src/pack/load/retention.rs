//! `retention.toml`.

use serde::Deserialize;

use super::{
    known::Known,
    page::{Page, Word},
};
use crate::pack::{Kept, Period};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRetention {
    kept: Vec<RawKept>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKept {
    records: Word,
    clause: Word,
    important: Word,
    other: Word,
}

pub(super) fn read(page: &mut Page<'_>, known: &Known<'_>) -> Vec<Kept> {
    let mut all: Vec<Kept> = Vec::new();
    let Some(raw) = page.toml::<RawRetention>() else {
        return all;
    };
    for raw in raw.kept {
        let place = raw.records.span();
        let clause = known.clause(page, &raw.clause);
        let important = page.word::<Period>(&raw.important);
        let other = page.word::<Period>(&raw.other);
        let records = raw.records.into_inner();
        let package = records.strip_prefix("sekisho.").unwrap_or_default();
        if !package.contains('.') {
            let message = format!("\"{records}\" is no event and no package of events");
            page.problem_at(place.clone(), message);
        }
        let twice =
            |one: &&Kept| one.records.starts_with(&records) || records.starts_with(&one.records);
        if let Some(before) = all.iter().find(twice) {
            let message = format!(
                "\"{records}\" is spoken of as \"{}\" already",
                before.records
            );
            page.problem_at(place, message);
        }
        if let (Some(clause), Some(important), Some(other)) = (clause, important, other) {
            all.push(Kept {
                records,
                clause,
                important,
                other,
            });
        }
    }
    all
}
