//! What holds for all files, not only those someone thought of.

use jiff::civil::date;
use proptest::{collection::vec, prelude::*, string::string_regex};
use sheet::{Column, Layout, read, write_csv, write_xlsx};

const NAMES: [&str; 3] = ["番号", "名称", "備考"];
const COLUMNS: &[Column] = &[
    Column::required("番号", &[]),
    Column::required("名称", &[]),
    Column::required("備考", &[]),
];

/// Cells that try a spreadsheet: formula starts, quotes, delimiters, line breaks, Japanese.
fn cell() -> impl Strategy<Value = String> {
    string_regex(r#"['=+\-@＝＠\t\r\n]{0,3}[ -~ぁ-ん一-龠、Ⅰ①\n"',]{0,12}"#).expect("a regex")
}

/// A cell of white space reads as blank.
fn seen(cell: &str) -> &str {
    if cell.trim().is_empty() { "" } else { cell }
}

fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    vec((1_u32.., cell(), cell()), 0..8).prop_map(|rows| {
        let row = |(id, name, note): (u32, _, _)| vec![format!("ID{id}"), name, note];
        rows.into_iter().map(row).collect()
    })
}

fn read_back(bytes: &[u8]) -> Vec<Vec<String>> {
    let table = read(bytes, &Layout::new(COLUMNS)).expect("what was written is read");
    let cells = |row: sheet::Row<'_>| NAMES.map(|name| row.cell(name).to_owned()).to_vec();
    table.rows().map(cells).collect()
}

fn as_seen(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let row = |row: &Vec<String>| row.iter().map(|cell| seen(cell).to_owned()).collect();
    rows.iter().map(row).collect()
}

/// Whether a spreadsheet may take a written field for a formula.
fn runs(field: &str) -> bool {
    field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

proptest! {
    #[test]
    fn csv_reads_back_what_was_written_and_runs_nothing(rows in rows()) {
        let bytes = write_csv(&NAMES, &rows);
        prop_assert_eq!(read_back(&bytes), as_seen(&rows));
        let mut plain = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[3..]);
        for record in plain.records() {
            prop_assert!(!record.expect("valid CSV").iter().any(runs));
        }
    }

    #[test]
    fn a_workbook_reads_back_what_was_written(rows in rows()) {
        let created = date(2025, 4, 1).at(9, 0, 0, 0);
        let bytes = write_xlsx("台帳", &NAMES, &rows, created).expect("a workbook");
        prop_assert_eq!(read_back(&bytes), as_seen(&rows));
    }

    #[test]
    fn reading_never_panics_on_any_bytes(bytes in vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes, &Layout::new(COLUMNS));
    }

    #[test]
    fn reading_never_panics_on_bytes_that_begin_like_a_known_file(
        start in prop::sample::select(vec![
            &b"PK\x03\x04"[..], b"\xFF\xFE", b"\xFE\xFF", b"\xEF\xBB\xBF", b"\xD0\xCF\x11\xE0",
            "番号,名称,備考\n".as_bytes(), "番号\t名称\t備考\n".as_bytes(),
        ]),
        rest in vec(any::<u8>(), 0..300),
    ) {
        let _ = read(&[start, &rest].concat(), &Layout::new(COLUMNS));
    }

    #[test]
    fn a_workbook_damaged_in_one_place_never_panics(at in any::<prop::sample::Index>(), byte: u8) {
        let rows = [NAMES.map(str::to_owned).to_vec()];
        let created = date(2025, 4, 1).at(9, 0, 0, 0);
        let mut bytes = write_xlsx("台帳", &NAMES, &rows, created).expect("a workbook");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read(&bytes, &Layout::new(COLUMNS));
    }

    #[test]
    fn no_cell_makes_a_parser_panic(cell: String) {
        let _ = sheet::cell::date(&cell);
        let _ = sheet::cell::integer(&cell, 0..=9);
        let _ = sheet::cell::list(&cell, 0..=9, 9);
        let _ = sheet::cell::yes_no(&cell, sheet::Blank::No);
        let _ = sheet::cell::text(&cell, 0..=9);
    }

    #[test]
    fn every_day_reads_back_from_each_way_it_is_written(days in 0_i32..20_000) {
        // From the first day of Showa's fourth year on.
        let day = date(1929, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
        let (year, month, dom) = (day.year(), day.month(), day.day());
        let (era, letter, base) = match day {
            day if day >= date(2019, 5, 1) => ("令和", 'R', 2018),
            day if day >= date(1989, 1, 8) => ("平成", 'H', 1988),
            _ => ("昭和", 'S', 1925),
        };
        for written in [
            day.to_string(),
            format!("{year}/{month}/{dom}"),
            format!("{era}{}年{month}月{dom}日", year - base),
            format!("{letter}{}.{month}.{dom}", year - base),
        ] {
            prop_assert_eq!(sheet::cell::date(&written), Ok(day), "{}", written);
        }
    }
}
