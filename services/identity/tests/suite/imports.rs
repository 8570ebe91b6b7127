//! How much a table may hold, and what a rehearsed import tells.

use std::fmt::Write as _;

use proto::{
    common::v1::ImportMode,
    identity::v1::{self as wire, import_client::ImportClient},
};
use testkit::{Engine, refused};
use tonic::Code;

use crate::{
    journal::said,
    town::{Town, in_both},
};

fn staff(rows: usize) -> String {
    let mut table = String::from("職員番号,氏名,所属コード\n");
    for row in 0..rows {
        writeln!(table, "T{row:05},職員{row},tax").expect("memory");
    }
    table
}

#[tokio::test]
async fn a_table_of_more_than_ten_thousand_rows_is_refused_whole() {
    let town = Town::start(Engine::Sqlite).await;
    let request = wire::ImportTableRequest {
        kind: wire::TableKind::Staff.into(),
        content: staff(10_000).into_bytes(),
        mode: ImportMode::GoodRows.into(),
        dry_run: false,
    };
    let status = ImportClient::new(town.platform())
        .import_table(request)
        .await
        .expect_err("its headings are a row too");
    assert_eq!(status.code(), Code::InvalidArgument);
    let why = refused(&status);
    assert_eq!(why.code, "file_too_many_rows");
    assert!(why.ja.contains("10000行"), "{}", why.ja);
    assert_eq!(said::<wire::PersonRegistered>(&town).await.len(), 5);
    town.process.stop().await;
}

#[tokio::test]
async fn a_dry_run_judges_rows_by_those_before_them_and_enters_none() {
    const TABLE: &str = "\
コード,名称,種別,上位コード
works2,建設局,局,
bridges,橋りょう課,課公所,works2
bridges-office,橋りょう出張所,三種公所,bridges
lost,迷子課,課公所,nowhere
";
    in_both(async |town| {
        let (kind, mode) = (wire::TableKind::Organisation, ImportMode::GoodRows);
        for _ in 0..2 {
            let dry = town.import_as(kind, TABLE, mode, true).await;
            assert_eq!((dry.created, dry.errors.len(), dry.entered), (3, 1, false));
        }
        let entered = town.import_as(kind, TABLE, mode, false).await;
        assert_eq!((entered.created, entered.entered), (3, true));
    })
    .await;
}

#[tokio::test]
async fn all_errors_are_counted_although_only_the_first_two_thousand_are_told() {
    let town = Town::start(Engine::Sqlite).await;
    let table = staff(2_001).replace(",tax", ",nowhere");
    let (kind, mode) = (wire::TableKind::Staff, ImportMode::AllOrNothing);
    let answer = town.import_as(kind, &table, mode, false).await;
    assert_eq!((answer.rows, answer.refused), (2_001, 2_001));
    assert_eq!((answer.errors.len(), answer.more_errors), (2_000, 1));
    assert!(!answer.entered);
    town.process.stop().await;
}
