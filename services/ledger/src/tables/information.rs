//! The table of administrative information (行政情報台帳).

use async_trait::async_trait;
use directory::Directory;
use jiff::Timestamp;
use kernel::InformationId;
use ledger_domain::information::{Classification, Command, Entry, Information};
use sheet::{Blank, Column, Reader};
use store::{Outcome, Unit};

use super::{
    Tabled,
    read::{NAME, id, optional_id, reason},
    words::{CLASSES, GROUNDS, mark, word},
};
use crate::{
    store::InformationEntries,
    work::{InformationWork, Work},
};

const NUMBER: &str = "台帳番号";
const TITLE: &str = "名称";
const SECTION: &str = "所管課コード";
const CLASS: &str = "分類";
const GROUND: &str = "根拠";
const REASON: &str = "理由";
const CLASS_I_GROUND: &str = "分類Ⅰとする根拠";
const SYSTEM: &str = "取扱システム番号";
const RETENTION: &str = "保存期限";
const PERSONAL: &str = "個人情報";

/// What a row says of information.
pub(crate) struct InformationRow {
    id: InformationId,
    entry: Entry,
}

#[async_trait]
impl Tabled for InformationEntries {
    const SHEET: &'static str = "行政情報";

    const COLUMNS: &'static [Column] = &[
        Column::required(NUMBER, &["番号", "information_id"]),
        Column::required(TITLE, &["name"]),
        Column::required(SECTION, &["section_id"]),
        Column::required(CLASS, &["重要性分類", "information_class"]),
        Column::required(GROUND, &["分類の根拠", "ground"]),
        Column::optional(REASON, &["reason"]),
        Column::optional(CLASS_I_GROUND, &["class_i_ground"]),
        Column::optional(SYSTEM, &["システム番号", "system_id"]),
        Column::optional(RETENTION, &["retention_until"]),
        Column::optional(PERSONAL, &["personal_information"]),
    ];

    const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("information_id", NUMBER),
        ("section_id", SECTION),
        ("ground", GROUND),
        ("class_i_ground", CLASS_I_GROUND),
        ("reason", REASON),
        ("system_id", SYSTEM),
    ];

    type Row = InformationRow;

    fn read(cells: &mut Reader<'_>) -> Option<InformationRow> {
        let id = id(cells, NUMBER);
        let name = cells.text(TITLE, 1..=NAME);
        let section = super::read::id(cells, SECTION);
        let class = cells.choice(CLASS, CLASSES);
        let ground = cells.choice(GROUND, GROUNDS);
        let reason = reason(cells, REASON);
        let class_i_ground = cells.optional(CLASS_I_GROUND, |cells, column| {
            cells.choice(column, GROUNDS)
        });
        let system = optional_id(cells, SYSTEM);
        let retention_until = cells.optional(RETENTION, Reader::date);
        let personal = cells.yes_no(PERSONAL, Blank::No);
        Some(InformationRow {
            id: id?,
            entry: Entry {
                name: name?,
                section: section?,
                classification: Classification {
                    class: class?,
                    ground: ground?,
                    class_i_ground: class_i_ground?,
                    reason: reason?,
                },
                system: system?,
                personal: personal?,
                retention_until: retention_until?,
            },
        })
    }

    fn id(row: &InformationRow) -> &str {
        row.id.as_str()
    }

    async fn enter(row: &InformationRow, unit: &mut Unit, directory: &Directory) -> Outcome<Self> {
        let work = InformationWork {
            id: row.id.clone(),
            command: Command::Classify {
                id: row.id.clone(),
                entry: row.entry.clone(),
            },
            existing_ledger: true,
        };
        work.run(unit, directory).await
    }

    fn cells(state: &Information, _: Timestamp) -> Option<Vec<String>> {
        let entry = state.live()?;
        let classification = &entry.classification;
        let ground = |ground| word(GROUNDS, ground);
        Some(vec![
            state.id.to_string(),
            entry.name.clone(),
            entry.section.to_string(),
            word(CLASSES, &classification.class),
            ground(&classification.ground),
            classification.reason.clone().unwrap_or_default(),
            classification
                .class_i_ground
                .as_ref()
                .map(ground)
                .unwrap_or_default(),
            entry
                .system
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            entry
                .retention_until
                .map(|day| day.to_string())
                .unwrap_or_default(),
            mark(entry.personal),
        ])
    }
}
