//! Tables as offices keep them: every import, and what an Excel workbook is made of.

use std::{
    io::{Cursor, Read as _, Write as _},
    sync::LazyLock,
};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::Target;

/// The guide for importing, which shows a table of each kind.
const GUIDE: &str = include_str!("../../../docs/import.md");
const CELLS: &[&str] = &[
    ",",
    "\t",
    "\"",
    "\"\"",
    "○",
    "×",
    "令和8年4月1日",
    "R8.4.1",
    "S64.1.7",
    "2026-02-30",
    "45748",
    "、",
    "Ⅰ",
    "局",
    "課公所",
    "異動",
    "\u{feff}",
    "\u{fffe}",
    "=1+1",
    "コード",
    "職員番号",
];
const MARKS: &[&str] = &[
    "<c r=\"A1\" t=\"s\"><v>0</v></c>",
    "<c r=\"XFD1048576\"",
    "<row r=\"4294967295\">",
    "t=\"d\"",
    "t=\"e\"",
    "t=\"inlineStr\"><is><t>",
    "<f>",
    "</v>",
    "<mergeCell ref=\"A1:XFD1\"/>",
    "s=\"9\"",
    "<dimension ref=\"A1:B2\"/>",
    "count=\"99999999\"",
    "<si>",
    "<r><t>",
    "&#x0;",
    "&lt;",
    "<!--",
    "]]>",
    "1e308",
    "-1",
    "2958466",
    "xl/styles.xml\n",
    "xl/sharedStrings.xml\n",
];

macro_rules! table {
    ($service:ident, $name:literal) => {
        Target {
            name: concat!("table_", $name),
            seeds: || vec![example($name), workbook($name)],
            words: CELLS,
            read: |input| $service::decoders::table($name, input),
        }
    };
}

pub(crate) const TARGETS: &[Target] = &[
    table!(identity, "organisation"),
    table!(identity, "staff"),
    table!(identity, "posts"),
    table!(identity, "entitlements"),
    table!(identity, "transfers"),
    table!(ledger, "systems"),
    table!(ledger, "networks"),
    table!(ledger, "connections"),
    table!(ledger, "information"),
    table!(ledger, "devices"),
    Target {
        name: "workbook_part",
        seeds: || {
            let parts = PARTS.iter();
            let seeds = parts.map(|(name, bytes)| [name.as_bytes(), b"\n", bytes].concat());
            seeds.collect()
        },
        words: MARKS,
        read: |input| {
            let line = input.iter().position(|byte| *byte == b'\n').unwrap_or(0);
            let book = repacked(&input[..line], input.get(line + 1..).unwrap_or_default());
            identity::decoders::table("staff", &book)
        },
    },
];

/// The guide's table of that kind, CSV.
fn example(name: &str) -> Vec<u8> {
    let begun = GUIDE.split_once(&format!("```csv {name}\n"));
    let table = begun.and_then(|(_, rest)| rest.split_once("```"));
    table.expect("the guide shows one").0.as_bytes().to_vec()
}

/// The same as a workbook.
fn workbook(name: &str) -> Vec<u8> {
    let text = String::from_utf8(example(name)).expect("text");
    let mut rows = text
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect());
    let headings: Vec<String> = rows.next().expect("headings");
    let rows: Vec<Vec<String>> = rows.collect();
    let created = jiff::civil::date(2026, 4, 1).at(9, 0, 0, 0);
    sheet::write_xlsx("表", &headings, &rows, created).expect("a workbook")
}

/// What a workbook is packed of, by name.
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut book = ZipArchive::new(Cursor::new(workbook("staff"))).expect("an archive");
    let all = 0..book.len();
    let part = |at| {
        let mut part = book.by_index(at).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        (part.name().expect("its name").into_owned(), bytes)
    };
    all.map(part).collect()
});

/// A workbook whose part of that name has other bytes: spoilt before it is packed.
fn repacked(name: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (known, own) in &*PARTS {
        let other = known.as_bytes() == name;
        packed.start_file(known.as_str(), options).expect("a part");
        packed
            .write_all(if other { bytes } else { own })
            .expect("its bytes");
    }
    packed.finish().expect("an archive").into_inner()
}
