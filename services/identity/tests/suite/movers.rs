//! People who come, move and leave, posts that are taken up and left: each on its day, by itself.

use jiff::SignedDuration;
use proto::{common::v1::ImportMode, identity::v1 as wire};
use standard::Role;
use testkit::{eventually, refused};

use crate::{
    journal::said,
    town::{Imported, Town, in_both},
};

const DAY: i64 = 24 * 3600;

/// The day so many days from now, in Japan.
pub(crate) fn day(town: &Town, days: i64) -> String {
    standard::jst_date(town.now() + SignedDuration::from_hours(24 * days)).to_string()
}

/// Turns the clock to just after that day has begun in Japan.
pub(crate) fn come(town: &Town, day: &str) {
    let begins: jiff::Timestamp = format!("{day}T00:00:01+09:00").parse().expect("an instant");
    town.later(begins.duration_since(town.now()).as_secs());
}

/// Enters a register of users once the ledger's news are here.
pub(crate) async fn entitled(town: &Town, table: &str) -> Imported {
    eventually("the ledger's systems are known", async || {
        let kind = wire::TableKind::Entitlements;
        let report = town.import(kind, table).await;
        report.entered.then_some(report)
    })
    .await
}

pub(crate) async fn staff(town: &Town, row: &str) -> Imported {
    let table = format!("職員番号,氏名,所属コード,異動日,退職日\n{row}\n");
    let report = town.import(wire::TableKind::Staff, &table).await;
    assert_eq!(report.errors, [], "{row}");
    report
}

pub(crate) async fn held(town: &Town, person: &str) -> Vec<String> {
    let request = wire::GetPersonRequest {
        person_id: person.to_owned(),
    };
    let found = town.organisation().get_person(request).await;
    let found = found.expect("a person").into_inner().person;
    let posts = found.expect("a person").posts.into_iter();
    posts.map(|post| post.post_id).collect()
}

pub(crate) async fn section(town: &Town, person: &str) -> String {
    let request = wire::GetPersonRequest {
        person_id: person.to_owned(),
    };
    let found = town.organisation().get_person(request).await;
    let found = found.expect("a person").into_inner().person;
    found.expect("a person").section_id
}

pub(crate) async fn entitlements(town: &Town, person: &str) -> usize {
    let request = wire::ListEntitlementsRequest {
        person_id: person.to_owned(),
        ..wire::ListEntitlementsRequest::default()
    };
    let page = town.entitlements().list_entitlements(request).await;
    page.expect("a page").into_inner().entitlements.len()
}

#[tokio::test]
async fn a_transfer_ends_posts_and_entitlements_of_the_section_before_on_its_day_7_2_9_1() {
    in_both(async |town| {
        town.system("SYS-1").await;
        entitled(town, "職員番号,システム番号\nM1,SYS-1\n").await;
        let moves = day(town, 10);
        staff(town, &format!("M1,泉 課長,roads,{moves},")).await;
        let again = staff(town, &format!("M1,泉 課長,roads,{moves},")).await;
        assert_eq!(
            (again.changed, again.unchanged),
            (0, 1),
            "the same table again"
        );
        assert_eq!(held(town, "M1").await, ["tax-head"], "until the day");
        assert_eq!(section(town, "M1").await, "tax");
        assert_eq!(entitlements(town, "M1").await, 1);

        come(town, &moves);
        assert_eq!(held(town, "M1").await, Vec::<String>::new());
        assert_eq!(town.post("tax-head").await.holder_id, "");
        assert_eq!(section(town, "M1").await, "roads");
        assert_eq!(entitlements(town, "M1").await, 0);

        let transferred = said::<wire::PersonTransferred>(town).await;
        assert_eq!(transferred.len(), 1);
        let moved = &transferred[0];
        assert_eq!(
            (&*moved.from_section_id, &*moved.section_id),
            ("tax", "roads")
        );
        assert_eq!(said::<wire::PostVacated>(town).await.len(), 1);
        let ended = said::<wire::EntitlementEnded>(town).await;
        assert_eq!((ended.len(), ended[0].ends_at), (1, moved.since));
        // What is granted in the new section is its own.
        entitled(town, "職員番号,システム番号\nM1,SYS-1\n").await;
        assert_eq!(entitlements(town, "M1").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_leaves_is_signed_in_no_longer_than_the_last_day_although_nobody_does_anything() {
    in_both(async |town| {
        let person = town.with_password("M1").await;
        let last = day(town, 0);
        staff(town, &format!("M1,泉 課長,tax,,{last}")).await;
        let today = town.refresh(&person.grant.session_handle).await;
        let token = today.expect("until the day is over");
        town.session(&token.access_token).await.expect("good");
        come(town, &day(town, 1));
        let refreshed = town.refresh(&person.grant.session_handle).await;
        assert_eq!(
            refused(&refreshed.expect_err("gone")).code,
            "session_handle_over"
        );
        let old = town.session(&token.access_token).await;
        assert_eq!(refused(&old.expect_err("gone")).code, "token_expired");
        let again = town.sign_in("M1", crate::town::PASSWORD).await;
        assert_eq!(refused(&again.expect_err("gone")).code, "sign_in_refused");
        assert_eq!(town.post("tax-head").await.holder_id, "");
        // Back with a day, and not by a row that says nothing of it.
        let table = "職員番号,氏名,所属コード\nM1,泉 課長,tax\n";
        let report = town.import(wire::TableKind::Staff, table).await;
        let error = &report.errors[0];
        assert_eq!((&*error.code, &*error.column), ("person_gone", "異動日"));
        assert_eq!(error.clauses, ["7-2-(9)-1"]);
        let back = day(town, 0);
        staff(town, &format!("M1,泉 課長,tax,{back},")).await;
        let again = town.sign_in("M1", crate::town::PASSWORD).await;
        again.expect("in service again");
    })
    .await;
}

#[tokio::test]
async fn a_post_is_vacated_by_rpc_and_by_a_blank_cell_but_not_by_a_missing_column() {
    in_both(async |town| {
        let head = |columns: &str, cells: &str| {
            format!(
                "職コード,職名,課公所コード,役割{columns}\ntax-head,税制課長,tax,情報管理者{cells}\n"
            )
        };
        let posts = wire::TableKind::Posts;
        let unsaid = town.import(posts, &head("", "")).await;
        assert_eq!(unsaid.unchanged, 1);
        assert_eq!(town.post("tax-head").await.holder_id, "M1");
        let blank = town.import(posts, &head(",在職者", ",")).await;
        assert_eq!((blank.changed, blank.unchanged), (1, 0));
        assert_eq!(town.post("tax-head").await.holder_id, "");
        let again = town.import(posts, &head(",在職者", ",")).await;
        assert_eq!((again.changed, again.unchanged), (0, 1));

        // By RPC, and on a day to come.
        let from = town.now() + SignedDuration::from_secs(DAY);
        let manager = town.process.person("N1", "centre", &[Role::NetworkManager]);
        let mut organisation = wire::organisation_client::OrganisationClient::new(manager);
        let vacate = wire::VacatePostRequest {
            post_id: "centre-head".to_owned(),
            from: Some(proto::timestamp(from)),
        };
        let answer = organisation.vacate_post(vacate).await.expect("vacated");
        let post = answer.into_inner().post.expect("the post");
        assert_eq!(post.holder_id, "N1", "until then");
        assert_eq!(post.holdings[0].until, Some(proto::timestamp(from)));
        let unknown = wire::VacatePostRequest {
            post_id: "none".to_owned(),
            from: None,
        };
        let unknown = organisation.vacate_post(unknown).await;
        assert_eq!(refused(&unknown.expect_err("unknown")).code, "post_unknown");
        town.later(DAY);
        assert_eq!(town.post("centre-head").await.holder_id, "");
        assert_eq!(said::<wire::PostVacated>(town).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_next_holder_takes_a_post_up_on_the_day_although_nobody_does_anything() {
    in_both(async |town| {
        let begins = day(town, 5);
        let last = day(town, 8);
        let table = format!(
            "職コード,職名,課公所コード,役割,在職者,発令日,在職終了日\n\
             tax-head,税制課長,tax,情報管理者,S1,{begins},{last}\n"
        );
        let report = town.import(wire::TableKind::Posts, &table).await;
        assert_eq!((report.changed, report.errors.as_slice()), (1, &[][..]));
        assert_eq!(town.post("tax-head").await.holder_id, "M1");
        come(town, &begins);
        assert_eq!(town.post("tax-head").await.holder_id, "S1");
        assert_eq!(held(town, "S1").await, ["tax-head"]);
        assert_eq!(held(town, "M1").await, Vec::<String>::new());
        come(town, &last);
        assert_eq!(town.post("tax-head").await.holder_id, "S1", "the last day");
        town.later(DAY);
        assert_eq!(town.post("tax-head").await.holder_id, "");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_missing_from_the_table_is_told_of_and_stays() {
    in_both(async |town| {
        let table = "職員番号,氏名,所属コード\nS1,青葉 花子,tax\nS2,宮城野 太郎,tax-office\n";
        let report = town.import(wire::TableKind::Staff, table).await;
        let told = report.warnings_ja.join("");
        assert!(
            told.contains("3人") && told.contains("M1, N1, S3"),
            "{told}"
        );
        assert!(report.warnings_en[0].contains("3 members"), "{report:?}");
        assert_eq!(section(town, "S3").await, "roads");
        let complete = town
            .import(wire::TableKind::Staff, crate::town::STAFF)
            .await;
        assert_eq!(complete.warnings_ja, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_refused_row_names_its_cell_and_clause() {
    in_both(async |town| {
        let good = ImportMode::GoodRows;
        let cases: [(wire::TableKind, &str, [&str; 4]); 5] = [
            (
                wire::TableKind::Organisation,
                "コード,名称,種別,上位コード\nnew,新課,課公所,nowhere\n",
                ["section_bureau_unknown", "上位コード", "nowhere", "1-3-1"],
            ),
            (
                wire::TableKind::Staff,
                "職員番号,氏名,所属コード,異動日,退職日\nS9,新人,tax,H13.5.1,H13.4.1\n",
                ["person_leaves_first", "退職日", "H13.4.1", "7-2-(9)-1"],
            ),
            (
                wire::TableKind::Posts,
                "職コード,職名,所属コード,役割,保有職員番号\np,課長,nowhere,情報管理者,S1\n",
                ["post_place_unknown", "所属コード", "nowhere", "1-1-1"],
            ),
            (
                wire::TableKind::Posts,
                "職コード,職名,課公所コード,役割,職員番号\nq,主査,roads,システム担当者,S1\n",
                ["post_holder_of_other_section", "職員番号", "S1", "1-7-1"],
            ),
            (
                wire::TableKind::Entitlements,
                "職員番号,システムコード\nS1,SYS-NONE\n",
                [
                    "grant_system_unknown",
                    "システムコード",
                    "SYS-NONE",
                    "7-2-(1)-1",
                ],
            ),
        ];
        for (kind, table, [code, column, value, clause]) in cases {
            let report = town.import_as(kind, table, good, false).await;
            let error = &report.errors[0];
            assert_eq!(error.row, 2);
            assert_eq!(error.code, code);
            assert_eq!((&*error.column, &*error.value), (column, value), "{code}");
            assert_eq!(error.clauses, [clause], "{code}");
            assert!(!error.message_ja.is_empty() && !error.message_en.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn the_examples_of_the_document_can_be_entered_in_its_order() {
    const DOCUMENT: &str = include_str!("../../../../docs/import.md");
    let example = |kind: &str| {
        let fence = format!("```csv {kind}\n");
        let (_, rest) = DOCUMENT.split_once(&fence).expect("an example");
        rest.split_once("```").expect("its end").0
    };
    let town = Town::empty(testkit::Engine::Sqlite).await;
    for (kind, name) in [
        (wire::TableKind::Organisation, "organisation"),
        (wire::TableKind::Staff, "staff"),
        (wire::TableKind::Posts, "posts"),
    ] {
        let report = town.import(kind, example(name)).await;
        assert_eq!(
            (&report.errors[..], &report.warnings_ja[..]),
            (&[][..], &[][..]),
            "{name}"
        );
        assert!(report.entered, "{name}");
    }
    town.system("SYS-001").await;
    let report = entitled(&town, example("entitlements")).await;
    assert_eq!((report.created, &report.warnings_ja[..]), (1, &[][..]));
    let kind = wire::TableKind::Transfers;
    let report = town.import(kind, example("transfers")).await;
    assert_eq!(
        (&report.errors[..], &report.warnings_ja[..]),
        (&[][..], &[][..])
    );
    assert_eq!((report.created, report.changed), (1, 1));
    town.process.stop().await;
}
