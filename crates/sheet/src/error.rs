//! Why a file as a whole cannot be read, and what a reader should be told of one that can.

use kernel::{Kind, Refusal};
use thiserror::Error;

use crate::decode::Encoding;

/// A file that cannot be read at all. Rows count from 1 as Excel shows them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    /// Nothing in it but white space.
    #[error("the file is empty")]
    Empty,
    /// More bytes than the layout allows.
    #[error("the file has {bytes} bytes; at most {max} are read")]
    TooLarge {
        /// Bytes that arrived.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// A workbook, or the cells together, that would unpack to more than the layout allows.
    #[error("the file unpacks to more than {max} bytes")]
    Expands {
        /// Bytes allowed.
        max: usize,
    },
    /// Excel's format of before 2007, or a workbook locked with a password.
    #[error("this is an old Excel file (.xls) or a workbook with a password; save it as .xlsx")]
    OldWorkbook,
    /// A workbook that cannot be opened.
    #[error("the workbook is damaged: {reason}")]
    BrokenWorkbook {
        /// What the reader of workbooks says, in English.
        reason: String,
    },
    /// The workbook has no sheet of the wanted name.
    #[error("the workbook has no sheet {wanted}; it has {}", .found.join(", "))]
    NoSuchSheet {
        /// The wanted name; `1` if the first was wanted and there is none.
        wanted: String,
        /// The sheets it has.
        found: Vec<String>,
    },
    /// A byte sequence that is no character.
    #[error(
        "line {row}, character {column} is not valid {encoding} text; save the file as UTF-8 or \
         Windows-31J (Shift_JIS)"
    )]
    InvalidText {
        /// The encoding it was read in.
        encoding: Encoding,
        /// Line, from 1.
        row: u32,
        /// Character within the line, from 1.
        column: u32,
    },
    /// A quotation mark opened in this row is never closed, so the rest of the file is one cell.
    #[error("row {row}: a quotation mark is never closed")]
    UnclosedQuote {
        /// The row it opens in.
        row: u32,
    },
    /// More rows than the layout allows.
    #[error("the file has more than {max} rows")]
    TooManyRows {
        /// Rows allowed.
        max: usize,
    },
    /// More columns than the layout allows.
    #[error("row {row} has more than {max} columns")]
    TooManyColumns {
        /// The row.
        row: u32,
        /// Columns allowed.
        max: usize,
    },
    /// A cell longer than the layout allows.
    #[error("row {row}, column {column}: the cell has more than {max} characters")]
    CellTooLong {
        /// The row.
        row: u32,
        /// The column, from 1.
        column: u32,
        /// Characters allowed.
        max: usize,
    },
    /// Required columns without a heading.
    #[error("{}, these required columns are missing: {}", place_en(.row), .missing.join(", "))]
    MissingColumns {
        /// The row taken for the headings; none if no row looks like them.
        row: Option<u32>,
        /// The importer's names of the missing columns.
        missing: Vec<String>,
    },
    /// Two headings that mean the same column.
    #[error("columns {first} and {second} both mean {name}")]
    DuplicateColumn {
        /// The importer's name of the column.
        name: String,
        /// The earlier column, from 1.
        first: u32,
        /// The later column, from 1.
        second: u32,
    },
}

fn place_en(row: &Option<u32>) -> String {
    row.map_or("no heading row was found".to_owned(), |row| {
        format!("in the headings of row {row}")
    })
}

fn place_ja(row: Option<u32>) -> String {
    row.map_or("見出し行が見つかりません。".to_owned(), |row| {
        format!("{row}行目の見出しに")
    })
}

impl Refusal for FileError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::TooLarge { .. } => "file_too_large",
            Self::Expands { .. } => "file_expands_too_far",
            Self::OldWorkbook => "file_old_workbook",
            Self::BrokenWorkbook { .. } => "file_broken_workbook",
            Self::NoSuchSheet { .. } => "file_no_such_sheet",
            Self::InvalidText { .. } => "file_invalid_text",
            Self::UnclosedQuote { .. } => "file_unclosed_quote",
            Self::TooManyRows { .. } => "file_too_many_rows",
            Self::TooManyColumns { .. } => "file_too_many_columns",
            Self::CellTooLong { .. } => "file_cell_too_long",
            Self::MissingColumns { .. } => "file_missing_columns",
            Self::DuplicateColumn { .. } => "file_duplicate_column",
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::Empty => "ファイルが空です。".to_owned(),
            Self::TooLarge { bytes, max } => {
                format!("ファイルが大きすぎます（{bytes}バイト、上限{max}バイト）。")
            }
            Self::Expands { max } => {
                format!("展開後の大きさが上限（{max}バイト）を超えます。")
            }
            Self::OldWorkbook => {
                "旧形式のExcelファイル（.xls）またはパスワード付きのブックです。.xlsx形式で保存し直してください。".to_owned()
            }
            Self::BrokenWorkbook { reason } => {
                format!("Excelブックが壊れていて読めません（{reason}）。")
            }
            Self::NoSuchSheet { wanted, found } => format!(
                "シート「{wanted}」がありません。あるシート: {}",
                found.join("、")
            ),
            Self::InvalidText {
                encoding,
                row,
                column,
            } => format!(
                "{row}行目{column}文字目が{encoding}の文字として読めません。UTF-8かWindows-31J（Shift_JIS）で保存し直してください。"
            ),
            Self::UnclosedQuote { row } => {
                format!("{row}行目の引用符（\"）が閉じられていません。")
            }
            Self::TooManyRows { max } => format!("行数が上限（{max}行）を超えています。"),
            Self::TooManyColumns { row, max } => {
                format!("{row}行目の列数が上限（{max}列）を超えています。")
            }
            Self::CellTooLong { row, column, max } => {
                format!("{row}行目{column}列目が上限（{max}文字）を超えています。")
            }
            Self::MissingColumns { row, missing } => format!(
                "{}必須の列がありません: {}",
                place_ja(*row),
                missing.join("、")
            ),
            Self::DuplicateColumn {
                name,
                first,
                second,
            } => format!("{first}列目と{second}列目がどちらも「{name}」の列です。"),
        }
    }
}

/// Something a person should know of a file that was read nevertheless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A heading that means none of the expected columns; its cells were not read.
    UnknownColumn {
        /// The column, from 1.
        column: u32,
        /// The heading as it stands in the file.
        heading: String,
    },
}

impl Warning {
    /// The sentence a person reads, in Japanese.
    pub fn message_ja(&self) -> String {
        let Self::UnknownColumn { column, heading } = self;
        format!("{column}列目「{heading}」は取り込み対象の列ではないため、読み飛ばしました。")
    }

    /// The same in English.
    pub fn message_en(&self) -> String {
        let Self::UnknownColumn { column, heading } = self;
        format!("column {column} ({heading}) is not one this import knows; it was skipped")
    }
}
