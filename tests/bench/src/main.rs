//! The figures of `docs/performance.md`. Each is a ratio of two things measured in this run, one
//! after the other in rounds, since an absolute number says more about the machine than about the
//! program. Nothing here passes or fails.
//!
//! `make bench` runs all rows; `cargo run --release -p sekisho-bench -- 1 5` only those. Row 12 takes the
//! numbers of records to be searched: `-- 12=100000,1000000,10000000`.

mod command;
mod decision;
mod engine;
mod evaluate;
mod ingest;
mod measure;
mod records;
mod relay;
mod revocation;
mod search;
mod sign_in;
mod start;
mod table;
mod town;

use table::{HEAD, Line};

/// The rows there are, as they are numbered in the document.
const ROWS: [u8; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12];

#[tokio::main]
async fn main() {
    runtime::crypto::install();
    testkit::sync_postgres();
    let asked: Vec<(u8, Vec<usize>)> = std::env::args().skip(1).map(|word| asked(&word)).collect();
    println!("{HEAD}");
    for row in ROWS {
        let one = asked.iter().find(|(number, _)| *number == row);
        if asked.is_empty() || one.is_some() {
            let sizes = one.map_or(&[][..], |(_, sizes)| sizes);
            for line in measured(row, sizes).await {
                println!("{line}");
            }
        }
    }
}

/// The number of a row, and the sizes after it: `12=100000,1000000`.
fn asked(word: &str) -> (u8, Vec<usize>) {
    let (row, sizes) = word.split_once('=').unwrap_or((word, ""));
    let sizes = sizes.split(',').filter(|size| !size.is_empty());
    let sizes = sizes.map(|size| size.parse().expect("how many records"));
    (row.parse().expect("the number of a row"), sizes.collect())
}

async fn measured(row: u8, sizes: &[usize]) -> Vec<Line> {
    match row {
        1 => decision::row(),
        2 => evaluate::without_record().await,
        3 => evaluate::with_record().await,
        4 => command::row().await,
        5 => relay::row().await,
        6 => ingest::row().await,
        7 => revocation::row().await,
        8 => sign_in::row().await,
        12 => search::row(sizes).await,
        _ => start::row().await,
    }
}
