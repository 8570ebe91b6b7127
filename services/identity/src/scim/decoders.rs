//! What an outside directory sends, as far as it can be read without knowing whom it is about.

use axum::{
    extract::Query,
    http::{HeaderMap, HeaderValue, Uri, header},
};
use serde_json::Value;

use super::{
    filter,
    listing::Listing,
    patch::Patch,
    resource,
    schema::{GROUP, Kind, USER},
    users::Wanted,
    version::{self, Expected},
};

/// A filter that means something for users or for groups, held against a resource.
pub fn filter(text: &str, resource: &Value) -> bool {
    let Ok(filter) = filter::parse(text) else {
        return false;
    };
    let tests = [&USER, &GROUP].map(|kind| filter.bind(kind).ok());
    let tests = tests.into_iter().flatten();
    let fits: Vec<bool> = tests.map(|test| test.matches(resource)).collect();
    !fits.is_empty()
}

/// The path of a PATCH operation.
pub fn path(text: &str) -> bool {
    filter::parse_path(text).is_ok()
}

/// The body of a PATCH, done to a user or a group that looks like this.
pub fn patch(body: &[u8], resource: &Value) -> bool {
    let Ok(patch) = Patch::read(body) else {
        return false;
    };
    let done = |kind: &Kind| {
        let mut patched = resource.clone();
        patch.apply(kind, &mut patched).ok()?;
        Some(patched)
    };
    let patched = [done(&USER), done(&GROUP)].into_iter().flatten();
    let read: Vec<bool> = patched.map(|one| Wanted::read(&one).is_ok()).collect();
    !read.is_empty()
}

/// A whole user, or a group.
pub fn resource(body: &[u8]) -> bool {
    let user = resource::read(&USER, body).and_then(|user| Wanted::read(&user));
    let group = resource::read(&GROUP, body);
    let versioned = group.as_ref().map(version::version);
    user.is_ok() || versioned.is_ok()
}

/// The body of a search.
pub fn search(body: &[u8], resource: &Value) -> bool {
    let listings = [&USER, &GROUP].map(|kind| Listing::of_body(kind, body));
    listed(listings.into_iter().flatten(), resource)
}

/// The query of a list.
pub fn query(text: &str, resource: &Value) -> bool {
    let Ok(uri) = format!("/?{text}").parse::<Uri>() else {
        return false;
    };
    let listings = [&USER, &GROUP].map(|kind| Listing::of_query(kind, Query::try_from_uri(&uri)));
    listed(listings.into_iter().flatten(), resource)
}

/// The value of `If-Match` or `If-None-Match`.
pub fn versions(value: &[u8], resource: &Value) -> bool {
    let Ok(value) = HeaderValue::from_bytes(value) else {
        return false;
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::IF_MATCH, value.clone());
    headers.insert(header::IF_NONE_MATCH, value);
    let known = version::has(&headers, &version::version(resource));
    Expected::of(&headers).check(resource).is_ok() && known
}

fn listed(listings: impl Iterator<Item = Listing>, resource: &Value) -> bool {
    let shown: Vec<_> = listings
        .map(|listing| {
            let fits = listing.test.as_ref().map(|test| test.matches(resource));
            (fits, listing.selection.of(resource.clone()))
        })
        .collect();
    !shown.is_empty()
}
