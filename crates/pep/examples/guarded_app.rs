//! A web application behind a checkpoint. Whoever is signed in at identity and may use SYS-001 is
//! greeted; others get 401 with what would be enough (RFC 9470), or 403 with the clauses.
//!
//! ```sh
//! cargo run --release -- up                                     # the platform, elsewhere
//! sekisho token --workload office-proxy > office-proxy.token    # renewed by whoever deploys it
//! cargo run -p sekisho-pep --example guarded_app -- office-proxy.token
//! curl -i -H "Authorization: Bearer $(sekisho sign-in S0073 --to-show)" http://127.0.0.1:8080/
//! ```

use std::sync::Arc;

use auth::{AUDIENCE, Issuer, Revocations, Verifier};
use axum::{Extension, Router, routing::get};
use kernel::SystemId;
use pep::{Access, Checkpoint, CheckpointLayer, Passed};
use rpc::client::{Credentials, channel};
use runtime::{
    SystemClock,
    config::{IssuerKind, TokenAlgorithm, TrustedIssuer},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    runtime::crypto::install();
    let token_file = std::env::args().nth(1).ok_or("name the token file")?;

    // Whose tokens are good: those of the platform's identity service.
    let identity = Issuer::from_config(&TrustedIssuer {
        issuer: "urn:sekisho:identity".to_owned(),
        audience: AUDIENCE.to_owned(),
        kind: IssuerKind::People,
        jwks_url: Some("http://127.0.0.1:7080/.well-known/jwks.json".to_owned()),
        jwks_file: None,
        algorithms: vec![TokenAlgorithm::Es256],
        jwks_bearer_file: None,
        jwks_ca_file: None,
        subjects: Default::default(),
    })?;
    let clock = Arc::new(SystemClock);
    let verifier = Verifier::new(clock.clone(), vec![identity], Revocations::default());

    // As whom we ask: the registered enforcement point.
    let ourselves = Credentials::file(token_file, clock);
    let checkpoint = Checkpoint::new(verifier, channel("http://127.0.0.1:7070", ourselves)?);

    let system: SystemId = "SYS-001".parse()?;
    let guard = CheckpointLayer::new(checkpoint, move |_| Access::to_use(system.clone()));
    let app = Router::new().route("/", get(greeting)).layer(guard);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn greeting(Extension(passed): Extension<Passed>) -> String {
    format!(
        "{} ({})\n",
        passed.principal.actor, passed.answer.decision_id
    )
}
