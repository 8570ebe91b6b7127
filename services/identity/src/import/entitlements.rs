//! 利用者登録表: who may use which system, and until when (7-2-(1)-1).

use sheet::{Column, FileError, Layout, Reader};

use super::{
    Contents,
    row::{Row, contents, id, over},
};

const PERSON: &str = "職員番号";
const SYSTEM: &str = "システム番号";
const LAST_DAY: &str = "終了日";

const COLUMNS: &[Column] = &[
    Column::required(PERSON, &["person_id"]),
    Column::required(SYSTEM, &["システムコード", "system_id"]),
    Column::optional(LAST_DAY, &["利用終了日", "last_day"]),
];

pub(super) fn read(content: &[u8]) -> Result<Contents, FileError> {
    let key = |row: &Row| match row {
        Row::Entitlement { person, system, .. } => format!("{person}/{system}"),
        _ => String::new(),
    };
    contents(content, &Layout::new(COLUMNS), (PERSON, key), columns, row)
}

fn columns(field: &str) -> &'static [&'static str] {
    match field {
        "system_id" => &[SYSTEM],
        "ends_at" => &[LAST_DAY],
        _ => &[],
    }
}

/// The last day is one of use: the entitlement ends when it does, in Japan.
fn row(cells: &mut Reader<'_>) -> Option<Row> {
    let person = cells.parse(PERSON, id);
    let system = cells.parse(SYSTEM, id);
    let last_day = cells.optional(LAST_DAY, Reader::date);
    Some(Row::Entitlement {
        person: person?,
        system: system?,
        ends_at: last_day?.and_then(over),
    })
}
