//! 職表: posts, the roles on them, and who holds them.

use std::collections::BTreeSet;

use identity_domain::organisation::post::Assignment;
use sheet::{
    Column, FileError, Layout, Reader,
    cell::{self, Reason},
};
use standard::Role;

use super::{
    Contents,
    row::{Row, Seat, begins, contents, id, over},
};
use crate::organisation::Seating;

const CODE: &str = "職コード";
const TITLE: &str = "職名";
const UNIT: &str = "所属コード";
const SECTION: &str = "課公所コード";
const BUREAU: &str = "局区コード";
const ROLES: &str = "役割";
const HOLDER: &str = "在職者";
const SINCE: &str = "発令日";
const LAST_DAY: &str = "在職終了日";

const COLUMNS: &[Column] = &[
    Column::required(CODE, &["コード", "post_id"]),
    Column::required(TITLE, &["名称", "title"]),
    Column::optional(UNIT, &["unit_id"]),
    Column::optional(SECTION, &["section_id"]),
    Column::optional(BUREAU, &["局コード", "区コード", "bureau_id"]),
    Column::required(ROLES, &["roles"]),
    Column::optional(HOLDER, &["保有職員番号", "職員番号", "holder_id"]),
    Column::optional(SINCE, &["since"]),
    Column::optional(LAST_DAY, &["任期満了日", "last_day"]),
];

pub(super) fn read(content: &[u8]) -> Result<Contents, FileError> {
    let key = |row: &Row| match row {
        Row::Post { id, .. } => id.to_string(),
        _ => String::new(),
    };
    contents(content, &Layout::new(COLUMNS), (CODE, key), columns, row)
}

fn columns(field: &str) -> &'static [&'static str] {
    match field {
        "section_id" => &[SECTION, UNIT, BUREAU],
        "roles" => &[ROLES],
        "person_id" => &[HOLDER],
        "until" => &[LAST_DAY],
        _ => &[],
    }
}

fn row(cells: &mut Reader<'_>) -> Option<Row> {
    let code = cells.parse(CODE, id);
    let title = cells.text(TITLE, 1..=200);
    let unit = cells.optional(UNIT, |cells, column| cells.text(column, 1..=64));
    let section = cells.optional(SECTION, |cells, column| cells.parse(column, id));
    let bureau = cells.optional(BUREAU, |cells, column| cells.parse(column, id));
    let roles = cells.parse(ROLES, roles);
    let holder = cells.optional(HOLDER, |cells, column| cells.parse(column, id));
    let since = cells.optional(SINCE, Reader::date);
    let last_day = cells.optional(LAST_DAY, Reader::date);
    // A section's bureau is known; one named beside it would only be able to disagree.
    let seat = match (unit?, section?, bureau?) {
        (Some(unit), None, None) => Seat::Unit(unit),
        (_, Some(section), _) => Seat::Section(section),
        (_, None, Some(bureau)) => Seat::Bureau(bureau),
        (None, None, None) => Seat::City,
    };
    let since = since?.and_then(begins);
    let until = last_day?.and_then(over);
    Some(Row::Post {
        id: code?,
        title: title?,
        seat,
        roles: roles?,
        seating: match holder? {
            Some(person) => Seating::Held(Assignment {
                person,
                since,
                until,
            }),
            None if cells.has(HOLDER) => Seating::Vacant(since),
            None => Seating::Unsaid,
        },
    })
}

/// Role codes or their Japanese names, any number of them.
fn roles(text: &str) -> Result<BTreeSet<Role>, Reason> {
    let words = cell::list(text, 0..=Role::ALL.len(), 100)?;
    words.iter().map(|word| role(word)).collect()
}

fn role(word: &str) -> Result<Role, Reason> {
    let named = |role: &&Role| {
        [role.as_str(), role.title_ja()]
            .iter()
            .any(|name| sheet::heading(name) == sheet::heading(word))
    };
    Role::ALL.iter().find(named).copied().ok_or_else(|| {
        let known: Vec<_> = Role::ALL.iter().map(|role| role.title_ja()).collect();
        Reason::new(
            "cell_not_a_role",
            format!(
                "「{word}」は役割ではありません。次のいずれかです：{}",
                known.join("、")
            ),
            format!(
                "{word:?} is no role; expected one of {}",
                Role::CODES.join(", ")
            ),
        )
    })
}
