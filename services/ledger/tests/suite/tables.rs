//! Tables: the example city's ledgers, its planted mistakes, and the way back.

use proto::{
    common::v1::{ImportMode, ImportReport},
    ledger::v1::{ExportTableRequest, ImportTableRequest, TableFormat, TableKind},
};
use rpc::client::Channel;
use testkit::{eventually, refused};
use tonic::{Code, Status};

use crate::city::{City, on_both};

fn example(name: &str) -> Vec<u8> {
    let path = format!("{}/../../examples/city/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

async fn import_as(
    city: &City,
    channel: Channel,
    kind: TableKind,
    content: Vec<u8>,
    mode: ImportMode,
    dry_run: bool,
) -> Result<ImportReport, Status> {
    let request = ImportTableRequest {
        kind: kind.into(),
        content,
        mode: mode.into(),
        dry_run,
    };
    let mut tables = city.tables(channel);
    let answer = tables.import_table(request).await?.into_inner();
    Ok(answer.report.expect("a report"))
}

async fn import(city: &City, kind: TableKind, content: Vec<u8>) -> ImportReport {
    let mode = ImportMode::GoodRows;
    let imported = import_as(city, city.platform(), kind, content, mode, false).await;
    imported.expect("a readable table")
}

async fn export(city: &City, kind: TableKind, format: TableFormat) -> (Vec<u8>, u32) {
    let request = ExportTableRequest {
        kind: kind.into(),
        format: format.into(),
    };
    let mut tables = city.tables(city.staff());
    let answer = tables
        .export_table(request)
        .await
        .expect("a table")
        .into_inner();
    (answer.content, answer.rows)
}

/// Says the example city's sections, except those planted wrong.
async fn sections(city: &City) {
    let text = String::from_utf8(example("organisation.csv")).expect("UTF-8");
    let mut last = "";
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[0] == "課公所" || cells[0] == "三種公所" {
            let parent = if cells[0] == "三種公所" {
                cells[3]
            } else {
                ""
            };
            city.section(cells[1], parent).await;
            last = cells[1];
        }
    }
    // Sections are said in order: when the last is known, all are.
    let probe = format!("端末番号,種別,所管課コード,所有\nPROBE,ノート,{last},市\n");
    eventually("the ledger knows the sections", async || {
        let mode = ImportMode::AllOrNothing;
        let content = probe.clone().into_bytes();
        let kind = TableKind::Devices;
        let tried = import_as(city, city.platform(), kind, content, mode, true).await;
        tried
            .expect("a readable table")
            .errors
            .is_empty()
            .then_some(())
    })
    .await;
}

fn told(imported: &ImportReport) -> Vec<(u32, &str, &str)> {
    imported
        .errors
        .iter()
        .map(|error| (error.row, error.column.as_str(), error.code.as_str()))
        .collect()
}

fn counts(imported: &ImportReport) -> (u32, u32, u32) {
    (imported.created, imported.changed, imported.unchanged)
}

/// A ledger, its file, its good rows, and the row, column and code of each mistake.
type Planted = (
    TableKind,
    &'static str,
    u32,
    &'static [(u32, &'static str, &'static str)],
);

#[tokio::test]
async fn the_example_city_is_imported_and_exactly_its_planted_mistakes_are_told() {
    on_both(async |city| {
        sections(city).await;
        let ledgers: [Planted; 5] = [
            (
                TableKind::Networks,
                "networks.csv",
                8,
                &[
                    (7, "区分", "cell_not_a_choice"),
                    (9, "番号", "cell_duplicate"),
                ],
            ),
            (
                TableKind::Systems,
                "systems.csv",
                60,
                &[
                    (17, "所管課コード", "system_section_unknown"),
                    (32, "名称", "cell_too_long"),
                    (47, "検討記録日", "cell_no_such_date"),
                    (57, "システム番号", "cell_duplicate"),
                ],
            ),
            (
                TableKind::Information,
                "information.xlsx",
                500,
                &[
                    (104, "分類", "cell_not_a_choice"),
                    (204, "根拠", "cell_required"),
                    (304, "名称", "cell_too_long"),
                    (404, "保存期限", "cell_no_such_date"),
                ],
            ),
            (
                TableKind::Connections,
                "connections.csv",
                60,
                &[
                    (22, "ネットワーク番号", "connection_forbidden"),
                    (42, "ネットワーク番号", "connection_forbidden"),
                    (52, "システム番号", "connection_system_unknown"),
                ],
            ),
            (
                TableKind::Devices,
                "devices.csv",
                300,
                &[
                    (62, "所有", "device_personal"),
                    (122, "所有", "device_personal"),
                    (182, "所管課コード", "device_section_unknown"),
                    (242, "インターネット接続モバイル", "cell_not_yes_no"),
                ],
            ),
        ];
        for (kind, file, good, planted) in ledgers {
            let imported = import(city, kind, example(file)).await;
            assert_eq!(told(&imported), planted, "{file}");
            assert_eq!(counts(&imported), (good, 0, 0), "{file}");
            assert_eq!(imported.rows, good + imported.refused, "{file}");
            assert!(imported.entered);
            let again = import(city, kind, example(file)).await;
            assert_eq!(counts(&again), (0, 0, good), "{file} again");
        }
        // SYS-002 handles class S and is used by several sections.
        let register = city.get_system("SYS-002").await;
        let grounds: Vec<&str> = register
            .importance_grounds
            .iter()
            .map(|g| g.clause.as_str())
            .collect();
        assert_eq!(grounds, ["3-2-1", "3-2-2", "3-2-3"]);

        for (kind, _, good, _) in ledgers {
            for format in [TableFormat::Csv, TableFormat::Xlsx] {
                let (content, rows) = export(city, kind, format).await;
                // NW-KNOWN is this suite's own.
                let own = u32::from(kind == TableKind::Networks);
                assert_eq!(rows, good + own, "{kind:?}");
                let back = import(city, kind, content).await;
                assert_eq!(told(&back), [], "{kind:?} {format:?}");
                assert_eq!(counts(&back), (0, 0, rows), "{kind:?} {format:?}");
            }
        }
    })
    .await;
}

const NETWORKS: &str = "番号,名称,区分\nNW-1,一,独立系\nNW-2,二,無線系\nNW-3,三,独立系\n";

#[tokio::test]
async fn all_or_nothing_and_a_dry_run_enter_nothing_and_tell_the_same() {
    on_both(async |city| {
        for (mode, dry_run, entered) in [
            (ImportMode::AllOrNothing, false, false),
            (ImportMode::GoodRows, true, false),
            (ImportMode::GoodRows, false, true),
        ] {
            let (_, before) = export(city, TableKind::Networks, TableFormat::Csv).await;
            let content = NETWORKS.as_bytes().to_vec();
            let kind = TableKind::Networks;
            let imported = import_as(city, city.network_manager(), kind, content, mode, dry_run)
                .await
                .expect("a readable table");
            assert_eq!(counts(&imported), (2, 0, 0), "{mode:?}");
            assert_eq!((imported.rows, imported.refused), (3, 1), "{mode:?}");
            assert_eq!(told(&imported), [(3, "区分", "cell_not_a_choice")]);
            assert_eq!(imported.errors[0].value, "無線系");
            assert_eq!(imported.entered, entered);
            let (_, after) = export(city, TableKind::Networks, TableFormat::Csv).await;
            assert_eq!(after - before, if entered { 2 } else { 0 });
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_is_judged_by_the_rules_of_its_caller() {
    on_both(async |city| {
        city.network("NW-1", 3, false).await.expect("a network");
        let table = "端末番号,種別,所管課コード,所有,ネットワーク番号\n\
                     PC-1,ノート,1301,市,\nPC-2,ノート,1401,市,\nPC-3,ノート,1301,市,NW-1\n";
        let mode = ImportMode::GoodRows;
        let content = table.as_bytes().to_vec();
        let imported = import_as(
            city,
            city.manager(),
            TableKind::Devices,
            content,
            mode,
            false,
        )
        .await;
        let imported = imported.expect("a readable table");
        assert_eq!(counts(&imported), (1, 0, 0));
        assert_eq!(
            told(&imported),
            [
                (3, "所管課コード", "not_own_section"),
                // A row in a file is no way around the permit, and the device is not half entered.
                (4, "ネットワーク番号", "device_connect_permit_missing"),
            ]
        );
        assert_eq!(imported.errors[1].clauses, ["7-2-(7)-1"]);
        let (_, rows) = export(city, TableKind::Devices, TableFormat::Csv).await;
        assert_eq!(rows, 1);
    })
    .await;
}

#[tokio::test]
async fn a_table_of_the_platforms_may_leave_out_what_an_older_ledger_did_a_sections_may_not() {
    on_both(async |city| {
        let table = "台帳番号,名称,所管課コード,分類,根拠,理由\n\
                     J-1,戸籍,1301,Ｓ,復元困難,復元に一年を要する\n";
        let import = async |channel| {
            let (kind, content) = (TableKind::Information, table.as_bytes().to_vec());
            let imported = import_as(city, channel, kind, content, ImportMode::GoodRows, false);
            imported.await.expect("a readable table")
        };
        let by_section = import(city.manager()).await;
        assert_eq!(
            told(&by_section),
            [(2, "分類Ⅰとする根拠", "information_class_s_outside_class_i")]
        );
        assert_eq!(counts(&import(city.platform()).await), (1, 0, 0));
        assert_eq!(
            counts(&import(city.manager()).await),
            (0, 0, 1),
            "what is so already is no way around anything"
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_table_is_refused_whole() {
    let city = City::start(testkit::Engine::Sqlite).await;
    let mode = ImportMode::GoodRows;
    for (content, status, code) in [
        (
            b"a,b\n1,2\n".to_vec(),
            Code::InvalidArgument,
            "file_missing_columns",
        ),
        (
            b"PK\x03\x04 not a workbook".to_vec(),
            Code::InvalidArgument,
            "file_broken_workbook",
        ),
        (
            vec![b'x'; (8 << 20) + 1],
            Code::InvalidArgument,
            "invalid_fields",
        ),
        (vec![b'x'; 9 << 20], Code::OutOfRange, "message_too_large"),
        (Vec::new(), Code::InvalidArgument, "invalid_fields"),
    ] {
        let kind = TableKind::Systems;
        let size = content.len();
        let refusal = import_as(&city, city.platform(), kind, content, mode, false).await;
        let refusal = refused(&refusal.expect_err("no table"));
        assert_eq!(
            (refusal.status, refusal.code.as_str()),
            (status, code),
            "{size} bytes"
        );
    }
    let staff = import_as(
        &city,
        city.staff(),
        TableKind::Networks,
        NETWORKS.as_bytes().to_vec(),
        mode,
        true,
    );
    assert_eq!(
        staff.await.expect_err("staff").code(),
        Code::PermissionDenied
    );
    city.process.stop().await;
}

#[tokio::test]
async fn a_cell_that_would_run_as_a_formula_goes_out_harmless_and_comes_back_as_it_was() {
    let city = City::start(testkit::Engine::Sqlite).await;
    let name = "=HYPERLINK(\"http://example.com\")";
    city.system("SYS-1", |entry| entry.name = name.to_owned())
        .await;
    for format in [TableFormat::Csv, TableFormat::Xlsx] {
        let (content, _) = export(&city, TableKind::Systems, format).await;
        if format == TableFormat::Csv {
            let text = String::from_utf8(content.clone()).expect("UTF-8");
            assert!(!text.contains(",\"=") && !text.contains(",="), "{text}");
        }
        let back = import(&city, TableKind::Systems, content).await;
        assert_eq!(counts(&back), (0, 0, 1), "{format:?}");
    }
    city.process.stop().await;
}
