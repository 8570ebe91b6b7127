//! A whole life: comes, is changed, is stopped, goes on, moves, leaves, comes back.

use proto::{
    common::v1 as common,
    identity::v1::{self as wire, AccessOutcome, access_decision_client::AccessDecisionClient},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{eventually, refused};

use super::{ENTERPRISE, in_both, newcomer, told};
use crate::{
    journal::said,
    movers,
    town::{PASSWORD, Town},
};

/// The person may use SYS-1 from the office.
async fn entitled(town: &Town, person: &str) {
    town.system("SYS-1").await;
    movers::entitled(town, &format!("職員番号,システム番号\n{person},SYS-1\n")).await;
    town.office().await;
    // What begins with a transfer would be the new section's.
    town.later(1);
}

async fn evaluated(town: &Town, token: &str) -> wire::AccessAnswer {
    let request = wire::EvaluateRequest {
        subject_token: token.to_owned(),
        question: Some(wire::AccessQuestion {
            system_id: "SYS-1".to_owned(),
            action: wire::AccessAction::Use.into(),
            ..wire::AccessQuestion::default()
        }),
    };
    let mut decisions = AccessDecisionClient::new(town.process.workload("office"));
    let answer = decisions.evaluate(request).await.expect("an answer");
    answer.into_inner().answer.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_from_outside_ends_the_live_session_at_once_and_a_release_lets_in_anew_7_2_9_1() {
    in_both(async |town| {
        let created = town
            .scim(Method::POST, "/Users", newcomer("S7", "tax"))
            .await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
        entitled(town, "S7").await;
        let person = town.with_password("S7").await;
        let token = &person.grant.access_token;
        eventually("let in", async || {
            let answer = evaluated(town, token).await;
            (answer.outcome() == AccessOutcome::Allow).then_some(())
        })
        .await;
        assert_eq!(town.active(token).await["active"], true);

        // As some clients write it.
        let stop = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
        let stopped = town.patch_user("S7", stop.clone()).await;
        assert_eq!(stopped.status, StatusCode::OK, "{}", stopped.body);
        assert_eq!(stopped.body["active"], false);
        // Nothing is waited for.
        let answer = evaluated(town, token).await;
        assert_eq!(answer.outcome(), AccessOutcome::Deny);
        assert_eq!(town.active(token).await, json!({ "active": false }));
        let again = town.sign_in("S7", PASSWORD).await;
        assert_eq!(
            refused(&again.expect_err("stopped")).code,
            "sign_in_refused"
        );
        assert_eq!(town.found("Users", "active eq false").await, ["S7"]);
        let repeated = town.patch_user("S7", stop).await;
        assert_eq!(
            repeated.headers["etag"], stopped.headers["etag"],
            "a repeat"
        );
        assert_eq!(said::<wire::AccountDisabled>(town).await.len(), 1);

        let release = json!([{ "op": "replace", "value": { "active": true } }]);
        let released = town.patch_user("S7", release).await;
        assert_eq!(released.body["active"], true);
        let answer = evaluated(town, token).await;
        assert_eq!(
            answer.outcome(),
            AccessOutcome::Deny,
            "old tokens stay dead"
        );
        let grant = town.sign_in("S7", PASSWORD).await.expect("in again");
        eventually("let in anew", async || {
            let answer = evaluated(town, &grant.access_token).await;
            (answer.outcome() == AccessOutcome::Allow).then_some(())
        })
        .await;

        let gone = town.scim(Method::DELETE, "/Users/S7", Value::Null).await;
        assert_eq!(
            (gone.status, &gone.body),
            (StatusCode::NO_CONTENT, &Value::Null)
        );
        let answer = evaluated(town, &grant.access_token).await;
        assert_eq!(answer.outcome(), AccessOutcome::Deny);
        let unknown = town.user("S7").await;
        assert_eq!(told(&unknown), (404, "", "scim_resource_unknown"));
        assert_eq!(
            town.found("Users", "userName eq \"S7\"").await,
            Vec::<String>::new()
        );
        assert_eq!(said::<wire::PersonLeft>(town).await.len(), 1, "on record");
        assert_eq!(said::<wire::EntitlementEnded>(town).await.len(), 1);

        let back = town
            .scim(Method::POST, "/Users", newcomer("S7", "roads"))
            .await;
        assert_eq!(back.status, StatusCode::CREATED, "{}", back.body);
        assert_eq!(back.body["groups"][0]["value"], "roads");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_by_scim_is_registered_as_by_a_table_of_staff_7_2_9_1() {
    in_both(async |town| {
        let created = town
            .scim(Method::POST, "/Users", newcomer("S7", "tax"))
            .await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
        let location = created.headers["location"].to_str().expect("an address");
        assert!(location.ends_with("/scim/v2/Users/S7"), "{location}");
        assert_eq!(created.body["meta"]["location"], location);
        assert_eq!(
            created.headers["etag"],
            created.body["meta"]["version"].as_str().expect("one")
        );
        for (pointer, expected) in [
            ("/id", json!("S7")),
            ("/userName", json!("S7")),
            ("/externalId", json!("idm-S7")),
            ("/displayName", json!("広瀬 三郎")),
            ("/userType", json!("regular")),
            ("/active", json!(true)),
            ("/groups/0/value", json!("tax")),
            ("/meta/resourceType", json!("User")),
            ("/emails", Value::Null),
        ] {
            let found = created.body.pointer(pointer).unwrap_or(&Value::Null);
            assert_eq!(found, &expected, "{pointer}");
        }
        assert_eq!(
            created.body[ENTERPRISE],
            json!({ "employeeNumber": "S7", "department": "tax" })
        );
        assert_eq!(town.user("S7").await.body, created.body);

        let registered = said::<wire::PersonRegistered>(town).await;
        let last = registered.last().expect("registered");
        assert_eq!((&*last.person_id, &*last.section_id), ("S7", "tax"));
        let linked = said::<wire::PersonLinked>(town).await;
        assert_eq!((linked.len(), &*linked[0].external_id), (1, "idm-S7"));
        let again = town
            .scim(Method::POST, "/Users", newcomer("S7", "tax"))
            .await;
        assert_eq!(told(&again), (409, "uniqueness", "scim_user_exists"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_department_is_a_transfer_that_ends_what_was_held_before_7_2_9_1() {
    in_both(async |town| {
        entitled(town, "M1").await;
        let path = format!("{ENTERPRISE}:department");
        let moves = json!([
            { "op": "replace", "path": path, "value": "roads" },
            { "op": "add", "path": "externalId", "value": "e-1" },
        ]);
        let moved = town.patch_user("M1", moves.clone()).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
        assert_eq!(moved.body["groups"][0]["value"], "roads");
        assert_eq!(town.post("tax-head").await.holder_id, "");
        assert_eq!(said::<wire::EntitlementEnded>(town).await.len(), 1);
        let transferred = said::<wire::PersonTransferred>(town).await;
        assert_eq!(
            (transferred.len(), &*transferred[0].section_id),
            (1, "roads")
        );
        let again = town.patch_user("M1", moves).await;
        assert_eq!(again.body, moved.body, "a repeat");
        assert_eq!(said::<wire::PersonTransferred>(town).await.len(), 1);

        // A whole resource takes back what it does not say, where that can be.
        let mut whole = newcomer("M1", "roads");
        whole["displayName"] = json!("泉 部長");
        whole
            .as_object_mut()
            .expect("an object")
            .remove("externalId");
        let replaced = town.scim(Method::PUT, "/Users/M1", whole).await;
        assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.body);
        assert_eq!(replaced.body["displayName"], "泉 部長");
        assert_eq!(replaced.body.get("externalId"), None);
        assert_eq!(said::<wire::PersonTransferred>(town).await.len(), 1);
    })
    .await;
}

// However often the directory says that everybody is active.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_stopped_here_is_not_let_go_on_from_outside_and_that_is_on_record_7_2_9_1() {
    in_both(async |town| {
        town.with_password("S1").await;
        let request = wire::DisableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "調査中".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts.disable_account(request).await.expect("stopped");
        assert_eq!(town.user("S1").await.body["active"], false);
        let release = json!([
            { "op": "replace", "path": "active", "value": true },
            { "op": "replace", "path": "displayName", "value": "別名" },
        ]);
        let refused = town.patch_user("S1", release).await;
        assert_eq!(told(&refused), (409, "", "account_stopped_here"));
        assert_eq!(refused.body[super::MORE]["clauses"], json!(["7-2-(9)-1"]));
        assert_eq!(
            town.user("S1").await.body["displayName"],
            "青葉 花子",
            "nothing of it"
        );
        let kept = said::<common::RequestRefused>(town).await;
        let last = kept.last().expect("on record");
        assert_eq!(
            (&*last.method, &*last.code, &*last.subject),
            ("PATCH /scim/v2/Users/S1", "account_stopped_here", "S1")
        );
        let renamed = json!([{ "op": "replace", "path": "displayName", "value": "別名" }]);
        let renamed = town.patch_user("S1", renamed).await;
        assert_eq!(
            (&renamed.body["displayName"], &renamed.body["active"]),
            (&json!("別名"), &json!(false))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_stopped_before_having_an_account_cannot_enrol() {
    in_both(async |town| {
        let mut one = newcomer("S7", "tax");
        one["active"] = json!(false);
        let created = town.scim(Method::POST, "/Users", one).await;
        assert_eq!(
            (created.status, &created.body["active"]),
            (StatusCode::CREATED, &json!(false))
        );
        let open = || async {
            let request = wire::OpenEnrolmentRequest {
                person_id: "S7".to_owned(),
            };
            let mut accounts = town.accounts(town.platform());
            accounts.open_enrolment(request).await
        };
        let stopped = open().await.expect_err("stopped");
        assert_eq!(refused(&stopped).code, "account_is_disabled");
        let release = json!([{ "op": "replace", "path": "active", "value": true }]);
        assert_eq!(town.patch_user("S7", release).await.status, StatusCode::OK);
        open().await.expect("opened");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_overtaken_changes_nothing() {
    in_both(async |town| {
        let first = town.user("S1").await;
        let tag = first.headers["etag"].to_str().expect("a tag");
        let same = town
            .scim_with(
                Method::GET,
                "/Users/S1",
                ("if-none-match", tag),
                Value::Null,
            )
            .await;
        assert_eq!(
            (same.status, &same.body),
            (StatusCode::NOT_MODIFIED, &Value::Null)
        );
        let rename = |name: &str| {
            super::patch(json!([{ "op": "replace", "path": "displayName", "value": name }]))
        };
        let renamed = town
            .scim_with(Method::PATCH, "/Users/S1", ("if-match", tag), rename("A"))
            .await;
        assert_eq!(renamed.status, StatusCode::OK);
        assert_ne!(renamed.headers["etag"], first.headers["etag"]);
        for (method, body) in [
            (Method::PATCH, rename("B")),
            (Method::PUT, newcomer("S1", "tax")),
            (Method::DELETE, Value::Null),
        ] {
            let late = town
                .scim_with(method, "/Users/S1", ("if-match", tag), body)
                .await;
            assert_eq!(told(&late), (412, "", "scim_version_changed"));
        }
        assert_eq!(town.user("S1").await.body["displayName"], "A");
        let any = town
            .scim_with(Method::PATCH, "/Users/S1", ("if-match", "*"), rename("C"))
            .await;
        assert_eq!(any.body["displayName"], "C");
    })
    .await;
}
