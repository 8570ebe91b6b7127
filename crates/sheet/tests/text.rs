//! Delimited text as offices save it.

use encoding_rs::SHIFT_JIS;
use kernel::Refusal;
use sheet::{Column, Encoding, FileError, Layout, Limits, Source, Table, Warning, read};

const COLUMNS: &[Column] = &[
    Column::required("番号", &["システム番号", "System ID"]),
    Column::required("名称", &["システム名", "name"]),
    Column::optional("備考", &["note"]),
];

fn cells(table: &Table) -> Vec<(u32, &str, &str, &str)> {
    table
        .rows()
        .map(|row| {
            let cell = |column| row.cell(column);
            (row.number(), cell("番号"), cell("名称"), cell("備考"))
        })
        .collect()
}

fn read_text(text: &str) -> Result<Table, FileError> {
    read(text.as_bytes(), &Layout::new(COLUMNS))
}

fn code(text: &str) -> &'static str {
    read_text(text).expect_err("the file is refused").code()
}

#[test]
fn one_table_reads_the_same_in_every_encoding_and_with_either_delimiter() {
    let commas = "備 考,番号,名称\r\n,SYS-001,住民記録ｼｽﾃﾑ\r\n①,SYS-002,\"庁内,文書\"\r\n";
    let tabs = "備 考\t番号\t名称\n\tSYS-001\t住民記録ｼｽﾃﾑ\n①\tSYS-002\t庁内,文書\n";
    let expected = [
        (2, "SYS-001", "住民記録ｼｽﾃﾑ", ""),
        (3, "SYS-002", "庁内,文書", "①"),
    ];
    for (text, delimiter) in [(commas, ','), (tabs, '\t')] {
        let utf16 = format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8),
            (utf16, Encoding::Utf16Le),
            (SHIFT_JIS.encode(text).0.into_owned(), Encoding::Windows31J),
        ] {
            let table = read(&bytes, &Layout::new(COLUMNS)).expect("a plain table");
            assert_eq!(cells(&table), expected, "{encoding} {delimiter:?}");
            let source = Source::Text {
                encoding,
                delimiter,
            };
            assert_eq!(table.source, source);
        }
    }
}

#[test]
fn headings_are_found_below_titles_and_by_any_accepted_name() {
    let table = read_text(
        "情報システム一覧,,\n令和7年4月1日現在,,総務局\n\nｼｽﾃﾑ 番号,システム名,担当\nSYS-001,住民記録,甲\n,,\n\n",
    )
    .expect("titles do not matter");
    assert_eq!(cells(&table), [(5, "SYS-001", "住民記録", "")]);
    let row = table.rows().next().expect("one row");
    assert_eq!(row.heading("番号"), "システム 番号", "as the file has it");
    let warning = Warning::UnknownColumn {
        column: 3,
        heading: "担当".to_owned(),
    };
    assert_eq!(table.warnings, [warning]);
}

#[test]
fn headings_of_two_rows_are_joined_where_the_upper_is_a_group() {
    const GROUPED: &[Column] = &[
        Column::required("番号", &[]),
        Column::required("分類区分", &[]),
        Column::required("根拠", &[]),
        Column::required("クラウド理由", &[]),
    ];
    let text = "番号,分類,,クラウド,\n,区分,根拠,利用,理由\n1,S,条例,○,要請\n";
    let table = read(text.as_bytes(), &Layout::new(GROUPED)).expect("a table");
    let row = table.rows().next().expect("one row");
    let read = ["番号", "分類区分", "根拠", "クラウド理由"].map(|column| row.cell(column));
    assert_eq!(read, ["1", "S", "条例", "要請"]);
    assert_eq!(row.number(), 3);
    assert_eq!(table.rows().len(), 1, "the lower heading is no data");
}

#[test]
fn a_row_that_repeats_heading_words_is_still_data() {
    let table = read_text("番号,名称\n名称,備考\n").expect("a table");
    assert_eq!(cells(&table), [(2, "名称", "備考", "")]);
}

#[test]
fn all_missing_columns_are_named_at_once_with_the_row_taken_for_headings() {
    let missing = |row, missing: &[&str]| {
        Err(FileError::MissingColumns {
            row,
            missing: missing.iter().map(|&name| name.to_owned()).collect(),
        })
    };
    assert_eq!(
        read_text("一覧\n\n備考,番号\nx,1\n"),
        missing(Some(3), &["名称"])
    );
    assert_eq!(read_text("a,b\n1,2\n"), missing(None, &["番号", "名称"]));
    let error = read_text("番号\t備考\n1\t2\n").expect_err("a column is missing");
    assert_eq!(
        error.message_ja(),
        "1行目の見出しに必須の列がありません: 名称"
    );
}

#[test]
fn what_makes_a_file_unreadable_is_said_precisely() {
    assert_eq!(code(""), "file_empty");
    assert_eq!(code("\u{feff}"), "file_empty");
    assert_eq!(code(" ,\n\n\u{3000},\n"), "file_empty");
    assert_eq!(code("番号,名称\n1,\"文書\n2,財務\n"), "file_unclosed_quote");
    let old = read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", &Layout::new(COLUMNS));
    assert_eq!(old, Err(FileError::OldWorkbook));
    assert_eq!(
        read_text("番号,備考,名称,システム番号\n"),
        Err(FileError::DuplicateColumn {
            name: "番号".to_owned(),
            first: 1,
            second: 4,
        })
    );
}

#[test]
fn every_bound_holds_at_its_edge() {
    let table = "番号,名称\n1,あいうえお\n";
    let exact = Limits {
        bytes: table.len(),
        unpacked: table.replace([',', '\n'], "").len(),
        rows: 2,
        columns: 2,
        cell: 5,
    };
    let with = |limits| read(table.as_bytes(), &Layout::new(COLUMNS).limits(limits));
    assert_eq!(with(exact).map(|table| table.rows().len()), Ok(1));
    let refused: [(Limits, FileError); 5] = [
        (
            Limits {
                bytes: exact.bytes - 1,
                ..exact
            },
            FileError::TooLarge {
                bytes: exact.bytes,
                max: exact.bytes - 1,
            },
        ),
        (
            Limits {
                unpacked: exact.unpacked - 1,
                ..exact
            },
            FileError::Expands {
                max: exact.unpacked - 1,
            },
        ),
        (
            Limits { rows: 1, ..exact },
            FileError::TooManyRows { max: 1 },
        ),
        (
            Limits {
                columns: 1,
                ..exact
            },
            FileError::TooManyColumns { row: 1, max: 1 },
        ),
        (
            Limits { cell: 4, ..exact },
            FileError::CellTooLong {
                row: 2,
                column: 2,
                max: 4,
            },
        ),
    ];
    for (limits, error) in refused {
        assert_eq!(with(limits), Err(error));
    }
}

#[test]
fn blank_columns_to_the_right_do_not_count() {
    let table = format!("番号,名称{}\n1,文書\n", ",".repeat(300));
    assert_eq!(read_text(&table).map(|table| table.rows().len()), Ok(1));
}
