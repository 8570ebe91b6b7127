//! The example city: what its organisation, staff and posts lead to, planted mistakes included.

use jiff::Timestamp;
use proto::{common::v1::ImportMode, identity::v1 as wire};
use testkit::Engine;

use crate::town::{Imported, Town};

/// A table, its file, its good rows, and the row, column and code of each mistake.
type Planted = (
    wire::TableKind,
    &'static str,
    u32,
    &'static [(u32, &'static str, &'static str)],
);

/// In the order of import, as the city's own README lists them.
const TABLES: [Planted; 3] = [
    (
        wire::TableKind::Organisation,
        "organisation.csv",
        149,
        &[
            (32, "上位コード", "section_bureau_unknown"),
            (62, "区分", "cell_not_a_choice"),
            (92, "コード", "cell_duplicate"),
        ],
    ),
    (
        wire::TableKind::Staff,
        "staff.csv",
        2_000,
        &[
            (402, "所属コード", "person_section_unknown"),
            (802, "採用日", "cell_no_such_date"),
            (1202, "採用日", "cell_outside_era"),
            (1602, "職員番号", "cell_duplicate"),
        ],
    ),
    (
        wire::TableKind::Posts,
        "posts.csv",
        312,
        &[
            (22, "所属コード", "post_place_unknown"),
            (77, "発令日", "cell_no_such_date"),
            (142, "役割", "cell_not_a_role"),
            (202, "職コード", "cell_duplicate"),
        ],
    ),
];

#[tokio::test]
async fn the_example_city_is_imported_and_exactly_its_planted_mistakes_are_told() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let town = Town::empty(engine).await;
        for (kind, file, good, planted) in TABLES {
            let report = import(&town, kind, file).await;
            assert_eq!(told(&report), planted, "{file}");
            assert_eq!(counts(&report), (good, 0, 0), "{file}");
            assert!(report.entered);
        }
        // R6.4.1 in the table, 令和元年7月1日 in the next.
        for (post, day) in [("1101-01", "2024-04-01"), ("1100-01", "2019-07-01")] {
            let midnight: Timestamp = format!("{day}T00:00:00+09:00").parse().expect("an instant");
            let since = Some(proto::timestamp(midnight));
            assert_eq!(town.post(post).await.holder_since, since, "{post}");
        }
        // Every order fits the city; the day is to come.
        let kind = wire::TableKind::Transfers;
        let orders = import(&town, kind, "transfers.csv").await;
        assert_eq!((told(&orders), orders.entered), (vec![], true));
        let (created, changed, unchanged) = counts(&orders);
        assert_eq!((created, unchanged), (30, 0));
        assert!(changed > 80 && orders.consequences.len() > 120);
        let again = import(&town, kind, "transfers.csv").await;
        assert_eq!(counts(&again), (0, 0, created + changed));
        town.later(86_400);
        for (kind, file, good, planted) in TABLES {
            let again = import(&town, kind, file).await;
            assert_eq!(told(&again), planted, "{file} again");
            assert_eq!(counts(&again), (0, 0, good), "{file} again");
        }
        town.process.stop().await;
    }
}

async fn import(town: &Town, kind: wire::TableKind, file: &str) -> Imported {
    let path = format!("{}/../../examples/city/{file}", env!("CARGO_MANIFEST_DIR"));
    let content = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mode = ImportMode::GoodRows;
    town.import_as(kind, content, mode, false).await
}

fn told(report: &Imported) -> Vec<(u32, &str, &str)> {
    let errors = report.errors.iter();
    errors
        .map(|error| (error.row, error.column.as_str(), error.code.as_str()))
        .collect()
}

fn counts(report: &Imported) -> (u32, u32, u32) {
    (report.created, report.changed, report.unchanged)
}
