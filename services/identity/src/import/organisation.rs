//! 組織表: bureaus and wards, sections, third-class offices.

use identity_domain::organisation::bureau;
use sheet::{Column, FileError, Layout, Reader, cell::Reason};

use super::{
    Contents,
    row::{Row, contents, id},
};

const CODE: &str = "コード";
const NAME: &str = "名称";
const KIND: &str = "種別";
const ABOVE: &str = "上位コード";

const COLUMNS: &[Column] = &[
    Column::required(CODE, &["組織コード", "code"]),
    Column::required(NAME, &["組織名", "name"]),
    Column::required(KIND, &["区分", "kind"]),
    Column::optional(ABOVE, &["上位組織コード", "parent"]),
];

#[derive(Clone, Copy)]
enum Kind {
    Bureau,
    Ward,
    Section,
    Office,
}

const KINDS: &[(&str, Kind)] = &[
    ("局", Kind::Bureau),
    ("bureau", Kind::Bureau),
    ("区", Kind::Ward),
    ("ward", Kind::Ward),
    ("課公所", Kind::Section),
    ("課", Kind::Section),
    ("section", Kind::Section),
    ("三種公所", Kind::Office),
    ("office", Kind::Office),
];

pub(super) fn read(content: &[u8]) -> Result<Contents, FileError> {
    let key = |row: &Row| match row {
        Row::Bureau(record) => format!("bureau {}", record.id),
        Row::Section { id, .. } | Row::Office { id, .. } => id.to_string(),
        _ => String::new(),
    };
    let contents = contents(content, &Layout::new(COLUMNS), (CODE, key), columns, row)?;
    Ok(contents.sorted_by(|row| match row {
        Row::Bureau(_) => 0,
        Row::Section { .. } => 1,
        _ => 2,
    }))
}

fn columns(field: &str) -> &'static [&'static str] {
    match field {
        "bureau_id" | "parent_section_id" => &[ABOVE],
        _ => &[],
    }
}

fn row(cells: &mut Reader<'_>) -> Option<Row> {
    let name = cells.text(NAME, 1..=200);
    match cells.choice(KIND, KINDS) {
        None => {
            cells.parse(CODE, id::<kernel::SectionId>);
            None
        }
        Some(kind @ (Kind::Bureau | Kind::Ward)) => {
            let code = cells.parse(CODE, id);
            if !sheet::line(cells.raw(ABOVE)).is_empty() {
                cells.refuse(ABOVE, nothing_above());
                return None;
            }
            Some(Row::Bureau(bureau::Record {
                id: code?,
                name: name?,
                ward: matches!(kind, Kind::Ward),
            }))
        }
        Some(Kind::Section) => {
            let (code, bureau) = (cells.parse(CODE, id), cells.parse(ABOVE, id));
            Some(Row::Section {
                id: code?,
                name: name?,
                bureau: bureau?,
            })
        }
        Some(Kind::Office) => {
            let (code, parent) = (cells.parse(CODE, id), cells.parse(ABOVE, id));
            Some(Row::Office {
                id: code?,
                name: name?,
                parent: parent?,
            })
        }
    }
}

fn nothing_above() -> Reason {
    Reason::new(
        "cell_must_be_blank",
        "局・区に上位の組織はありません。空欄にしてください。",
        "must be blank: a bureau or ward belongs to nothing else",
    )
}
