//! The figures of `docs/performance.md`. Each is a ratio of two things measured in this run, one
//! after the other in rounds, since an absolute number says more about the machine than about the
//! program. Nothing here passes or fails.
//!
//! `make bench` runs all rows; `cargo run --release -p sekisho-bench -- 1 5` only those.

mod command;
mod decision;
mod engine;
mod evaluate;
mod ingest;
mod measure;
mod records;
mod relay;
mod revocation;
mod sign_in;
mod start;
mod table;
mod town;

use table::{HEAD, Line};

/// The rows there are, as they are numbered in the document.
const ROWS: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 11];

#[tokio::main]
async fn main() {
    runtime::crypto::install();
    testkit::sync_postgres();
    let asked: Vec<u8> = std::env::args()
        .skip(1)
        .map(|word| word.parse().expect("the number of a row"))
        .collect();
    println!("{HEAD}");
    for row in ROWS {
        if asked.is_empty() || asked.contains(&row) {
            for line in measured(row).await {
                println!("{line}");
            }
        }
    }
}

async fn measured(row: u8) -> Vec<Line> {
    match row {
        1 => decision::row(),
        2 => evaluate::without_record().await,
        3 => evaluate::with_record().await,
        4 => command::row().await,
        5 => relay::row().await,
        6 => ingest::row().await,
        7 => revocation::row().await,
        8 => sign_in::row().await,
        _ => start::row().await,
    }
}
