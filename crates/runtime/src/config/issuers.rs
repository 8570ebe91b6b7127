//! Whose tokens the process accepts, beside those of this platform's own workload key.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::is_http_uri;

/// A trusted issuer of tokens. Exactly one of `jwks_url` and `jwks_file` is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuer {
    /// The exact `iss` of its tokens.
    pub issuer: String,
    /// The `aud` its tokens must carry.
    #[serde(default = "default_audience")]
    pub audience: String,
    /// Whom it speaks for.
    pub kind: IssuerKind,
    /// Where its public keys are fetched from.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// A file with its public keys (a JWK set).
    #[serde(default)]
    pub jwks_file: Option<PathBuf>,
    /// The signature algorithms it may use. People's tokens are ES256 only.
    #[serde(default = "default_algorithms")]
    pub algorithms: Vec<TokenAlgorithm>,
    /// A file with the bearer token that fetching the keys needs (a Kubernetes cluster's JWKS).
    #[serde(default)]
    pub jwks_bearer_file: Option<PathBuf>,
    /// A file with the certificate authority (PEM) of `jwks_url`; none = the system's.
    #[serde(default)]
    pub jwks_ca_file: Option<PathBuf>,
    /// Workloads only: whom each `sub` stands for, `service/ledger` or `workload/vdi-gateway`.
    /// A subject not named here is the workload of its own name and never a service.
    #[serde(default)]
    pub subjects: BTreeMap<String, String>,
}

/// Whom an issuer speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssuerKind {
    /// People: `at+jwt` access tokens (RFC 9068).
    People,
    /// Machines: workload tokens.
    Workload,
}

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TokenAlgorithm {
    /// ECDSA P-256 with SHA-256.
    Es256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
}

fn default_audience() -> String {
    "sekisho".into()
}

fn default_algorithms() -> Vec<TokenAlgorithm> {
    vec![TokenAlgorithm::Es256]
}

pub(crate) fn check(issuers: &[TrustedIssuer], problem: &mut impl FnMut(&str, String)) {
    let mut seen = BTreeSet::new();
    for (at, issuer) in issuers.iter().enumerate() {
        let mut wrong =
            |key: &str, reason: String| problem(&format!("issuers[{at}].{key}"), reason);
        if issuer.issuer.is_empty() {
            wrong("issuer", "must not be empty".into());
        }
        if !seen.insert(&issuer.issuer) {
            wrong("issuer", format!("{:?} is named twice", issuer.issuer));
        }
        if issuer.audience.is_empty() {
            wrong("audience", "must not be empty".into());
        }
        if issuer.jwks_url.is_some() == issuer.jwks_file.is_some() {
            wrong("jwks_url", "give either jwks_url or jwks_file".into());
        }
        if let Some(url) = &issuer.jwks_url
            && !is_http_uri(url)
        {
            wrong("jwks_url", format!("{url:?} is not an http or https URL"));
        }
        if issuer.algorithms.is_empty() {
            wrong("algorithms", "name at least one".into());
        }
        if issuer.kind == IssuerKind::People {
            if issuer.algorithms != [TokenAlgorithm::Es256] {
                wrong("algorithms", "people's tokens are signed with ES256".into());
            }
            if !issuer.subjects.is_empty() {
                wrong("subjects", "only a workload issuer has them".into());
            }
        }
        for (subject, actor) in &issuer.subjects {
            let known = actor
                .split_once('/')
                .is_some_and(|(kind, id)| matches!(kind, "service" | "workload") && !id.is_empty());
            if !known {
                wrong(
                    &format!("subjects.{subject:?}"),
                    format!("{actor:?} is neither service/NAME nor workload/NAME"),
                );
            }
        }
    }
}
