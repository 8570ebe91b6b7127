//! `pack.toml`: what the pack is called, and what nothing in it relaxes.

use std::collections::BTreeSet;

use kernel::ClauseId;
use serde::Deserialize;

use super::{
    Known,
    page::{Page, Word},
};
use crate::pack::Ruled;

#[derive(Default)]
pub(super) struct Preamble {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title_ja: String,
    pub(super) title_en: String,
    pub(super) city: String,
    pub(super) language: String,
    pub(super) never_relaxed: BTreeSet<ClauseId>,
    pub(super) rules: Vec<(Ruled, BTreeSet<ClauseId>)>,
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
    rules: RawRules,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules {
    access: Vec<Vec<Word>>,
    connection: Vec<Vec<Word>>,
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
    let [id, version, title_ja, title_en, city, language] = [
        ("id", raw.id),
        ("version", raw.version),
        ("title_ja", raw.title_ja),
        ("title_en", raw.title_en),
        ("city", raw.city),
        ("language", raw.language),
    ]
    .map(|(name, word)| text(name, word));
    let never_relaxed: BTreeSet<_> = known
        .clauses(page, &raw.never_relaxed)
        .into_iter()
        .collect();
    let mut rules = Vec::new();
    for (ruled, raw) in [
        (Ruled::Access, raw.rules.access),
        (Ruled::Connection, raw.rules.connection),
    ] {
        for rule in raw {
            for id in &rule {
                if never_relaxed.contains(&ClauseId::new(id.get_ref().as_str())) {
                    let message = format!("clause \"{}\" is never relaxed", id.get_ref());
                    page.problem_at(id.span(), message);
                }
            }
            rules.push((ruled, known.clauses(page, &rule).into_iter().collect()));
        }
    }
    Preamble {
        id,
        version,
        title_ja,
        title_en,
        city,
        language,
        never_relaxed,
        rules,
    }
}
