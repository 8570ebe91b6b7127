//! What every page tells the browser not to do.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use runtime::config::PagesSection;

/// Nothing from elsewhere, nothing inline, no frame around it, no form to anywhere else.
const CONTENT: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/// Two years of TLS only, for this host.
const TRANSPORT: &str = "max-age=63072000";

/// What depends on where the pages are.
#[derive(Clone)]
pub(super) struct Policy {
    content: HeaderValue,
    /// Browsers are held to TLS.
    https: bool,
}

impl Policy {
    pub(super) fn of(section: &PagesSection) -> Self {
        Self {
            content: HeaderValue::from_static(CONTENT),
            https: section.is_https(),
        }
    }

    /// At the card door, whose forms end at the pages: browsers ask of each redirect, too, whether a
    /// form may go there.
    pub(super) fn at_door(section: &PagesSection) -> Self {
        let content = HeaderValue::try_from(format!("{CONTENT} {}", section.origin));
        let own = Self::of(section);
        Self {
            content: content.unwrap_or(own.content),
            ..own
        }
    }
}

/// Adds the headers to whatever is answered.
pub(super) async fn guard(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.content);
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static(
            "publickey-credentials-get=(self), publickey-credentials-create=(self), \
             camera=(), geolocation=(), microphone=()",
        ),
    );
    if policy.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(TRANSPORT),
        );
    }
    response
}

/// Pages are for one person at one time: no cache keeps them.
pub(super) async fn private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
