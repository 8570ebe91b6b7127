//! Who is not let in, and what is sent wrongly.

use proto::{common::v1 as common, identity::v1 as wire};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use standard::Role;

use super::{ENTERPRISE, MORE, in_both, newcomer, told};
use crate::{journal::said, town::Town};

async fn as_bearer(town: &Town, token: &str, path: &str) -> super::Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-request-id", "case-7"),
    ];
    town.scim_as(Method::GET, path, &headers, String::new())
        .await
}

// Guarantee G8 holds on this port as on the other.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_machine_named_in_the_configuration_is_let_in() {
    in_both(async |town| {
        let nobody = town
            .scim_as(Method::GET, "/Users", &[], String::new())
            .await;
        assert_eq!(told(&nobody), (401, "", "token_missing"));
        assert_eq!(nobody.headers["www-authenticate"], "Bearer");
        let nonsense = as_bearer(town, "nonsense", "/Users").await;
        assert_eq!(told(&nonsense), (401, "", "token_malformed"));
        assert_eq!(nonsense.headers["x-request-id"], "case-7");

        let person = town.process.person_token("N1", "centre", &[Role::Ciso]);
        let gateway = town.process.workload_token("office");
        for token in [&person, &gateway] {
            for path in ["/Users", "/Users/S1", "/ServiceProviderConfig", "/nothing"] {
                let refused = as_bearer(town, token, path).await;
                assert_eq!(told(&refused), (403, "", "scim_client_unknown"), "{path}");
                assert_eq!(refused.body[MORE]["clauses"], json!(["7-2-(3)-2"]));
            }
        }
        let kept = said::<common::RequestRefused>(town).await;
        assert_eq!(kept.len(), 8, "each on record");
        assert!(kept.iter().all(|one| one.code == "scim_client_unknown"));
        // And it is let in nowhere else.
        let idm = town.process.bearer(town.process.workload_token("idm"));
        let stop = wire::DisableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "x".to_owned(),
        };
        let refused = town.accounts(idm).disable_account(stop).await;
        let refused = testkit::refused(&refused.expect_err("refused"));
        assert_eq!(refused.code, "person_required");
    })
    .await;
}

// Guarantee G10: everything at fault is named, in the caller's language, and leaves no trace.
#[tokio::test(flavor = "multi_thread")]
async fn every_value_at_fault_is_named_and_nothing_is_kept() {
    in_both(async |town| {
        let wrong = json!({
            "userName": "a b",
            "displayName": 7,
            "userType": "temporary",
            "active": "perhaps",
            ENTERPRISE: { "department": "x/y" },
        });
        for (accepted, language) in [("fr", "ja"), ("en-GB,ja;q=0.5", "en")] {
            let header = ("accept-language", accepted);
            let answer = town
                .scim_with(Method::POST, "/Users", header, wrong.clone())
                .await;
            assert_eq!(answer.headers["content-language"], language);
            assert_eq!(told(&answer), (400, "invalidValue", "scim_values_invalid"));
            let detail = answer.body["detail"].as_str().expect("words");
            for name in [
                "userName: ",
                "displayName: ",
                "userType: ",
                "active: ",
                "department: ",
            ] {
                assert!(detail.contains(name), "{name} in {detail}");
            }
        }
        let unknown = town
            .scim(Method::POST, "/Users", newcomer("S7", "none"))
            .await;
        assert_eq!(
            told(&unknown),
            (400, "invalidValue", "person_section_unknown")
        );
        assert_eq!(unknown.headers["content-language"], "ja");
        assert_eq!(told(&town.user("S7").await).0, 404, "nothing of it is kept");
        let renamed = town
            .scim(Method::PUT, "/Users/S1", newcomer("S2", "tax"))
            .await;
        assert_eq!(told(&renamed), (400, "mutability", "scim_attribute_fixed"));
        let nameless = json!([{ "op": "remove", "path": "displayName" }]);
        let nameless = town.patch_user("S1", nameless).await;
        assert_eq!(told(&nameless), (400, "invalidValue", "required"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_an_error_of_the_right_kind_and_never_more() {
    in_both(async |town| {
        let token = format!("Bearer {}", town.process.workload_token("idm"));
        let headers = [("authorization", token.as_str())];
        for nonsense in ["", "{", "[]", "null", "7", "\u{0}", &"[".repeat(10_000)] {
            for (method, path) in [
                (Method::POST, "/Users"),
                (Method::PUT, "/Users/S1"),
                (Method::PATCH, "/Users/S1"),
                (Method::PATCH, "/Groups/tax"),
            ] {
                let answer = town
                    .scim_as(method, path, &headers, nonsense.to_owned())
                    .await;
                assert_eq!(
                    told(&answer),
                    (400, "invalidSyntax", "scim_body_unreadable"),
                    "{nonsense:.20}"
                );
            }
        }
        let long = format!("\"{}\"", "x".repeat(2 << 20));
        let answer = town.scim_as(Method::POST, "/Users", &headers, long).await;
        assert_eq!(told(&answer), (413, "", "scim_body_too_large"));
        for (query, code) in [
            ("filter=userName%20eq", "scim_filter_unreadable"),
            ("filter=%28%28%28", "scim_filter_unreadable"),
            ("filter=nickName%20pr", "scim_filter_unsupported"),
            ("filter=active%20gt%20true", "scim_filter_unsupported"),
            ("filter=%FF", "scim_filter_unreadable"),
        ] {
            let answer = town
                .scim(Method::GET, &format!("/Users?{query}"), Value::Null)
                .await;
            assert_eq!(told(&answer), (400, "invalidFilter", code), "{query}");
        }
        for query in ["startIndex=one", "count=1e3"] {
            let answer = town
                .scim(Method::GET, &format!("/Users?{query}"), Value::Null)
                .await;
            assert_eq!(
                told(&answer),
                (400, "invalidSyntax", "scim_body_unreadable"),
                "{query}"
            );
        }
        for (method, path, status) in [
            (Method::GET, "/Users/no%20body", 404),
            (Method::GET, "/Users/%FF", 404),
            (Method::GET, "/Users/S1/more", 404),
            (Method::GET, "/Nothing", 404),
            (Method::POST, "/Users/S1", 404),
            (Method::POST, "/Bulk", 501),
            (Method::GET, "/Me", 501),
        ] {
            let answer = town.scim(method, path, Value::Null).await;
            assert_eq!(told(&answer).0, status, "{path}");
        }
        assert_eq!(town.user("S1").await.status, StatusCode::OK);
    })
    .await;
}
