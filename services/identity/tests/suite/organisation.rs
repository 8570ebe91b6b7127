//! The organisation and the tables it is entered by.

use proto::{common::v1::ImportMode, identity::v1 as wire};
use standard::Role;
use testkit::{Engine, refused};
use tonic::Code;
use wire::import_client::ImportClient;

use crate::{
    journal::said,
    town::{ORGANISATION, POSTS, STAFF, Town, in_both},
};

#[tokio::test]
async fn entering_the_same_tables_again_changes_nothing() {
    in_both(async |town| {
        for (kind, content, rows) in [
            (wire::TableKind::Organisation, ORGANISATION, 6),
            (wire::TableKind::Staff, STAFF, 5),
            (wire::TableKind::Posts, POSTS, 2),
        ] {
            let report = town.import(kind, content).await;
            let counts = (report.created, report.changed, report.unchanged);
            assert_eq!(counts, (0, 0, rows), "{kind:?}");
        }
        assert_eq!(said::<wire::PersonRegistered>(town).await.len(), 5);
        assert_eq!(said::<wire::PostAssigned>(town).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn bad_rows_are_named_and_enter_nothing_unless_good_rows_are_wanted() {
    const TABLE: &str =
        "職員番号,氏名,所属コード\nS8,八木,tax\nS 9,九条,tax\nS7,七瀬,nowhere\nS8,重複,tax\n";
    in_both(async |town| {
        let staff = wire::TableKind::Staff;
        let all = ImportMode::AllOrNothing;
        let good = ImportMode::GoodRows;
        let report = town.import_as(staff, TABLE, all, false).await;
        let errors: Vec<_> = report
            .errors
            .iter()
            .map(|error| (error.row, error.column.as_str(), error.code.as_str()))
            .collect();
        let expected = [
            (3, "職員番号", "cell_not_an_id"),
            (4, "所属コード", "person_section_unknown"),
            (5, "職員番号", "cell_duplicate"),
        ];
        assert_eq!(errors, expected);
        assert!(!report.entered);
        let dry = town.import_as(staff, TABLE, good, true).await;
        assert_eq!((dry.created, dry.entered), (1, false));
        assert_eq!(people(town, "八木").await, Vec::<String>::new());
        let entered = town.import_as(staff, TABLE, good, false).await;
        assert_eq!(
            (entered.created, entered.entered, entered.errors.len()),
            (1, true, 3)
        );
        assert_eq!(people(town, "八木").await, ["S8"]);
    })
    .await;
}

#[tokio::test]
async fn a_post_with_a_bad_holder_is_not_recorded_either() {
    const TABLE: &str = "職コード,職名,課公所コード,役割,在職者\n\
        roads-head,道路課長,roads,情報管理者,nobody\n\
        tax-second,税制課長代理,tax,情報管理者,\n\
        roads-staff,道路課主査,roads,システム担当者,S1\n\
        city,市,,情報管理者,\n\
        roads-deputy,道路課主幹,roads,副情報管理者,S3\n";
    in_both(async |town| {
        let good = ImportMode::GoodRows;
        let report = town
            .import_as(wire::TableKind::Posts, TABLE, good, false)
            .await;
        let errors: Vec<_> = report
            .errors
            .iter()
            .map(|error| (error.row, error.code.as_str(), error.clauses.clone()))
            .collect();
        let clause = |id: &str| vec![id.to_owned()];
        let expected = [
            (2, "post_person_unknown", clause("7-2-(9)-1")),
            (3, "post_role_taken", clause("1-3-1")),
            (4, "post_holder_of_other_section", clause("1-7-1")),
            (5, "post_role_out_of_place", clause("1-3-1")),
        ];
        assert_eq!(errors, expected);
        let request = wire::ListPostsRequest {
            section_id: "roads".to_owned(),
            ..wire::ListPostsRequest::default()
        };
        let posts = town
            .organisation()
            .list_posts(request)
            .await
            .expect("posts")
            .into_inner();
        let ids: Vec<_> = posts
            .posts
            .iter()
            .map(|post| post.post_id.as_str())
            .collect();
        assert_eq!(ids, ["roads-deputy"]);
    })
    .await;
}

#[tokio::test]
async fn a_windows_31j_table_with_full_width_digits_is_read_as_meant() {
    let town = Town::start(Engine::Sqlite).await;
    // 職員番号,氏名,所属コード / Ｓ１０,ﾃｽﾄ 職員,tax
    let content: &[u8] = b"\x90\x45\x88\xF5\x94\xD4\x8D\x86,\x8E\x81\x96\xBC,\x8F\x8A\x91\xAE\x83\x52\x81\x5B\x83\x68\r\n\
        \x82\x72\x82\x50\x82\x4F,\xC3\xBD\xC4 \x90\x45\x88\xF5,tax\r\n";
    let request = wire::ImportTableRequest {
        kind: wire::TableKind::Staff.into(),
        content: content.to_vec(),
        mode: ImportMode::AllOrNothing.into(),
        dry_run: false,
    };
    let report = ImportClient::new(town.platform())
        .import_table(request)
        .await;
    let report = report.expect("read").into_inner().report;
    let report = report.expect("a report");
    assert_eq!(
        (report.created, report.source.as_str()),
        (1, "CSV (Windows-31J)")
    );
    assert_eq!(people(&town, "テスト").await, ["S10"]);
    town.process.stop().await;
}

#[tokio::test]
async fn lists_are_paged_and_filtered() {
    in_both(async |town| {
        let mut seen = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListPeopleRequest {
                page_size: 2,
                page_token,
                ..wire::ListPeopleRequest::default()
            };
            let page = town
                .organisation()
                .list_people(request)
                .await
                .expect("a page");
            let page = page.into_inner();
            assert!(page.people.len() <= 2);
            seen.extend(page.people.into_iter().map(|person| person.person_id));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, ["M1", "N1", "S1", "S2", "S3"]);
        assert_eq!(people(town, "ミヤギ").await, Vec::<String>::new());
        assert_eq!(people(town, "宮城野").await, ["S2"]);
        assert_eq!(people(town, "s3").await, ["S3"]);
        assert_eq!(people(town, "%").await, Vec::<String>::new());

        let request = wire::ListPostsRequest {
            role: "information_manager".to_owned(),
            ..wire::ListPostsRequest::default()
        };
        let posts = town
            .organisation()
            .list_posts(request)
            .await
            .expect("posts")
            .into_inner();
        let ids: Vec<_> = posts
            .posts
            .iter()
            .map(|post| post.post_id.as_str())
            .collect();
        assert_eq!(ids, ["centre-head", "tax-head"]);
        let request = wire::ListSectionsRequest {
            bureau_id: "finance".to_owned(),
            ..wire::ListSectionsRequest::default()
        };
        let sections = town
            .organisation()
            .list_sections(request)
            .await
            .expect("sections");
        let sections = sections.into_inner().sections;
        let ids: Vec<_> = sections.iter().map(|one| one.section_id.as_str()).collect();
        assert_eq!(ids, ["centre", "tax", "tax-office"]);
    })
    .await;
}

#[tokio::test]
async fn a_post_passes_to_another_person_and_its_roles_with_it() {
    in_both(async |town| {
        let assign = |person: &str| wire::AssignPostRequest {
            post_id: "tax-head".to_owned(),
            person_id: person.to_owned(),
            ..wire::AssignPostRequest::default()
        };
        let manager = town.process.person("N1", "centre", &[Role::NetworkManager]);
        let mut organisation = wire::organisation_client::OrganisationClient::new(manager.clone());
        let post = organisation
            .assign_post(assign("S1"))
            .await
            .expect("assigned")
            .into_inner();
        assert_eq!(post.post.expect("the post").holder_id, "S1");
        let request = |person: &str| wire::GetPersonRequest {
            person_id: person.to_owned(),
        };
        for (person, posts) in [("S1", 1), ("M1", 0)] {
            let found = organisation
                .get_person(request(person))
                .await
                .expect("a person");
            let held = found.into_inner().person.expect("a person").posts;
            assert_eq!(held.len(), posts, "{person}");
        }
        let unknown = organisation
            .assign_post(assign("nobody"))
            .await
            .expect_err("unknown");
        assert_eq!(refused(&unknown).code, "post_person_unknown");
        assert_eq!(refused(&unknown).fields, ["person_id"]);
        let nobody = organisation
            .get_person(request("nobody"))
            .await
            .expect_err("unknown");
        assert_eq!(refused(&nobody).code, "person_unknown");
    })
    .await;
}

#[tokio::test]
async fn a_post_is_held_from_its_day_of_appointment() {
    in_both(async |town| {
        let instant = |text: &str| proto::timestamp(text.parse().expect("an instant"));
        let now = proto::timestamp(town.now());
        town.later(60);
        let today = town.now();
        let day = |hours: i64| {
            let day = jiff::SignedDuration::from_hours(hours);
            standard::jst_date(today + day).to_string()
        };
        let begun = format!("{}T00:00:00+09:00", day(0));
        let unchanged = (0, 0, 1);
        for (date, counts, since) in [
            (String::new(), unchanged, now),
            (
                "R6.4.1".to_owned(),
                (0, 1, 0),
                instant("2024-04-01T00:00:00+09:00"),
            ),
            (
                "2024/4/1".to_owned(),
                unchanged,
                instant("2024-04-01T00:00:00+09:00"),
            ),
            (
                String::new(),
                unchanged,
                instant("2024-04-01T00:00:00+09:00"),
            ),
            (day(0), (0, 1, 0), instant(&begun)),
            (day(24), (0, 1, 0), instant(&begun)),
        ] {
            let table = format!(
                "職コード,職名,課公所コード,役割,在職者,発令日\n\
                 tax-head,税制課長,tax,情報管理者,M1,{date}\n"
            );
            let report = town.import(wire::TableKind::Posts, &table).await;
            let told = (report.created, report.changed, report.unchanged);
            assert_eq!(told, counts, "{date}");
            assert_eq!(report.errors, [], "{date}");
            assert_eq!(
                town.post("tax-head").await.holder_since,
                Some(since),
                "{date}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_posts_that_want_the_same_role_at_once_one_gets_it() {
    in_both(async |town| {
        let table = |post: &str| {
            format!("職コード,職名,課公所コード,役割\n{post},道路課長,roads,情報管理者\n")
        };
        let (first, second) = (table("first"), table("second"));
        let posts = wire::TableKind::Posts;
        let both = tokio::join!(town.import(posts, &first), town.import(posts, &second));
        assert_ne!(both.0.entered, both.1.entered);
    })
    .await;
}

#[tokio::test]
async fn only_those_who_keep_the_organisation_change_it() {
    let town = Town::start(Engine::Sqlite).await;
    let request = wire::ImportTableRequest {
        kind: wire::TableKind::Staff.into(),
        content: STAFF.as_bytes().to_vec(),
        mode: ImportMode::AllOrNothing.into(),
        dry_run: true,
    };
    let staff = town.process.person("S1", "tax", &[]);
    let head = town
        .process
        .person("M1", "tax", &[Role::InformationManager]);
    for (channel, code) in [
        (town.process.anonymous(), "token_missing"),
        (staff, "role_missing"),
        (head, "role_missing"),
        (town.process.workload("vdi-gateway"), "person_required"),
    ] {
        let status = ImportClient::new(channel)
            .import_table(request.clone())
            .await;
        assert_eq!(refused(&status.expect_err("refused")).code, code);
    }
    let broken = wire::ImportTableRequest {
        content: b"\xFF\xFE\xFD".to_vec(),
        ..wire::ImportTableRequest::default()
    };
    let status = ImportClient::new(town.platform())
        .import_table(broken)
        .await;
    let answer = refused(&status.expect_err("refused"));
    assert_eq!(
        (answer.status, answer.fields),
        (
            Code::InvalidArgument,
            vec!["kind".to_owned(), "mode".to_owned()]
        )
    );
    town.process.stop().await;
}

#[tokio::test]
async fn a_bureau_is_listed_with_its_name_and_a_section_shown_with_where_it_belongs() {
    in_both(async |town| {
        let mut organisation = town.organisation();
        let mut page = wire::ListBureausRequest {
            page_size: 1,
            ..wire::ListBureausRequest::default()
        };
        let mut bureaus = Vec::new();
        loop {
            let answer = organisation.list_bureaus(page.clone()).await;
            let answer = answer.expect("a page").into_inner();
            let listed = answer.bureaus.into_iter();
            bureaus.extend(listed.map(|one| (one.bureau_id, one.name, one.ward)));
            if answer.next_page_token.is_empty() {
                break;
            }
            page.page_token = answer.next_page_token;
        }
        let bureau = |id: &str, name: &str| (id.to_owned(), name.to_owned(), false);
        let expected = [bureau("finance", "財政局"), bureau("works", "建設局")];
        assert_eq!(bureaus, expected);

        let mut show = async |id: &str| {
            let section_id = id.to_owned();
            let request = wire::GetSectionRequest { section_id };
            organisation.get_section(request).await
        };
        let office = show("tax-office").await.expect("a section").into_inner();
        let expected = wire::Section {
            section_id: "tax-office".to_owned(),
            bureau_id: "finance".to_owned(),
            name: "税務出張所".to_owned(),
            parent_section_id: "tax".to_owned(),
        };
        assert_eq!(office.section, Some(expected));
        // A bureau is no section.
        let status = show("finance").await.expect_err("no section");
        let told = refused(&status);
        let expected = (Code::NotFound, "section_unknown");
        assert_eq!((told.status, told.code.as_str()), expected);
    })
    .await;
}

async fn people(town: &Town, search: &str) -> Vec<String> {
    let request = wire::ListPeopleRequest {
        search: search.to_owned(),
        ..wire::ListPeopleRequest::default()
    };
    let page = town
        .organisation()
        .list_people(request)
        .await
        .expect("a page");
    page.into_inner()
        .people
        .into_iter()
        .map(|person| person.person_id)
        .collect()
}
