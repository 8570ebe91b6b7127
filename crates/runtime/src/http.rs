//! The operations port: `/metrics`, `/healthz`, `/readyz`, and what services add to it.

mod client;
mod places;
mod port;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};

use crate::{Readiness, metrics};
pub use client::Client;
pub use places::network;
pub use port::{Port, Speech, Turned};

/// The house's own routes.
pub fn router(readiness: Readiness) -> Router {
    Router::new()
        .route("/metrics", get(exposition))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

async fn exposition() -> impl IntoResponse {
    match metrics::exposition() {
        Ok(text) => (
            StatusCode::OK,
            [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
            text,
        ),
        Err(error) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            format!("{error}\n"),
        ),
    }
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, String) {
    if readiness.is_ready() {
        return (StatusCode::OK, "ready\n".into());
    }
    let waiting = readiness.waiting_for().join("\n");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("waiting for:\n{waiting}\n"),
    )
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(router: &Router, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = router.clone().oneshot(request).await.expect("an answer");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a body");
        let text = String::from_utf8(body.to_bytes().to_vec()).expect("text");
        (status, text)
    }

    #[tokio::test]
    async fn readiness_names_what_is_missing_while_health_is_well() {
        let readiness = Readiness::default();
        let database = readiness.require("ledger: database");
        let router = router(readiness);
        assert_eq!(ask(&router, "/healthz").await.0, StatusCode::OK);
        let (status, body) = ask(&router, "/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("ledger: database"), "{body}");
        database.met();
        assert_eq!(ask(&router, "/readyz").await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn what_is_counted_is_on_the_metrics_page() {
        metrics::rpc().record("/t.v1.T/HttpTest", "OK", 0.002);
        let (status, body) = ask(&router(Readiness::default()), "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        let line = body
            .lines()
            .find(|line| {
                line.starts_with("sekisho_rpc_requests_total") && line.contains("HttpTest")
            })
            .expect("a line for the request");
        assert!(line.contains("code=\"OK\""), "{line}");
        assert!(line.ends_with(" 1"), "{line}");
    }
}
