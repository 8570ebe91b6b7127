//! `pack.toml`: what the pack is called, and what nothing in it relaxes.

use std::collections::BTreeSet;

use kernel::ClauseId;
use serde::Deserialize;

use super::{
    Known,
    page::{Page, Word},
};

#[derive(Default)]
pub(super) struct Preamble {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title_ja: String,
    pub(super) title_en: String,
    pub(super) city: String,
    pub(super) language: String,
    pub(super) never_relaxed: BTreeSet<ClauseId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPreamble {
    id: Word,
    version: Word,
    title_ja: Word,
    title_en: Word,
    city: Word,
    language: Word,
    never_relaxed: Vec<Word>,
}

pub(super) fn read(page: &mut Page<'_>, known: &Known<'_>) -> Preamble {
    let Some(raw) = page.toml::<RawPreamble>() else {
        return Preamble::default();
    };
    let mut text = |name: &str, word: Word| {
        if word.get_ref().trim().is_empty() {
            page.problem_at(word.span(), format!("{name} must not be empty"));
        }
        word.into_inner()
    };
    Preamble {
        id: text("id", raw.id),
        version: text("version", raw.version),
        title_ja: text("title_ja", raw.title_ja),
        title_en: text("title_en", raw.title_en),
        city: text("city", raw.city),
        language: text("language", raw.language),
        never_relaxed: known
            .clauses(page, &raw.never_relaxed)
            .into_iter()
            .collect(),
    }
}
