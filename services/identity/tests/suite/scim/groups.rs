//! Sections as groups.

use proto::{common::v1 as common, identity::v1 as wire};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, ids, in_both, patch, told};
use crate::{journal::said, town::Town};

async fn change(town: &Town, group: &str, operations: Value) -> Answer {
    let path = format!("/Groups/{group}");
    town.scim(Method::PATCH, &path, patch(operations)).await
}

async fn members(town: &Town, group: &str) -> Vec<String> {
    let path = format!("/Groups/{group}");
    let answer = town.scim(Method::GET, &path, Value::Null).await;
    let members = answer.body["members"].as_array().expect("a list").iter();
    members
        .map(|one| one["value"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_a_section_with_those_who_belong_to_it_now() {
    in_both(async |town| {
        let all = town.scim(Method::GET, "/Groups", Value::Null).await;
        assert_eq!(ids(&all), ["centre", "roads", "tax", "tax-office"]);
        let tax = &all.body["Resources"][2];
        assert_eq!(tax["displayName"], "税制課");
        let one = town.scim(Method::GET, "/Groups/tax", Value::Null).await;
        assert_eq!(&one.body, tax, "the same alone as in a list");
        let first = &one.body["members"][0];
        assert_eq!(
            (&first["value"], &first["display"]),
            (&json!("M1"), &json!("泉 課長"))
        );
        let place = first["$ref"].as_str().expect("an address");
        assert!(place.ends_with("/scim/v2/Users/M1"), "{place}");

        for (filter, expected) in [
            ("id eq \"tax\"", &["tax"][..]),
            ("displayName eq \"税制課\"", &["tax"]),
            ("displayName co \"課\"", &["roads", "tax"]),
            ("members eq \"S2\"", &["tax-office"]),
            (
                "members.value eq \"S1\" or id eq \"roads\"",
                &["roads", "tax"],
            ),
            ("members[display sw \"青葉\"]", &["tax"]),
            ("not (members pr)", &[]),
        ] {
            assert_eq!(town.found("Groups", filter).await, expected, "{filter}");
        }
        let asked =
            json!({ "filter": "displayName eq \"税制課\"", "excludedAttributes": ["members"] });
        let bare = town.search("Groups", asked).await;
        assert_eq!(bare.body["Resources"][0].get("members"), None);
        assert_eq!(bare.body["Resources"][0]["displayName"], "税制課");
        let page = json!({ "startIndex": 2, "count": 2 });
        assert_eq!(ids(&town.search("Groups", page).await), ["roads", "tax"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_added_to_a_section_is_transferred_there_all_or_nobody_7_2_9_1() {
    in_both(async |town| {
        let add = |ids: &[&str]| {
            let members: Vec<_> = ids.iter().map(|id| json!({ "value": id })).collect();
            json!([{ "op": "add", "path": "members", "value": members }])
        };
        let none = change(town, "roads", add(&["S1", "S99"])).await;
        assert_eq!(told(&none), (400, "invalidValue", "scim_member_unknown"));
        assert_eq!(members(town, "roads").await, ["S3"], "nobody");

        let before = town.scim(Method::GET, "/Groups/roads", Value::Null).await;
        let moved = change(town, "roads", add(&["S1", "M1", "S3"])).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
        assert_ne!(moved.headers["etag"], before.headers["etag"]);
        assert_eq!(members(town, "roads").await, ["M1", "S1", "S3"]);
        assert_eq!(members(town, "tax").await, Vec::<String>::new());
        assert_eq!(town.post("tax-head").await.holder_id, "", "posts end with it");
        assert_eq!(said::<wire::PersonTransferred>(town).await.len(), 2);
        // A client that takes them out of the old section afterwards finds them gone.
        let out = json!([{ "op": "remove", "path": "members[value eq \"S1\"]" }]);
        assert_eq!(change(town, "tax", out).await.status, StatusCode::OK);

        let whole = json!({ "displayName": "x", "members": [{ "value": "S1" }, { "value": "M1" }, { "value": "S3" }, { "value": "S2" }] });
        let replaced = town.scim(Method::PUT, "/Groups/roads", whole).await;
        assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.body);
        assert_eq!(replaced.body["displayName"], "道路課", "not changed from outside");
        assert_eq!(said::<wire::PersonTransferred>(town).await.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_taken_out_of_their_section_only_and_that_is_on_record_7_2_9_1() {
    in_both(async |town| {
        for operations in [
            json!([{ "op": "remove", "path": "members[value eq \"S3\"]" }]),
            json!([{ "op": "remove", "path": "members" }]),
            json!([{ "op": "replace", "path": "members", "value": [] }]),
        ] {
            let refused = change(town, "roads", operations).await;
            assert_eq!(told(&refused), (409, "", "scim_member_stays"));
        }
        assert_eq!(members(town, "roads").await, ["S3"]);
        let kept = said::<common::RequestRefused>(town).await;
        let last = kept.last().expect("on record");
        assert_eq!(
            (&*last.code, &*last.subject),
            ("scim_member_stays", "roads")
        );
        assert_eq!(last.clauses, ["7-2-(9)-1"]);

        let renamed = json!([{ "op": "replace", "path": "displayName", "value": "x" }]);
        let fixed = change(town, "roads", renamed).await;
        assert_eq!(told(&fixed), (400, "mutability", "scim_attribute_fixed"));
        let new = json!({ "displayName": "新しい課" });
        for (method, path) in [(Method::POST, "/Groups"), (Method::DELETE, "/Groups/roads")] {
            let refused = town.scim(method, path, new.clone()).await;
            assert_eq!(told(&refused), (501, "", "scim_not_offered"));
        }
        let unknown = change(town, "none", json!([{ "op": "remove", "path": "members" }])).await;
        assert_eq!(told(&unknown), (404, "", "scim_resource_unknown"));
    })
    .await;
}
