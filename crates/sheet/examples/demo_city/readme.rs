//! The README beside the files: prose from `readme.md`, the table of bad rows from the files.

use std::fmt::Write as _;

use crate::file::File;

pub(crate) fn text(files: &[File]) -> String {
    let mut ja = "| ファイル | 行 | 列 | 値 | 理由 |\n| --- | --- | --- | --- | --- |\n".to_owned();
    let mut en =
        "| File | Row | Column | Value | Reason |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for file in files {
        for bad in &file.bad {
            let value = shown(&bad.value);
            for (table, reason) in [(&mut ja, bad.ja), (&mut en, bad.en)] {
                let line = format!(
                    "| {} | {} | {} | {value} | {reason} |",
                    file.name, bad.row, bad.column
                );
                writeln!(table, "{line}").expect("writing to a String cannot fail");
            }
        }
    }
    include_str!("readme.md")
        .replace("{bad rows ja}\n", &ja)
        .replace("{bad rows en}\n", &en)
}

fn shown(value: &str) -> String {
    match value.chars().count() {
        0 => "(空欄 blank)".to_owned(),
        long if long > 40 => {
            let start: String = value.chars().take(5).collect();
            format!("{start}… ({long}文字 characters)")
        }
        _ => value.to_owned(),
    }
}
