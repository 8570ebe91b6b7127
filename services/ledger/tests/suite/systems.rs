//! Systems: derived importance, whose they are, searching and paging.

use proto::{
    common::v1::{InformationClass, NetworkClass},
    ledger::v1::{
        ChangeSystemRequest, ListSystemsRequest, RecordMfaConsiderationRequest,
        RegisterSystemRequest, RetireSystemRequest, SystemChanged, SystemEntry,
        SystemImportanceChanged, SystemRegistered, SystemRetired,
    },
};
use testkit::refused;
use tonic::Code;

use crate::city::{City, entry, on_both};

fn register(id: &str, entry: SystemEntry) -> RegisterSystemRequest {
    RegisterSystemRequest {
        system_id: id.to_owned(),
        entry: Some(entry),
    }
}

fn change(id: &str, entry: SystemEntry) -> ChangeSystemRequest {
    ChangeSystemRequest {
        system_id: id.to_owned(),
        entry: Some(entry),
    }
}

#[tokio::test]
async fn importance_is_derived_and_every_change_of_it_is_published_3_2() {
    on_both(async |city| {
        let plain = city.system("SYS-1", |_| ()).await;
        assert!(!plain.important);
        assert_eq!(plain.used_by_section_ids, ["1301"], "the owner uses it");

        let mut shared = entry();
        shared.used_by_section_ids = vec!["1401".to_owned()];
        shared.discretion_reason = "市民の信頼に関わる".to_owned();
        let mut systems = city.systems(city.manager());
        let changed = systems
            .change_system(change("SYS-1", shared))
            .await
            .expect("changed");
        let system = changed.into_inner().system.expect("the system");
        assert!(system.important);
        let clauses: Vec<&str> = system
            .importance_grounds
            .iter()
            .map(|g| g.clause.as_str())
            .collect();
        assert_eq!(clauses, ["3-2-1", "3-2-4"]);

        let back = systems
            .change_system(change("SYS-1", entry()))
            .await
            .expect("changed");
        assert!(!back.into_inner().system.expect("the system").important);

        let told = city
            .has_published::<SystemImportanceChanged>("SYS-1", 2)
            .await;
        let importance: Vec<bool> = told
            .iter()
            .map(|event| event.system.as_ref().expect("the system").important)
            .collect();
        assert_eq!(importance, [true, false]);
        let records = city.published("SYS-1").await;
        let became = records
            .iter()
            .find(|record| record.event::<SystemImportanceChanged>().is_some())
            .expect("the first change");
        let named: Vec<&str> = became
            .clauses
            .iter()
            .map(|clause| clause.as_str())
            .collect();
        assert_eq!(named, ["3-2-0", "3-2-1", "3-2-4"]);
    })
    .await;
}

#[tokio::test]
async fn a_section_keeps_its_own_systems_and_those_of_its_offices_and_no_others() {
    on_both(async |city| {
        city.system("SYS-1", |_| ()).await;
        let mut systems = city.systems(city.stranger());
        let mut taken = entry();
        taken.owner_section_id = "1401".to_owned();
        let status = systems
            .change_system(change("SYS-1", taken))
            .await
            .expect_err("not theirs");
        let refusal = refused(&status);
        assert_eq!(refusal.status, Code::PermissionDenied);
        assert_eq!(refusal.code, "not_own_section");
        assert_eq!(refusal.clauses, ["7-1-(1)-1"]);
        assert!(refusal.ja.contains("情報管理者"), "{}", refusal.ja);

        city.system("SYS-2", |entry| entry.owner_section_id = "1302".to_owned())
            .await;
        let deputy =
            city.process
                .person("D1301", "1301", &[standard::Role::DeputyInformationManager]);
        let mut renamed = entry();
        renamed.name = "改称".to_owned();
        let by_deputy = city
            .systems(deputy)
            .change_system(change("SYS-1", renamed))
            .await;
        assert_eq!(
            by_deputy
                .expect("theirs too")
                .into_inner()
                .system
                .expect("it")
                .name,
            "改称"
        );
    })
    .await;
}

#[tokio::test]
async fn all_fields_at_fault_are_told_at_once_and_nothing_is_kept() {
    let city = City::start(testkit::Engine::Sqlite).await;
    let bad = SystemEntry {
        name: "長".repeat(201),
        owner_section_id: "1 301".to_owned(),
        network_class: 99,
        used_by_section_ids: vec!["1301".to_owned(), String::new()],
        discretion_reason: "由".repeat(2_001),
        ..SystemEntry::default()
    };
    let mut systems = city.systems(city.manager());
    let status = systems
        .register_system(register("SYS/1", bad))
        .await
        .expect_err("bad");
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        refused(&status).fields,
        [
            "system_id",
            "entry.name",
            "entry.owner_section_id",
            "entry.network_class",
            "entry.used_by_section_ids[1]",
            "entry.discretion_reason"
        ]
    );
    let without = RegisterSystemRequest {
        system_id: "SYS-1".to_owned(),
        entry: None,
    };
    let status = systems
        .register_system(without)
        .await
        .expect_err("no entry");
    assert_eq!(refused(&status).fields, ["entry"]);

    let mut unknown = entry();
    unknown.used_by_section_ids = vec!["9999".to_owned()];
    let status = systems
        .register_system(register("SYS-1", unknown))
        .await
        .expect_err("unknown");
    let refusal = refused(&status);
    assert_eq!(refusal.status, Code::FailedPrecondition);
    assert_eq!(refusal.code, "system_section_unknown");
    assert_eq!(refusal.fields, ["used_by_section_ids"]);
    let get = proto::ledger::v1::GetSystemRequest {
        system_id: "SYS-1".to_owned(),
    };
    let status = systems.get_system(get).await.expect_err("nothing was kept");
    assert_eq!(refused(&status).code, "system_not_found");
    city.process.stop().await;
}

#[tokio::test]
async fn a_system_is_found_by_name_section_class_network_and_importance_page_by_page() {
    on_both(async |city| {
        for n in 1..=5 {
            city.system(&format!("SYS-{n}"), |entry| {
                entry.name = format!("予約ｼｽﾃﾑ {n}");
                if n == 2 {
                    entry.network_class = NetworkClass::Lgwan.into();
                    entry.outage_impact_reason = "窓口が止まる".to_owned();
                }
            })
            .await;
        }
        city.system("SYS-6", |entry| entry.name = "100%_割引".to_owned())
            .await;
        let mut systems = city.systems(city.staff());
        let mut found = async |request: ListSystemsRequest| {
            let answer = systems
                .list_systems(request)
                .await
                .expect("a list")
                .into_inner();
            let ids: Vec<String> = answer.systems.into_iter().map(|s| s.system_id).collect();
            (ids.join(" "), answer.next_page_token)
        };
        let all = ListSystemsRequest::default();
        for (request, expected) in [
            (
                // Width, case and spaces do not matter.
                ListSystemsRequest {
                    name: "予約システム３".to_owned(),
                    ..all.clone()
                },
                "SYS-3",
            ),
            (
                // What SQL would take for a wildcard is a character like any other.
                ListSystemsRequest {
                    name: "%_".to_owned(),
                    ..all.clone()
                },
                "SYS-6",
            ),
            (
                ListSystemsRequest {
                    owner_section_id: "1401".to_owned(),
                    ..all.clone()
                },
                "",
            ),
            (
                ListSystemsRequest {
                    network_class: NetworkClass::Lgwan.into(),
                    ..all.clone()
                },
                "SYS-2",
            ),
            (
                ListSystemsRequest {
                    important: Some(true),
                    ..all.clone()
                },
                "SYS-2",
            ),
            (
                ListSystemsRequest {
                    important: Some(false),
                    ..all.clone()
                },
                "SYS-1 SYS-3 SYS-4 SYS-5 SYS-6",
            ),
            (
                ListSystemsRequest {
                    highest_class: InformationClass::S.into(),
                    ..all.clone()
                },
                "",
            ),
        ] {
            let (ids, next) = found(request.clone()).await;
            assert_eq!((ids.as_str(), next.as_str()), (expected, ""), "{request:?}");
        }
        let mut pages = Vec::new();
        let mut token = String::new();
        loop {
            let request = ListSystemsRequest {
                page_size: 3,
                page_token: token,
                ..all.clone()
            };
            let (ids, next) = found(request).await;
            pages.push(ids);
            token = next;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(pages, ["SYS-1 SYS-2 SYS-3", "SYS-4 SYS-5 SYS-6"]);
    })
    .await;
}

#[tokio::test]
async fn a_retired_system_stays_readable_and_leaves_the_list() {
    on_both(async |city| {
        city.system("SYS-1", |_| ()).await;
        let mut systems = city.systems(city.manager());
        let request = RetireSystemRequest {
            system_id: "SYS-1".to_owned(),
            reason: "更新".to_owned(),
        };
        let retired = systems.retire_system(request).await.expect("retired");
        assert!(retired.into_inner().system.expect("it").retired);
        assert!(city.get_system("SYS-1").await.retired);
        for (include_retired, count) in [(false, 0), (true, 1)] {
            let request = ListSystemsRequest {
                include_retired,
                ..ListSystemsRequest::default()
            };
            let listed = systems.list_systems(request).await.expect("a list");
            assert_eq!(listed.into_inner().systems.len(), count);
        }
        city.has_published::<SystemRetired>("SYS-1", 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_consideration_of_mfa_is_on_record_and_published_7_2_2_1() {
    on_both(async |city| {
        city.system("SYS-1", |_| ()).await;
        let mut systems = city.systems(city.manager());
        let consider = |reason: &str| RecordMfaConsiderationRequest {
            system_id: "SYS-1".to_owned(),
            introduced: false,
            reason: reason.to_owned(),
        };
        let status = systems
            .record_mfa_consideration(consider(""))
            .await
            .expect_err("a reason is missing");
        let refusal = refused(&status);
        assert_eq!(refusal.code, "system_mfa_reason_missing");
        assert_eq!(refusal.clauses, ["7-2-(2)-1"]);
        systems
            .record_mfa_consideration(consider("専用端末に限る"))
            .await
            .expect("recorded");
        city.has_published::<SystemRegistered>("SYS-1", 1).await;
        let changed = city.has_published::<SystemChanged>("SYS-1", 1).await;
        let system = changed[0].system.as_ref().expect("the system");
        let mfa = system
            .mfa_consideration
            .as_ref()
            .expect("the consideration");
        assert_eq!(
            (mfa.introduced, mfa.reason.as_str()),
            (false, "専用端末に限る")
        );
    })
    .await;
}
