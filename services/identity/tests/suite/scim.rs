//! SCIM over real HTTP, as an identity management system speaks it.

#[path = "scim/groups.rs"]
mod groups;
#[path = "scim/life.rs"]
mod life;
#[path = "scim/lists.rs"]
mod lists;
#[path = "scim/refusals.rs"]
mod refusals;

use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use testkit::Engine;

use crate::town::Town;

pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// What an error of ours says beside what SCIM knows of.
pub(super) const MORE: &str = "urn:sekisho:params:scim:api:messages:2.0:Error";

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Null when there is none.
    pub(super) body: Value,
}

/// Runs a test on SQLite and on PostgreSQL, where the workload `idm` keeps people.
pub(super) async fn in_both(test: impl AsyncFn(&Town)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let town = Town::configured(engine, |config| {
            config.identity.scim.clients = vec!["idm".to_owned()];
        })
        .await;
        test(&town).await;
        town.process.stop().await;
    }
}

impl Town {
    pub(super) async fn scim(&self, method: Method, path: &str, body: Value) -> Answer {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let token = self.process.workload_token("idm");
        let token = format!("Bearer {token}");
        self.scim_as(method, path, &[("authorization", &token)], body)
            .await
    }

    pub(super) async fn scim_with(
        &self,
        method: Method,
        path: &str,
        (name, value): (&str, &str),
        body: Value,
    ) -> Answer {
        let token = self.process.workload_token("idm");
        let token = format!("Bearer {token}");
        let headers = [("authorization", token.as_str()), (name, value)];
        self.scim_as(method, path, &headers, body.to_string()).await
    }

    pub(super) async fn scim_as(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        runtime::crypto::install();
        let uri = format!("{}/scim/v2{path}", self.process.http_uri());
        let mut request = Client::new().request(method, uri).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("text");
        if !text.is_empty() {
            assert_eq!(headers["content-type"], "application/scim+json", "{text}");
        }
        assert_eq!(headers["cache-control"], "no-store");
        Answer {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    pub(super) async fn user(&self, id: &str) -> Answer {
        self.scim(Method::GET, &format!("/Users/{id}"), Value::Null)
            .await
    }

    pub(super) async fn patch_user(&self, id: &str, operations: Value) -> Answer {
        let path = format!("/Users/{id}");
        self.scim(Method::PATCH, &path, patch(operations)).await
    }

    /// The ids that a filter finds.
    pub(super) async fn found(&self, kind: &str, filter: &str) -> Vec<String> {
        let answer = self.search(kind, json!({ "filter": filter })).await;
        assert_eq!(answer.status, StatusCode::OK, "{filter}: {}", answer.body);
        let ids = ids(&answer);
        assert_eq!(answer.body["totalResults"], ids.len(), "{filter}");
        ids
    }

    pub(super) async fn search(&self, kind: &str, asked: Value) -> Answer {
        self.scim(Method::POST, &format!("/{kind}/.search"), asked)
            .await
    }
}

pub(super) fn ids(answer: &Answer) -> Vec<String> {
    let listed = answer.body["Resources"].as_array().expect("a list").iter();
    listed
        .map(|one| one["id"].as_str().expect("an id").to_owned())
        .collect()
}

pub(super) fn patch(operations: Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    })
}

/// Somebody to come, as an identity management system says it.
pub(super) fn newcomer(id: &str, section: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "userName": id,
        "externalId": format!("idm-{id}"),
        "displayName": "広瀬 三郎",
        "name": { "familyName": "広瀬", "givenName": "三郎" },
        "emails": [{ "value": "s@example.jp" }],
        ENTERPRISE: { "department": section },
    })
}

/// Status, SCIM's word and our code.
pub(super) fn told(answer: &Answer) -> (u16, &str, &str) {
    let schema = &answer.body["schemas"][0];
    assert_eq!(schema, "urn:ietf:params:scim:api:messages:2.0:Error");
    assert_eq!(answer.body["status"], answer.status.as_str());
    assert!(!answer.body["detail"].as_str().expect("words").is_empty());
    (
        answer.status.as_u16(),
        answer.body["scimType"].as_str().unwrap_or(""),
        answer.body[MORE]["code"].as_str().expect("a code"),
    )
}
