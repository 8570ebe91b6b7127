//! `criteria.toml`.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ClauseId;
use serde::Deserialize;

use super::{
    Known,
    page::{Page, Word},
};
use crate::pack::{CheckItem, Checklist};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChecklists {
    checklist: Vec<RawChecklist>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChecklist {
    id: Word,
    version: String,
    title_ja: String,
    title_en: String,
    clause: Word,
    items: Vec<RawItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    id: Word,
    ja: String,
    en: String,
}

pub(super) fn read(page: &mut Page<'_>, known: &Known<'_>) -> BTreeMap<String, Checklist> {
    let mut checklists = BTreeMap::new();
    let Some(raw) = page.toml::<RawChecklists>() else {
        return checklists;
    };
    for raw in raw.checklist {
        let place = raw.id.span();
        if raw.items.is_empty() {
            page.problem_at(place.clone(), "a checklist needs at least one item");
        }
        let items = items(page, raw.items);
        // A faulty clause is told here; the checklist exists all the same for whoever names it.
        known.clause(page, &raw.clause);
        let id = raw.id.into_inner();
        let checklist = Checklist {
            id: id.clone(),
            version: raw.version,
            title_ja: raw.title_ja,
            title_en: raw.title_en,
            clause: ClauseId::new(raw.clause.into_inner()),
            items,
        };
        page.insert(&mut checklists, "checklist", place, id, checklist);
    }
    page.not_empty(checklists.is_empty(), "checklist");
    checklists
}

fn items(page: &mut Page<'_>, raw: Vec<RawItem>) -> Vec<CheckItem> {
    let mut seen = BTreeSet::new();
    let mut items = Vec::new();
    for item in raw {
        let place = item.id.span();
        let id = item.id.into_inner();
        if !seen.insert(id.clone()) {
            page.problem_at(place, format!("duplicate item \"{id}\""));
        }
        items.push(CheckItem {
            id,
            text_ja: item.ja,
            text_en: item.en,
        });
    }
    items
}
