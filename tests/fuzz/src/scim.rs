//! What an outside directory sends by SCIM.

use std::sync::LazyLock;

use identity::decoders::scim;
use serde_json::{Value, json};

use crate::Target;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const WORDS: &[&str] = &[
    "userName",
    "displayName",
    "active",
    "groups",
    "members",
    "meta.lastModified",
    "externalId",
    " eq ",
    " co ",
    " gt ",
    " pr",
    " and ",
    " or ",
    "not (",
    ")",
    "[",
    "]",
    "[value eq \"S1\"]",
    ".value",
    "$ref",
    "true",
    "null",
    "\"op\":\"remove\"",
    "\"path\":",
    "\"value\":",
    ENTERPRISE,
    USER,
    ":",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "scim_filter",
        seeds: || {
            let filters = [
                "userName eq \"S1\" and (displayName co \"青\" or not (active eq false))",
                "groups[value eq \"tax\" and type eq \"direct\"] or externalId pr",
                "meta.lastModified gt \"2026-04-01T09:59:59+09:00\"",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"tax\"",
                "members[value sw \"S\"] and id ne \"x\"",
            ];
            filters.map(|filter| filter.as_bytes().to_vec()).to_vec()
        },
        words: WORDS,
        read: |input| text(input).is_some_and(|text| scim::filter(text, &RESOURCE)),
    },
    Target {
        name: "scim_path",
        seeds: || {
            let paths = ["members[value eq \"S1\"].display", "active", "groups.value"];
            paths.map(|path| path.as_bytes().to_vec()).to_vec()
        },
        words: WORDS,
        read: |input| text(input).is_some_and(scim::path),
    },
    Target {
        name: "scim_patch",
        seeds: || {
            let bodies = [
                json!([{ "op": "replace", "path": "active", "value": false }]),
                json!([{ "op": "add", "value": { "externalId": "e-1", ENTERPRISE: { "department": "roads" } } }]),
                json!([
                    { "op": "add", "path": "members", "value": [{ "value": "S3" }] },
                    { "op": "remove", "path": "members[value eq \"S9\"]" },
                ]),
            ];
            bodies
                .map(|all| json!({ "Operations": all }).to_string().into_bytes())
                .to_vec()
        },
        words: WORDS,
        read: |input| scim::patch(input, &RESOURCE),
    },
    Target {
        name: "scim_resource",
        seeds: || {
            let user = json!({
                "schemas": [USER, ENTERPRISE], "userName": "S1", "displayName": "青葉 花子",
                "userType": "regular", "active": "True", "externalId": "e-1",
                ENTERPRISE: { "department": "tax" },
            });
            [&user, &RESOURCE]
                .map(|one| one.to_string().into_bytes())
                .to_vec()
        },
        words: WORDS,
        read: scim::resource,
    },
    Target {
        name: "scim_search",
        seeds: || {
            let body = json!({
                "filter": "userName sw \"S\"", "startIndex": 1, "count": 20,
                "attributes": ["userName", "groups.value"], "excludedAttributes": [ENTERPRISE],
            });
            vec![body.to_string().into_bytes()]
        },
        words: WORDS,
        read: |input| scim::search(input, &RESOURCE),
    },
    Target {
        name: "scim_query",
        seeds: || {
            let queries = [
                "filter=userName%20eq%20%22S1%22&startIndex=2&count=5",
                "attributes=userName,groups.value&excludedAttributes=groups",
            ];
            queries.map(|query| query.as_bytes().to_vec()).to_vec()
        },
        words: WORDS,
        read: |input| text(input).is_some_and(|text| scim::query(text, &RESOURCE)),
    },
    Target {
        name: "scim_versions",
        seeds: || {
            ["*", "\"a\", W/\"b\", *"]
                .map(|one| one.as_bytes().to_vec())
                .to_vec()
        },
        words: &["W/", "\"", ",", "*"],
        read: |input| scim::versions(input, &RESOURCE),
    },
];

/// A user and a group in one.
static RESOURCE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "schemas": [USER, ENTERPRISE], "id": "S1", "userName": "S1", "displayName": "青葉 花子",
        "userType": "regular", "active": true, "externalId": "e-1",
        "groups": [{ "value": "tax", "type": "direct" }],
        "members": [{ "value": "S1", "type": "User" }, { "value": "S2", "type": "User" }],
        "meta": { "resourceType": "User", "lastModified": "2026-04-01T01:00:00Z" },
        ENTERPRISE: { "employeeNumber": "S1", "department": "tax" },
    })
});

fn text(input: &[u8]) -> Option<&str> {
    std::str::from_utf8(input).ok()
}
