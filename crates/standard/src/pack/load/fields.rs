//! `fields.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Page, page::Word};
use crate::pack::{Field, FieldFormat};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFields {
    fields: BTreeMap<Word, RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    ja: String,
    en: String,
    max: toml::Spanned<usize>,
    format: Option<Word>,
}

pub(super) fn read(page: &mut Page<'_>) -> BTreeMap<String, Field> {
    let mut fields = BTreeMap::new();
    let Some(raw) = page.toml::<RawFields>() else {
        return fields;
    };
    for (id, raw) in raw.fields {
        if *raw.max.get_ref() == 0 {
            page.problem_at(raw.max.span(), "max must be at least 1 character");
        }
        // A faulty format is told here; the field exists all the same for whoever names it.
        let format = raw.format.and_then(|word| page.word(&word));
        let id = id.into_inner();
        let field = Field {
            id: id.clone(),
            label_ja: raw.ja,
            label_en: raw.en,
            max_length: raw.max.into_inner(),
            format: format.unwrap_or(FieldFormat::Text),
        };
        fields.insert(id, field);
    }
    page.not_empty(fields.is_empty(), "field");
    fields
}
