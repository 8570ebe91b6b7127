//! Excel workbooks as offices keep them.

use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, XlsxError};
use sheet::{Column, FileError, Layout, Limits, Source, read, write_xlsx};

const COLUMNS: &[Column] = &[
    Column::required("台帳番号", &[]),
    Column::required("分類", &[]),
    Column::required("根拠", &[]),
    Column::optional("保存期限", &[]),
    Column::optional("件数", &[]),
    Column::optional("確認", &[]),
];

/// A title over the table, headings two rows high, a group over two columns, typed cells, and
/// formatted blank rows below.
fn ledger() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("表紙")?
        .write_string(0, 0, "表紙")?;
    let page = book.add_worksheet().set_name("台帳")?;
    let format = Format::new();
    let wareki = Format::new().set_num_format("[$-411]ggge\"年\"m\"月\"d\"日\"");
    page.merge_range(0, 0, 0, 5, "行政情報台帳", &format)?;
    page.merge_range(1, 0, 2, 0, "台帳番号", &format)?;
    page.merge_range(1, 1, 1, 2, "重要性", &format)?;
    page.write_string(2, 1, "分類")?
        .write_string(2, 2, "根拠")?;
    page.merge_range(1, 3, 2, 3, "保存期限", &format)?;
    page.merge_range(1, 4, 2, 4, "件数", &format)?;
    page.merge_range(1, 5, 2, 5, "確認", &format)?;
    page.write_number(3, 0, 101)?.write_string(3, 1, "Ⅰ")?;
    page.write_string(3, 2, "条例第7条第1号")?;
    page.write_datetime_with_format(3, 3, ExcelDateTime::from_ymd(2030, 3, 31)?, &wareki)?;
    page.write_number(3, 4, 1200)?.write_boolean(3, 5, true)?;
    page.write_number(5, 0, 102)?.write_string(5, 1, "Ⅲ")?;
    page.write_string(5, 2, "その他")?
        .write_number(5, 4, 0.25)?;
    page.write_formula(5, 5, Formula::new("=1=2").set_result("いいえ"))?;
    for row in 6..30 {
        page.write_blank(row, 0, &wareki)?;
    }
    book.save_to_buffer()
}

const CELLS: [&str; 6] = ["台帳番号", "分類", "根拠", "保存期限", "件数", "確認"];

#[test]
fn merged_headings_and_typed_cells_read_as_canonical_text() {
    let bytes = ledger().expect("a workbook");
    let table = read(&bytes, &Layout::new(COLUMNS).sheet("台帳")).expect("a table");
    let rows: Vec<(u32, [&str; 6])> = table
        .rows()
        .map(|row| (row.number(), CELLS.map(|column| row.cell(column))))
        .collect();
    let first = ["101", "Ⅰ", "条例第7条第1号", "2030-03-31", "1200", "true"];
    let second = ["102", "Ⅲ", "その他", "", "0.25", "いいえ"];
    assert_eq!(rows, [(4, first), (6, second)]);
    assert_eq!(table.warnings, []);
    let sheet = "台帳".to_owned();
    assert_eq!(table.source, Source::Workbook { sheet });
}

#[test]
fn the_first_sheet_is_read_unless_another_is_named() {
    let bytes = ledger().expect("a workbook");
    assert!(matches!(
        read(&bytes, &Layout::new(COLUMNS)),
        Err(FileError::MissingColumns { row: None, .. })
    ));
    assert_eq!(
        read(&bytes, &Layout::new(COLUMNS).sheet("廃止")),
        Err(FileError::NoSuchSheet {
            wanted: "廃止".to_owned(),
            found: vec!["表紙".to_owned(), "台帳".to_owned()],
        })
    );
}

/// Every directory entry of the archive says its part unpacks to `size` bytes.
fn declaring(mut bytes: Vec<u8>, size: u32) -> Vec<u8> {
    let entries: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, at)| at == b"PK\x01\x02")
        .map(|(at, _)| at)
        .collect();
    assert!(!entries.is_empty());
    for at in entries {
        bytes[at + 24..at + 28].copy_from_slice(&size.to_le_bytes());
    }
    bytes
}

#[test]
fn a_workbook_that_unpacks_too_far_is_refused_whether_it_says_so_or_not() {
    let layout = Layout::new(COLUMNS).sheet("台帳");
    let max = layout_limit();
    let honest = declaring(ledger().expect("a workbook"), 1 << 30);
    assert_eq!(read(&honest, &layout), Err(FileError::Expands { max }));
    let zip64 = declaring(ledger().expect("a workbook"), u32::MAX);
    assert_eq!(read(&zip64, &layout), Err(FileError::Expands { max }));
    let lying = declaring(ledger().expect("a workbook"), 16);
    assert!(matches!(
        read(&lying, &layout),
        Err(FileError::BrokenWorkbook { .. })
    ));
}

fn layout_limit() -> usize {
    Limits::default().unpacked
}

#[test]
fn a_cell_far_out_costs_nothing_and_is_refused() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (column, heading) in (0..).zip(["台帳番号", "分類", "根拠"]) {
        page.write_string(0, column, heading).expect("a heading");
    }
    page.write_string(1_048_575, 300, "端").expect("a cell");
    let bytes = book.save_to_buffer().expect("a workbook");
    assert_eq!(
        read(&bytes, &Layout::new(COLUMNS)),
        Err(FileError::TooManyColumns {
            row: 1_048_576,
            max: 200,
        })
    );
}

#[test]
fn a_damaged_workbook_is_an_error_wherever_it_is_cut() {
    let bytes = ledger().expect("a workbook");
    for length in (4..bytes.len()).step_by(97) {
        let cut = read(&bytes[..length], &Layout::new(COLUMNS).sheet("台帳"));
        assert!(cut.is_err(), "cut at {length}");
    }
}

#[test]
fn the_same_rows_give_the_same_workbook() {
    let write = || {
        let rows = [vec!["1".to_owned(), "=1".to_owned()]];
        let created = date(2025, 4, 1).at(9, 0, 0, 0);
        write_xlsx("台帳", &["台帳番号", "分類"], &rows, created).expect("a workbook")
    };
    assert_eq!(write(), write());
}

#[test]
fn what_excel_cannot_hold_is_refused() {
    let created = date(2025, 4, 1).at(9, 0, 0, 0);
    assert!(write_xlsx("[x]", &["a"], &[], created).is_err());
    let long = [vec!["x".repeat(32_768)]];
    assert!(write_xlsx("x", &["a"], &long, created).is_err());
}

/// The reading library would set aside the claimed room at once and end the process.
#[test]
fn a_workbook_that_claims_more_strings_than_it_holds_is_broken() {
    use std::io::{Cursor, Read as _, Write as _};
    let headings = ["番号".to_owned()];
    let now = jiff::civil::date(2026, 4, 1).at(0, 0, 0, 0);
    let honest =
        sheet::write_xlsx("台帳", &headings, &[vec!["a".to_owned()]], now).expect("a workbook");
    let mut before = zip::ZipArchive::new(Cursor::new(honest)).expect("an archive");
    let mut after = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..before.len() {
        let mut part = before.by_index(index).expect("a part");
        let name = part.name().expect("its name").into_owned();
        let mut text = Vec::new();
        part.read_to_end(&mut text).expect("its bytes");
        if name == "xl/sharedStrings.xml" {
            text = String::from_utf8(text)
                .expect("text")
                .replace("uniqueCount=\"", "uniqueCount=\"9999999999999")
                .into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        after.start_file(name, options).expect("a part");
        after.write_all(&text).expect("its bytes");
    }
    let liar = after.finish().expect("an archive").into_inner();
    const COLUMNS: &[sheet::Column] = &[sheet::Column::required("番号", &[])];
    let read = sheet::read(&liar, &sheet::Layout::new(COLUMNS));
    assert!(
        matches!(&read, Err(error) if kernel::Refusal::code(error) == "file_broken_workbook"),
        "{read:?}"
    );
}
