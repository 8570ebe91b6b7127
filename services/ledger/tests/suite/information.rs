//! Information: its classification, and what follows from it for systems.

use futures::future::join_all;
use proto::{
    common::v1::InformationClass as Class,
    ledger::v1::{
        ClassifyInformationRequest, GetInformationRequest, Information, InformationClassified,
        InformationRemoved, ListInformationRequest, RemoveInformationRequest, SystemChanged,
    },
};
use testkit::refused;
use tonic::{Code, Status};

use crate::city::{City, on_both};

fn classified(id: &str, class: Class, ground: &str, system: &str) -> ClassifyInformationRequest {
    let s = class == Class::S;
    ClassifyInformationRequest {
        information_id: id.to_owned(),
        name: format!("台帳{id}"),
        section_id: "1301".to_owned(),
        information_class: class.into(),
        ground: ground.to_owned(),
        class_i_ground: if s { "ordinance_1_to_4" } else { "" }.to_owned(),
        reason: if s { "復元に一年を要する" } else { "" }.to_owned(),
        system_id: system.to_owned(),
        ..ClassifyInformationRequest::default()
    }
}

async fn classify(
    city: &City,
    request: ClassifyInformationRequest,
) -> Result<(Information, i32), Status> {
    let mut information = city.information(city.manager());
    let answer = information
        .classify_information(request)
        .await?
        .into_inner();
    Ok((
        answer.information.expect("the entry"),
        answer.previous_class,
    ))
}

#[tokio::test]
async fn the_strictest_class_of_a_system_and_its_importance_follow_its_information_3_2_2() {
    on_both(async |city| {
        city.system("SYS-1", |_| ()).await;
        city.system("SYS-2", |_| ()).await;
        let i = classified("J-1", Class::I, "ordinance_1_to_4", "SYS-1");
        classify(city, i).await.expect("class I");
        let s = classified("J-2", Class::S, "irrecoverable", "SYS-1");
        let (_, previous) = classify(city, s.clone()).await.expect("class S");
        assert_eq!(previous, 0);
        let system = city.get_system("SYS-1").await;
        assert_eq!((system.highest_class(), system.important), (Class::S, true));

        // It moves to another system.
        let moved = ClassifyInformationRequest {
            system_id: "SYS-2".to_owned(),
            ..s
        };
        let (_, previous) = classify(city, moved).await.expect("moved");
        assert_eq!(previous, i32::from(Class::S));
        let (one, two) = (
            city.get_system("SYS-1").await,
            city.get_system("SYS-2").await,
        );
        assert_eq!((one.highest_class(), one.important), (Class::I, false));
        assert_eq!((two.highest_class(), two.important), (Class::S, true));

        // It falls to class I, then leaves the ledger.
        let fallen = classified("J-2", Class::I, "operational_secret", "SYS-2");
        classify(city, fallen).await.expect("class I");
        let two = city.get_system("SYS-2").await;
        assert_eq!((two.highest_class(), two.important), (Class::I, false));
        let request = RemoveInformationRequest {
            information_id: "J-2".to_owned(),
            reason: "消去".to_owned(),
        };
        city.information(city.manager())
            .remove_information(request)
            .await
            .expect("removed");
        assert_eq!(
            city.get_system("SYS-2").await.highest_class(),
            Class::Unspecified
        );

        city.has_published::<InformationRemoved>("J-2", 1).await;
        let classes: Vec<i32> = city
            .has_published::<InformationClassified>("J-2", 3)
            .await
            .iter()
            .map(|event| event.previous_class)
            .collect();
        assert_eq!(classes, [0, Class::S.into(), Class::S.into()]);
        let last = city.has_published::<SystemChanged>("SYS-2", 3).await;
        let system = last
            .last()
            .and_then(|event| event.system.clone())
            .expect("the system");
        assert_eq!(system.highest_class(), Class::Unspecified);
    })
    .await;
}

#[tokio::test]
async fn what_the_rules_of_3_1_refuse_is_told_with_its_clause_and_leaves_the_system_alone() {
    let city = City::start(testkit::Engine::Sqlite).await;
    city.system("SYS-1", |_| ()).await;
    let base = |class, ground| classified("J-1", class, ground, "SYS-1");
    for (request, status, code, clause, field) in [
        (
            base(Class::I, "ordinance_5_to_6"),
            Code::InvalidArgument,
            "information_ground_does_not_give_class",
            "3-1-0",
            "ground",
        ),
        (
            ClassifyInformationRequest {
                class_i_ground: String::new(),
                ..base(Class::S, "irrecoverable")
            },
            Code::InvalidArgument,
            "information_class_s_outside_class_i",
            "3-1-(2)-1",
            "class_i_ground",
        ),
        (
            base(Class::Ii, "discretion"),
            Code::InvalidArgument,
            "information_reason_missing",
            "3-1-(3)-2",
            "reason",
        ),
        (
            ClassifyInformationRequest {
                system_id: "SYS-9".to_owned(),
                ..base(Class::Iii, "none_of_these")
            },
            Code::FailedPrecondition,
            "information_system_unknown",
            "7-1-(1)-1",
            "system_id",
        ),
        (
            ClassifyInformationRequest {
                section_id: "1401".to_owned(),
                ..base(Class::Iii, "none_of_these")
            },
            Code::PermissionDenied,
            "not_own_section",
            "3-4-(1)-2",
            "section_id",
        ),
    ] {
        let refusal = refused(&classify(&city, request).await.expect_err(code));
        assert_eq!((refusal.status, refusal.code.as_str()), (status, code));
        assert_eq!(refusal.clauses, [clause], "{code}");
        assert_eq!(refusal.fields.concat(), field, "{code}");
    }
    let unclassified = ClassifyInformationRequest {
        retention_until: "2026-2-30".to_owned(),
        ..base(Class::Unspecified, "")
    };
    let refusal = refused(&classify(&city, unclassified).await.expect_err("no class"));
    assert_eq!(
        refusal.fields,
        ["information_class", "ground", "retention_until"]
    );
    let system = city.get_system("SYS-1").await;
    assert_eq!(system.highest_class(), Class::Unspecified);
    city.process.stop().await;
}

#[tokio::test]
async fn entries_classified_at_the_same_time_are_all_counted() {
    on_both(async |city| {
        city.system("SYS-1", |_| ()).await;
        let all = (0..12).map(|n| {
            let id = format!("J-{n:02}");
            let request = if n == 7 {
                classified(&id, Class::S, "irrecoverable", "SYS-1")
            } else {
                classified(&id, Class::I, "ordinance_1_to_4", "SYS-1")
            };
            classify(city, request)
        });
        for outcome in join_all(all).await {
            outcome.expect("classified");
        }
        assert!(city.get_system("SYS-1").await.important);
        let remove = |n: usize| {
            let request = RemoveInformationRequest {
                information_id: format!("J-{n:02}"),
                reason: "消去".to_owned(),
            };
            let mut information = city.information(city.manager());
            async move { information.remove_information(request).await }
        };
        for outcome in join_all((0..11).map(remove)).await {
            outcome.expect("removed");
        }
        let left = city.get_system("SYS-1").await;
        assert_eq!((left.highest_class(), left.important), (Class::I, false));
        remove(11).await.expect("removed");
        assert_eq!(
            city.get_system("SYS-1").await.highest_class(),
            Class::Unspecified
        );
    })
    .await;
}

#[tokio::test]
async fn entries_are_found_by_system_class_and_the_day_they_are_to_be_erased() {
    on_both(async |city| {
        city.system("SYS-1", |_| ()).await;
        for (id, until, system) in [
            ("J-1", "2026-03-31", "SYS-1"),
            ("J-2", "2027-03-31", ""),
            ("J-3", "", "SYS-1"),
        ] {
            let request = ClassifyInformationRequest {
                retention_until: until.to_owned(),
                ..classified(id, Class::I, "ordinance_1_to_4", system)
            };
            classify(city, request).await.expect("classified");
        }
        let mut information = city.information(city.staff());
        let all = ListInformationRequest::default();
        for (request, expected) in [
            (all.clone(), "J-1 J-2 J-3"),
            (
                ListInformationRequest {
                    retention_before: "2026-04-01".to_owned(),
                    ..all.clone()
                },
                "J-1",
            ),
            (
                ListInformationRequest {
                    system_id: "SYS-1".to_owned(),
                    ..all.clone()
                },
                "J-1 J-3",
            ),
            (
                ListInformationRequest {
                    information_class: Class::Ii.into(),
                    ..all.clone()
                },
                "",
            ),
        ] {
            let answer = information
                .list_information(request.clone())
                .await
                .expect("a list");
            let listed = answer.into_inner().information;
            let ids: Vec<&str> = listed.iter().map(|i| i.information_id.as_str()).collect();
            assert_eq!(ids.join(" "), expected, "{request:?}");
        }
        let get = GetInformationRequest {
            information_id: "J-1".to_owned(),
        };
        let entry = information
            .get_information(get)
            .await
            .expect("the entry")
            .into_inner();
        assert_eq!(entry.information.expect("it").retention_until, "2026-03-31");
    })
    .await;
}
