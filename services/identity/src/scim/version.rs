//! Versions of resources (RFC 7644, 3.14): of what is shown, so that whatever changes it (a day that
//! came, too) makes another one.

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::refused::Refused;

/// The version of a resource; what is said of it beside its attributes does not count.
pub(super) fn version(resource: &Value) -> String {
    let mut counted = resource.clone();
    if let Some(members) = counted.as_object_mut() {
        members.remove("meta");
    }
    let digest = Sha256::digest(counted.to_string().as_bytes());
    let short: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("W/\"{short}\"")
}

/// The versions that a caller expects a resource to have; none = whichever.
#[derive(Debug, Default)]
pub(super) struct Expected(Option<Vec<String>>);

impl Expected {
    /// From `If-Match`.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(named(headers, &header::IF_MATCH))
    }

    /// Goes on only if it is one of them.
    pub(super) fn check(&self, resource: &Value) -> Result<(), Refused> {
        match &self.0 {
            Some(expected) if !holds(expected, &version(resource)) => Err(Refused::Version),
            _ => Ok(()),
        }
    }
}

/// Whether the caller has this version already, by `If-None-Match`.
pub(super) fn has(headers: &HeaderMap, version: &str) -> bool {
    let known = named(headers, &header::IF_NONE_MATCH);
    known.is_some_and(|known| holds(&known, version))
}

/// The header that tells a version.
pub(super) fn tag(resource: &Value) -> Option<HeaderValue> {
    let version = resource.pointer("/meta/version")?.as_str()?;
    HeaderValue::from_str(version).ok()
}

fn named(headers: &HeaderMap, name: &header::HeaderName) -> Option<Vec<String>> {
    let values: Vec<_> = headers.get_all(name).iter().collect();
    if values.is_empty() {
        return None;
    }
    let texts = values.iter().filter_map(|value| value.to_str().ok());
    let tags = texts.flat_map(|text| text.split(',')).map(opaque);
    Some(tags.map(str::to_owned).collect())
}

fn holds(tags: &[String], version: &str) -> bool {
    let version = opaque(version);
    tags.iter().any(|tag| tag == "*" || tag == version)
}

/// A tag without its weakness: all of ours are weak.
fn opaque(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}
