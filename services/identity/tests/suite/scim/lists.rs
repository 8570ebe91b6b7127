//! Lists, filters and the parts of resources.

use jiff::SignedDuration;
use proto::identity::v1 as wire;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ENTERPRISE, ids, in_both, newcomer, told};
use crate::town::Town;

/// What a filter finds among the town's people, and S7 whom the directory knows.
async fn finds(town: &Town, filter: &str, expected: &[&str]) {
    assert_eq!(town.found("Users", filter).await, expected, "{filter}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_finds_the_same_on_both_databases_and_in_memory() {
    in_both(async |town| {
        town.scim(Method::POST, "/Users", newcomer("S7", "roads"))
            .await;
        let all = ["M1", "N1", "S1", "S2", "S3", "S7"];
        let but_s7 = &all[..5];
        // What the database judges to the end.
        finds(town, "userName eq \"S1\"", &["S1"]).await;
        finds(town, "id eq \"s1\"", &[]).await;
        finds(
            town,
            "not (userName eq \"S1\")",
            &["M1", "N1", "S2", "S3", "S7"],
        )
        .await;
        finds(
            town,
            "userName eq \"S1\" or userName eq \"S2\"",
            &["S1", "S2"],
        )
        .await;
        finds(town, "userName eq \"S1\" and active eq true", &["S1"]).await;
        finds(town, "externalId eq \"idm-S7\"", &["S7"]).await;
        finds(town, "externalId pr", &["S7"]).await;
        finds(town, "externalId eq null", but_s7).await;
        finds(town, "externalId ne \"idm-S7\"", but_s7).await;
        finds(
            town,
            "not (externalId eq \"idm-S7\" or userName eq \"S1\")",
            &["M1", "N1", "S2", "S3"],
        )
        .await;
        finds(town, "active eq true", &all).await;
        finds(town, "active eq false", &[]).await;
        // What it narrows, and what it knows nothing of.
        finds(town, "userName sw \"S\"", &["S1", "S2", "S3", "S7"]).await;
        finds(town, "userName sw \"s\"", &[]).await;
        finds(town, "userName co \"%\"", &[]).await;
        finds(town, "not (userName sw \"S\")", &["M1", "N1"]).await;
        finds(town, "userName gt \"S2\"", &["S3", "S7"]).await;
        finds(town, "displayName eq \"青葉 花子\"", &["S1"]).await;
        finds(town, "displayName co \"花\"", &["S1"]).await;
        finds(town, "userType eq \"NON_REGULAR\"", &["S2"]).await;
        finds(town, "groups eq \"tax\"", &["M1", "S1"]).await;
        finds(
            town,
            "groups[value eq \"tax\"] and userName ew \"1\"",
            &["M1", "S1"],
        )
        .await;
        finds(
            town,
            &format!("{ENTERPRISE}:department eq \"roads\""),
            &["S3", "S7"],
        )
        .await;
        finds(
            town,
            &format!("{ENTERPRISE}:employeeNumber eq \"S3\""),
            &["S3"],
        )
        .await;
        finds(
            town,
            "meta.lastModified pr and (userName eq \"S1\" or displayName sw \"泉\")",
            &["M1", "S1"],
        )
        .await;
        let now = town.now();
        let later = now + SignedDuration::from_secs(1);
        finds(town, &format!("meta.lastModified ge \"{later}\""), &[]).await;
        finds(town, &format!("meta.lastModified le \"{now}\""), &all).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_in_parts_that_fit_together() {
    in_both(async |town| {
        // One filter that the database judges, and one that it does not.
        for filter in ["active eq true", "displayName pr"] {
            let mut found = Vec::new();
            for start in [1, 3, 5, 7] {
                let asked = json!({ "filter": filter, "startIndex": start, "count": 2 });
                let page = town.search("Users", asked).await;
                assert_eq!(page.body["totalResults"], 5, "{filter}");
                assert_eq!(page.body["startIndex"], start);
                found.extend(ids(&page));
                assert_eq!(page.body["itemsPerPage"], ids(&page).len());
            }
            assert_eq!(found, ["M1", "N1", "S1", "S2", "S3"], "{filter}");
        }
        for (query, total, shown) in [
            ("count=0", 5, 0),
            ("count=-3", 5, 0),
            ("startIndex=0&count=1", 5, 1),
            ("startIndex=9223372036854775807", 5, 0),
            ("count=100000", 5, 5),
            ("filter=userName%20eq%20%22S1%22", 1, 1),
            ("sortBy=userName", 5, 5),
        ] {
            let page = town
                .scim(Method::GET, &format!("/Users?{query}"), Value::Null)
                .await;
            assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.body);
            assert_eq!(page.body["totalResults"], total, "{query}");
            assert_eq!(ids(&page).len(), shown, "{query}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_is_in_no_list_and_who_is_to_come_is() {
    in_both(async |town| {
        let day = |days: i64| {
            standard::jst_date(town.now() + SignedDuration::from_hours(24 * days)).to_string()
        };
        let (soon, over) = (day(10), day(-10));
        let table = format!(
            "職員番号,氏名,所属コード,異動日,退職日\nS8,来る 人,tax,{soon},\nS9,去る 人,tax,,{over}\n"
        );
        let report = town.import(wire::TableKind::Staff, &table).await;
        assert_eq!(report.errors, []);
        assert_eq!(town.found("Users", "displayName ew \"人\"").await, ["S8"]);
        assert_eq!(told(&town.user("S9").await).0, 404);
        let coming = town.user("S8").await;
        assert_eq!(coming.body["groups"][0]["value"], "tax");
        assert_eq!(town.found("Groups", "members eq \"S8\"").await, Vec::<String>::new());
        // Where somebody is to begin can still be changed; the day stays.
        let path = format!("{ENTERPRISE}:department");
        let moves = json!([{ "op": "replace", "path": path, "value": "roads" }]);
        let moved = town.patch_user("S8", moves).await;
        assert_eq!(moved.body["groups"][0]["value"], "roads");
        assert_eq!(town.found("Groups", "members eq \"S8\"").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_wanted_is_answered_and_what_is_always_there() {
    in_both(async |town| {
        for (query, expected) in [
            ("attributes=userName", json!({ "userName": "S1" })),
            (
                "attributes=USERNAME,groups.value",
                json!({ "userName": "S1", "groups": [{ "value": "tax" }] }),
            ),
            (
                "attributes=meta.resourceType",
                json!({ "meta": { "resourceType": "User" } }),
            ),
            (
                &format!("attributes={ENTERPRISE}:department"),
                json!({ ENTERPRISE: { "department": "tax" } }),
            ),
            (
                &format!("attributes={ENTERPRISE}"),
                json!({ ENTERPRISE: { "department": "tax", "employeeNumber": "S1" } }),
            ),
            ("attributes=nickName", json!({})),
            (
                &format!(
                    "excludedAttributes=id,meta,displayName,groups,userType,active,{ENTERPRISE}"
                ),
                json!({ "userName": "S1" }),
            ),
        ] {
            let answer = town
                .scim(Method::GET, &format!("/Users/S1?{query}"), Value::Null)
                .await;
            assert!(answer.headers.contains_key("etag"), "{query}");
            let mut body = answer.body;
            let always = body.as_object_mut().expect("an object");
            assert_eq!(always.remove("id"), Some(json!("S1")), "{query}");
            assert!(always.remove("schemas").is_some(), "{query}");
            assert_eq!(body, expected, "{query}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_finds_out_by_itself_what_there_is() {
    in_both(async |town| {
        let get = async |path: &str| town.scim(Method::GET, path, Value::Null).await.body;
        let provider = get("/ServiceProviderConfig").await;
        for (what, offered) in [
            ("patch", true),
            ("filter", true),
            ("etag", true),
            ("sort", false),
            ("bulk", false),
            ("changePassword", false),
        ] {
            assert_eq!(provider[what]["supported"], offered, "{what}");
        }
        assert_eq!(provider["filter"]["maxResults"], 200);
        let kinds = get("/ResourceTypes").await;
        assert_eq!(kinds["totalResults"], 2);
        for kind in kinds["Resources"].as_array().expect("a list") {
            let name = kind["name"].as_str().expect("a name");
            assert_eq!(&get(&format!("/ResourceTypes/{name}")).await, kind);
            let schema = kind["schema"].as_str().expect("a schema");
            let schema = get(&format!("/Schemas/{schema}")).await;
            assert_eq!(schema["name"], name);
            // Whatever a resource shows is in one of its schemas, but for what all have.
            let endpoint = kind["endpoint"].as_str().expect("an address");
            let shown = &get(endpoint).await["Resources"][0];
            let attributes = schema["attributes"].as_array().expect("a list");
            let common = ["id", "externalId", "meta", "schemas", ENTERPRISE];
            for name in shown.as_object().expect("an object").keys() {
                let known = attributes.iter().any(|one| one["name"] == name.as_str());
                assert!(known || common.contains(&name.as_str()), "{name}");
            }
        }
        let schemas = get("/Schemas").await;
        assert_eq!(schemas["totalResults"], 3);
        assert_eq!(
            get(&format!("/Schemas/{ENTERPRISE}")).await["id"],
            ENTERPRISE
        );
        let none = town.scim(Method::GET, "/Schemas/none", Value::Null).await;
        assert_eq!(told(&none), (404, "", "scim_resource_unknown"));
    })
    .await;
}
