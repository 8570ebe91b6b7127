//! 職員表: members of staff.

use identity_domain::organisation::person;
use sheet::{Blank, Column, FileError, Layout, Reader};

use super::{
    Contents,
    row::{Row, contents, id},
};

const NUMBER: &str = "職員番号";
const NAME: &str = "氏名";
const SECTION: &str = "所属コード";
const NON_REGULAR: &str = "会計年度任用";
const EMPLOYMENT: &str = "雇用区分";
const HIRED_ON: &str = "採用日";

/// Words for the kind of employment; true = non-regular.
const EMPLOYMENTS: &[(&str, bool)] = &[
    ("正規", false),
    ("会計年度任用", true),
    ("regular", false),
    ("non_regular", true),
];

const COLUMNS: &[Column] = &[
    Column::required(NUMBER, &["person_id"]),
    Column::required(NAME, &["名前", "name"]),
    Column::required(SECTION, &["課公所コード", "section_id"]),
    Column::optional(NON_REGULAR, &["会計年度任用職員", "non_regular"]),
    Column::optional(EMPLOYMENT, &["employment"]),
    Column::optional(HIRED_ON, &["hired_on"]),
];

pub(super) fn read(content: &[u8]) -> Result<Contents, FileError> {
    let key = |row: &Row| match row {
        Row::Person(record) => record.id.to_string(),
        _ => String::new(),
    };
    contents(content, &Layout::new(COLUMNS), NUMBER, key, row)
}

fn row(cells: &mut Reader<'_>) -> Option<Row> {
    let number = cells.parse(NUMBER, id);
    let name = cells.text(NAME, 1..=200);
    let section = cells.parse(SECTION, id);
    let non_regular = cells.yes_no(NON_REGULAR, Blank::No);
    let employment = cells.optional(EMPLOYMENT, |cells, column| {
        cells.choice(column, EMPLOYMENTS)
    });
    // Not kept; a date that does not exist betrays a wrong row.
    let hired_on = cells.optional(HIRED_ON, Reader::date);
    hired_on?;
    Some(Row::Person(person::Record {
        id: number?,
        name: name?,
        section: section?,
        non_regular: non_regular? || employment? == Some(true),
    }))
}
