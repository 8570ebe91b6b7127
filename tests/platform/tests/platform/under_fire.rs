//! Everything that may befall the event path, on real processes and for as long as one likes: `make
//! faults`, and a little of it with every other test. At the end a table, held against the goals.

mod broker;
mod clock;
mod database;
mod heads;
mod kills;
mod line;
mod ordeal;
mod pace;
mod probe;
mod process;
mod proxy;
mod records;
mod row;
mod source;
mod wishes;

use std::panic::AssertUnwindSafe;

use futures::{FutureExt as _, future::LocalBoxFuture};

use pace::Pace;
use proxy::Mode;
use row::Row;
use wishes::Wishes;

/// A scenario: plays itself and says what it came to.
type Scenario = for<'a> fn(&'a Wishes) -> LocalBoxFuture<'a, Row>;

/// All of them, by name. The last ones make up what kills and commands are wished for and were not had
/// before.
const SCENARIOS: [(&str, Scenario); 36] = [
    ("broker-killed", |wishes| {
        Box::pin(broker::lost(wishes, broker::Loss::Nothing))
    }),
    ("broker-wiped", |wishes| {
        Box::pin(broker::lost(wishes, broker::Loss::Everything))
    }),
    ("broker-blocks", |wishes| {
        Box::pin(broker::lost(wishes, broker::Loss::Blocks))
    }),
    ("broker-consumers", |wishes| {
        Box::pin(broker::lost(wishes, broker::Loss::Consumers))
    }),
    ("broker-older", |wishes| Box::pin(broker::older(wishes))),
    ("broker-full", |wishes| Box::pin(broker::full(wishes))),
    ("broker-outage", |wishes| Box::pin(broker::outage(wishes))),
    ("broker-reversed", |wishes| {
        Box::pin(broker::reversed(wishes))
    }),
    ("broker-drops", |wishes| Box::pin(broker::dropped(wishes))),
    ("broker-line-held", |wishes| {
        Box::pin(line::to_broker(wishes, Mode::Held))
    }),
    ("broker-line-cut", |wishes| {
        Box::pin(line::to_broker(wishes, Mode::Cut))
    }),
    ("broker-line-slow", |wishes| {
        Box::pin(line::to_broker(wishes, Mode::Slow))
    }),
    ("peers-held", |wishes| {
        Box::pin(line::to_peers(wishes, Mode::Held))
    }),
    ("peers-cut", |wishes| {
        Box::pin(line::to_peers(wishes, Mode::Cut))
    }),
    ("peers-slow", |wishes| {
        Box::pin(line::to_peers(wishes, Mode::Slow))
    }),
    ("postgres-held", |wishes| {
        Box::pin(line::to_database(wishes, Mode::Held))
    }),
    ("postgres-cut", |wishes| {
        Box::pin(line::to_database(wishes, Mode::Cut))
    }),
    ("postgres-stopped", |wishes| {
        Box::pin(database::ended(wishes, false))
    }),
    ("postgres-killed", |wishes| {
        Box::pin(database::ended(wishes, true))
    }),
    ("postgres-exhausted", |wishes| {
        Box::pin(database::exhausted(wishes))
    }),
    ("disk-full", |wishes| Box::pin(database::full(wishes))),
    ("commits-slow", |wishes| {
        Box::pin(process::slow_commits(wishes))
    }),
    ("consumers-slow", |wishes| {
        Box::pin(process::slow_consumers(wishes))
    }),
    ("paused", |wishes| Box::pin(process::paused(wishes))),
    ("relays-two", |wishes| Box::pin(process::two_relays(wishes))),
    ("load-tenfold", |wishes| Box::pin(process::tenfold(wishes))),
    ("poison-sqlite", |wishes| {
        Box::pin(records::poison(wishes, true))
    }),
    ("poison-postgres", |wishes| {
        Box::pin(records::poison(wishes, false))
    }),
    ("source-older", |wishes| Box::pin(source::older(wishes))),
    ("clock", |wishes| Box::pin(clock::wrong(wishes))),
    ("clock-stopped", |wishes| Box::pin(clock::stopped(wishes))),
    ("clock-jumped", |wishes| Box::pin(clock::jumped(wishes))),
    ("edges-sqlite", |wishes| {
        Box::pin(kills::at_edges(wishes, true))
    }),
    ("edges-postgres", |wishes| {
        Box::pin(kills::at_edges(wishes, false))
    }),
    ("kills-sqlite", |wishes| {
        Box::pin(kills::at_random(wishes, true))
    }),
    ("kills-postgres", |wishes| {
        Box::pin(kills::at_random(wishes, false))
    }),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_event_path_under_fire() {
    let wishes = Wishes::read();
    println!("{wishes}");
    let mut rows: Vec<Row> = Vec::new();
    let wanted: Vec<_> = SCENARIOS
        .iter()
        .filter(|(name, _)| wishes.wants(name))
        .collect();
    for (name, scenario) in &wanted {
        let share = wishes.share(&Row::total(&rows), wanted.len() - rows.len());
        let played = AssertUnwindSafe(scenario(&share)).catch_unwind().await;
        // What a scenario that broke off had to say, the test runner has shown already.
        let row = played.unwrap_or_default().named(name);
        println!("{}\n{row}", Row::HEADING);
        rows.push(row);
    }
    println!("\n{wishes}\n{}", Row::HEADING);
    for row in &rows {
        println!("{row}");
    }
    let total = Row::total(&rows);
    println!("{total}\n\n{}", Pace::HEADING);
    for row in rows.iter().chain([&total]) {
        println!("{}", row.paced());
    }
    println!("\n{}", total.sum());
    let missed: Vec<String> = rows.iter().flat_map(Row::missed).collect();
    assert!(!rows.is_empty(), "there is no such scenario");
    assert!(missed.is_empty(), "goals missed: {missed:#?}");
}
