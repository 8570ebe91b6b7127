//! Importing: good rows survive, every bad cell of every bad row is reported.

use jiff::civil::{Date, date};
use sheet::{Blank, CellError, Column, Good, Layout, Reader, Reason, read};

const COLUMNS: &[Column] = &[
    Column::required("番号", &["システム番号"]),
    Column::required("開始日", &[]),
    Column::required("クラウド", &[]),
    Column::optional("期限", &[]),
];

#[derive(Debug, PartialEq)]
struct System {
    id: String,
    start: Date,
    cloud: bool,
    end: Option<Date>,
}

fn system(cells: &mut Reader<'_>) -> Option<System> {
    let id = cells.text("番号", 1..=8);
    let start = cells.date("開始日");
    let cloud = cells.yes_no("クラウド", Blank::No);
    let end = cells.optional("期限", Reader::date);
    if let (Some(start), Some(Some(end))) = (start, end)
        && end < start
    {
        let reason = Reason::new(
            "end_before_start",
            "期限が開始日より前です。",
            "ends too early",
        );
        cells.refuse("期限", reason);
    }
    Some(System {
        id: id?,
        start: start?,
        cloud: cloud?,
        end: end?,
    })
}

fn told(error: &CellError) -> (u32, &str, &str, &str) {
    (error.row, &error.column, &error.value, error.code)
}

#[test]
fn every_bad_cell_is_reported_with_row_column_value_and_reason() {
    let text = "システム番号,開始日,クラウド,期限\n\
        S1,R7.4.1,○,令和8年3月31日\n\
        ,令和7年2月30日,△,R8.3.31\n\
        S3,2025/4/1,,\n\
        S4,2025/4/1,×,2025/3/31\n\
        S1,2025/4/1,×,\n";
    let table = read(text.as_bytes(), &Layout::new(COLUMNS)).expect("a table");
    let import = table.unique(table.import(system), "番号", |system| system.id.clone());

    let good = |row, id: &str, cloud, end| Good {
        row,
        value: System {
            id: id.to_owned(),
            start: date(2025, 4, 1),
            cloud,
            end,
        },
    };
    let expected = [
        good(2, "S1", true, Some(date(2026, 3, 31))),
        good(4, "S3", false, None),
    ];
    assert_eq!(import.good, expected);
    assert_eq!(
        import.bad.iter().map(told).collect::<Vec<_>>(),
        [
            (3, "システム番号", "", "cell_required"),
            (3, "開始日", "令和7年2月30日", "cell_no_such_date"),
            (3, "クラウド", "△", "cell_not_yes_no"),
            (5, "期限", "2025/3/31", "end_before_start"),
            (6, "システム番号", "S1", "cell_duplicate"),
        ]
    );
    assert_eq!(import.bad[4].message_ja, "2行目と重複しています。");
    assert_eq!(
        import.bad[1].to_string(),
        "row 3, 開始日: \"令和7年2月30日\" is not a day of the calendar"
    );
}

#[test]
fn no_row_is_lost_even_if_the_importer_gives_no_reason() {
    let table = read(
        "番号,開始日,クラウド\n1,,\n".as_bytes(),
        &Layout::new(COLUMNS),
    );
    let import = table.expect("a table").import(|_| None::<()>);
    assert_eq!(
        import.bad.iter().map(told).collect::<Vec<_>>(),
        [(2, "", "", "row_refused")]
    );
}

#[test]
fn a_long_value_is_quoted_only_in_part() {
    let text = format!("番号,開始日,クラウド\n1,{},\n", "日".repeat(500));
    let table = read(text.as_bytes(), &Layout::new(COLUMNS)).expect("a table");
    let import = table.import(system);
    assert_eq!(import.bad[0].value, "日".repeat(100) + "…");
}

#[test]
#[should_panic(expected = "column 不明 is not in the layout")]
fn asking_for_a_column_outside_the_layout_is_a_mistake_of_the_importer() {
    let table = read(
        "番号,開始日,クラウド\n1,,\n".as_bytes(),
        &Layout::new(COLUMNS),
    );
    table
        .expect("a table")
        .import(|cells| cells.text("不明", 0..=9));
}
