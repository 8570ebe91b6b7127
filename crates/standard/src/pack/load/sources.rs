//! Where a pack's files come from: built in, or a directory.

use std::{borrow::Cow, collections::BTreeMap, fs, path::Path};

use super::Page;

/// The texts of a pack's files, each read or not.
pub(super) struct Sources {
    root: String,
    texts: BTreeMap<&'static str, Result<Cow<'static, str>, String>>,
}

/// Every file of a pack, with Sendai's text.
const SENDAI: [(&str, &str); 13] = [
    (
        "analysis.toml",
        include_str!("../../../packs/sendai/analysis.toml"),
    ),
    (
        "clauses.tsv",
        include_str!("../../../packs/sendai/clauses.tsv"),
    ),
    (
        "classes.toml",
        include_str!("../../../packs/sendai/classes.toml"),
    ),
    (
        "criteria.toml",
        include_str!("../../../packs/sendai/criteria.toml"),
    ),
    (
        "fields.toml",
        include_str!("../../../packs/sendai/fields.toml"),
    ),
    (
        "holidays.toml",
        include_str!("../../../packs/sendai/holidays.toml"),
    ),
    (
        "matrix.toml",
        include_str!("../../../packs/sendai/matrix.toml"),
    ),
    (
        "not_yet_served.tsv",
        include_str!("../../../packs/sendai/not_yet_served.tsv"),
    ),
    ("pack.toml", include_str!("../../../packs/sendai/pack.toml")),
    (
        "periods.toml",
        include_str!("../../../packs/sendai/periods.toml"),
    ),
    (
        "permit_kinds.toml",
        include_str!("../../../packs/sendai/permit_kinds.toml"),
    ),
    (
        "retention.toml",
        include_str!("../../../packs/sendai/retention.toml"),
    ),
    (
        "roles.toml",
        include_str!("../../../packs/sendai/roles.toml"),
    ),
];

impl Sources {
    pub(super) fn sendai() -> Self {
        Self {
            root: "packs/sendai".to_owned(),
            texts: SENDAI
                .into_iter()
                .map(|(file, text)| (file, Ok(Cow::Borrowed(text))))
                .collect(),
        }
    }

    pub(super) fn read(dir: &Path) -> Self {
        let text = |file| match fs::read_to_string(dir.join(file)) {
            // Spreadsheets put a byte order mark before what they save as UTF-8.
            Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
                Some(rest) => Cow::Owned(rest.to_owned()),
                None => Cow::Owned(text),
            }),
            Err(error) => Err(error.to_string()),
        };
        Self {
            root: dir.display().to_string(),
            texts: SENDAI
                .into_iter()
                .map(|(file, _)| (file, text(file)))
                .collect(),
        }
    }

    /// A file's page; one that could not be read is empty and says so.
    pub(super) fn page(&self, file: &'static str) -> Page<'_> {
        let path = format!("{}/{file}", self.root);
        match self.texts.get(file) {
            Some(Ok(text)) => Page::new(path, text),
            Some(Err(reason)) => Page::unreadable(path, reason),
            None => Page::unreadable(path, "not a file of a pack"),
        }
    }
}
