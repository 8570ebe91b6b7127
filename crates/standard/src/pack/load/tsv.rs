//! Tab-separated rows under a fixed header.

use super::Page;

/// A row and its line.
pub(super) struct Row<const N: usize> {
    pub(super) line: usize,
    pub(super) columns: [String; N],
}

/// The rows below the header. A row of another width is a problem and left out.
pub(super) fn rows<const N: usize>(page: &mut Page<'_>, header: [&str; N]) -> Vec<Row<N>> {
    let Some(text) = page.text() else {
        return Vec::new();
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut header_seen = false;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                page.problem(None, error);
                continue;
            }
        };
        let line = record.position().map_or(1, |at| line_number(at.line()));
        if !header_seen {
            header_seen = true;
            if record.iter().ne(header) {
                let message = format!("the header must be: {}", header.join(", "));
                page.problem(Some(line), message);
            }
            continue;
        }
        let columns: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        let width = columns.len();
        match <[String; N]>::try_from(columns) {
            Ok(columns) => rows.push(Row { line, columns }),
            Err(_) => page.problem(Some(line), format!("{width} columns, expected {N}")),
        }
    }
    if !header_seen {
        page.problem(
            None,
            format!("empty, expected {} columns", header.join(", ")),
        );
    }
    rows
}

fn line_number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}
