use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::scim::schema::{ENTERPRISE, GROUP, USER};

fn user() -> Value {
    json!({
        "schemas": [USER.schema.id, ENTERPRISE.id],
        "id": "S1",
        "userName": "S1",
        "displayName": "Aoba Hanako",
        "userType": "regular",
        "active": true,
        "groups": [{ "value": "tax", "type": "direct" }],
        "meta": { "resourceType": "User" },
        ENTERPRISE.id: { "employeeNumber": "S1", "department": "tax" },
    })
}

fn group() -> Value {
    json!({
        "schemas": [GROUP.schema.id],
        "id": "tax",
        "displayName": "Tax",
        "members": [{ "value": "S1", "type": "User" }, { "value": "S2", "type": "User" }],
    })
}

fn done(kind: &Kind, mut resource: Value, operations: Value) -> Result<Value, Refused> {
    let body = json!({ "Operations": operations }).to_string();
    Patch::read(body.as_bytes())?.apply(kind, &mut resource)?;
    Ok(resource)
}

#[test]
fn an_attribute_is_set_by_path_or_as_a_member_in_any_spelling() {
    let department = format!("{}:department", ENTERPRISE.id);
    for (operation, pointer, expected) in [
        (
            json!({ "op": "replace", "path": "active", "value": false }),
            "/active",
            json!(false),
        ),
        (
            json!({ "op": "Replace", "path": "active", "value": "False" }),
            "/active",
            json!(false),
        ),
        (
            json!({ "OP": "ADD", "Path": "ACTIVE", "Value": "false" }),
            "/active",
            json!(false),
        ),
        (
            json!({ "op": "replace", "value": { "active": false } }),
            "/active",
            json!(false),
        ),
        (
            json!({ "op": "add", "path": "externalId", "value": "e-1" }),
            "/externalId",
            json!("e-1"),
        ),
        (
            json!({ "op": "replace", "path": "userName", "value": "S1" }),
            "/userName",
            json!("S1"),
        ),
        (
            json!({ "op": "replace", "path": department, "value": "roads" }),
            "department",
            json!("roads"),
        ),
        (
            json!({ "op": "replace", "value": { department: "roads" } }),
            "department",
            json!("roads"),
        ),
        (
            json!({ "op": "replace", "value": { ENTERPRISE.id: { "department": "roads" } } }),
            "department",
            json!("roads"),
        ),
        (
            json!({ "op": "add", "path": ENTERPRISE.id, "value": { "department": "roads" } }),
            "department",
            json!("roads"),
        ),
        // What is not known, or not changed from outside, is passed over among others.
        (
            json!({ "op": "replace", "value": { "id": "S9", "title": "Chief", "displayName": "B" } }),
            "/displayName",
            json!("B"),
        ),
    ] {
        let patched = done(&USER, user(), json!([operation]));
        let patched = patched.unwrap_or_else(|refused| panic!("{operation}: {refused:?}"));
        let found = match pointer {
            "department" => &patched[ENTERPRISE.id]["department"],
            pointer => patched.pointer(pointer).unwrap_or(&Value::Null),
        };
        assert_eq!(found, &expected, "{operation}");
        assert_eq!(patched["id"], "S1");
    }
    let removed = done(
        &USER,
        user(),
        json!([{ "op": "remove", "path": "displayName" }]),
    );
    assert!(removed.expect("removed").get("displayName").is_none());
}

#[test]
fn values_of_a_list_are_added_once_and_taken_out_by_what_they_are() {
    let members = |operations| -> Result<Vec<String>, Refused> {
        let patched = done(&GROUP, group(), operations)?;
        let members = patched["members"].as_array().expect("a list").iter();
        let values = members.map(|one| one["value"].as_str().expect("a text").to_owned());
        Ok(values.collect())
    };
    for (operation, expected) in [
        (
            json!({ "op": "add", "path": "members", "value": [{ "value": "S3" }, { "value": "S1" }] }),
            &["S1", "S2", "S3"][..],
        ),
        (
            json!({ "op": "add", "value": { "members": { "VALUE": "S3" } } }),
            &["S1", "S2", "S3"],
        ),
        (
            json!({ "op": "replace", "path": "members", "value": [{ "value": "S3" }] }),
            &["S3"],
        ),
        (
            json!({ "op": "remove", "path": "members[value eq \"S1\"]" }),
            &["S2"],
        ),
        (
            json!({ "op": "remove", "path": "members[value eq \"S1\" or display sw \"x\"]" }),
            &["S2"],
        ),
        (
            json!({ "op": "remove", "path": "members[value eq \"S9\"]" }),
            &["S1", "S2"],
        ),
        (
            json!({ "op": "Remove", "path": "members", "value": [{ "value": "S2" }] }),
            &["S1"],
        ),
        (json!({ "op": "remove", "path": "members" }), &[]),
        (
            json!({ "op": "replace", "path": "members[value eq \"S1\"]", "value": { "value": "S4" } }),
            &["S4", "S2"],
        ),
    ] {
        let found = members(json!([operation]));
        assert_eq!(found.expect("done"), expected, "{operation}");
    }
}

#[test]
fn what_cannot_be_done_is_refused_in_the_right_words() {
    for (operation, code) in [
        (
            json!({ "op": "move", "path": "active" }),
            "scim_body_unreadable",
        ),
        (
            json!({ "op": "replace", "value": true }),
            "scim_body_unreadable",
        ),
        (
            json!({ "op": "add", "path": "active" }),
            "scim_body_unreadable",
        ),
        (json!("replace"), "scim_body_unreadable"),
        (json!({ "op": "remove" }), "scim_no_target"),
        (
            json!({ "op": "replace", "path": 1, "value": 1 }),
            "scim_path_unknown",
        ),
        (
            json!({ "op": "replace", "path": "a b", "value": 1 }),
            "scim_path_unknown",
        ),
        (
            json!({ "op": "replace", "path": "title", "value": "x" }),
            "scim_path_unknown",
        ),
        (
            json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" }),
            "scim_path_unknown",
        ),
        (
            json!({ "op": "replace", "path": "active[value eq 1]", "value": 1 }),
            "scim_path_unknown",
        ),
        (
            json!({ "op": "replace", "path": "id", "value": "S2" }),
            "scim_attribute_fixed",
        ),
        (
            json!({ "op": "replace", "path": "meta.version", "value": "" }),
            "scim_attribute_fixed",
        ),
        (
            json!({ "op": "replace", "path": "userName", "value": "S2" }),
            "scim_attribute_fixed",
        ),
        (
            json!({ "op": "remove", "path": "userName" }),
            "scim_attribute_fixed",
        ),
        (
            json!({ "op": "replace", "value": { "userName": "S2" } }),
            "scim_attribute_fixed",
        ),
        (
            json!({ "op": "remove", "path": "groups[value eq \"tax\"]" }),
            "scim_attribute_fixed",
        ),
    ] {
        let refused = done(&USER, user(), json!([operation]));
        assert_eq!(refused.expect_err("refused").code(), code, "{operation}");
    }
    let nobody = json!({ "op": "replace", "path": "members[value eq \"S9\"]", "value": {} });
    let display =
        json!({ "op": "replace", "path": "members[value eq \"S1\"].display", "value": "x" });
    let nonsense = json!({ "op": "remove", "path": "members[shoe pr]" });
    for (operation, code) in [
        (nobody, "scim_no_target"),
        (display, "scim_attribute_fixed"),
        (nonsense, "scim_filter_unsupported"),
    ] {
        let refused = done(&GROUP, group(), json!([operation]));
        assert_eq!(refused.expect_err("refused").code(), code, "{operation}");
    }
}

#[test]
fn more_than_a_request_needs_is_refused_before_it_is_done() {
    let one = json!({ "op": "replace", "path": "active", "value": true });
    let many = vec![one; MAX_OPERATIONS + 1];
    let members = vec![json!({ "value": "S1" }); MAX_VALUES + 1];
    let large = json!([{ "op": "add", "path": "members", "value": members }]);
    for operations in [json!([]), json!(many), large] {
        let refused = done(&GROUP, group(), operations).expect_err("refused");
        assert_eq!(refused.code(), "scim_body_unreadable");
    }
}

/// Any JSON, more of it with the words of a patch.
fn value() -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(vec![
        "op",
        "path",
        "value",
        "Operations",
        "add",
        "replace",
        "remove",
        "members",
        "active",
        "groups",
        "userName",
        "externalId",
        "displayName",
        "members[value eq \"S1\"]",
        "$ref",
        "members[value pr].type",
        "not (",
        "urn:ietf:params:scim:schemas:core:2.0:User:active",
    ]);
    let word = prop_oneof![3 => word.prop_map(str::to_owned), 1 => ".{0,12}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        Just(json!(ENTERPRISE.id)),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(word.clone(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let op = proptest::sample::select(vec!["add", "replace", "remove"]);
    (op, value(), value()).prop_map(|(op, path, value)| match path {
        Value::Null => json!({ "op": op, "value": value }),
        path => json!({ "op": op, "path": path, "value": value }),
    })
}

proptest! {
    #[test]
    fn whatever_is_sent_it_is_done_or_refused_and_never_a_panic(
        operations in prop_oneof![
            value(),
            proptest::collection::vec(operation(), 1..6).prop_map(Value::from),
        ],
        text in ".{0,100}",
    ) {
        let _ = Patch::read(text.as_bytes());
        for (kind, resource) in [(&USER, user()), (&GROUP, group())] {
            let before = resource.clone();
            if let Ok(after) = done(kind, resource, operations.clone()) {
                // What nobody outside changes is as it was.
                prop_assert_eq!(&after["id"], &before["id"]);
                prop_assert_eq!(&after["groups"], &before["groups"]);
                prop_assert_eq!(&after["userName"], &before["userName"]);
                prop_assert_eq!(
                    &after[ENTERPRISE.id]["employeeNumber"],
                    &before[ENTERPRISE.id]["employeeNumber"]
                );
            }
        }
    }
}
