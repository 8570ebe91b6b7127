//! Refusals in the form of OAuth (RFC 6749, 5.2; RFC 8628, 3.5; RFC 6750, 3.1).

use std::time::Duration;

use axum::{
    Json,
    extract::rejection::FormRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use store::Failure;

use crate::{failure::AnyFailure, refused};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// Something is missing, twice there, or not readable.
    Malformed(&'static str),
    /// More than a form needs.
    TooLarge,
    /// No such client.
    Client,
    /// The code or token is not good, or good no longer, or another client's.
    Grant,
    /// A grant that is not given here.
    GrantType,
    /// A token for whom none is given here.
    Target,
    /// Nobody has answered the device.
    Waiting,
    /// The device asks too often.
    TooOften,
    /// The device was not let in.
    Denied,
    /// Nobody answered the device in time.
    Expired,
    /// No workload's token.
    Unauthenticated,
    /// A token, but not a workload's.
    NotAWorkload,
    /// Too much at once.
    Busy(Duration),
    /// Something here failed: it is in the log.
    Unavailable,
}

impl Refused {
    fn told(&self) -> (StatusCode, &'static str, &'static str) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::Malformed(what) => (bad, "invalid_request", what),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "invalid_request",
                "the form is too large",
            ),
            Self::Client => (
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "no such client is registered",
            ),
            Self::Grant => (
                bad,
                "invalid_grant",
                "the code or token is not good, or good no longer: sign in again",
            ),
            Self::GrantType => (
                bad,
                "unsupported_grant_type",
                "this grant is not given here",
            ),
            Self::Target => (
                bad,
                "invalid_target",
                "tokens are for this platform (no resource) or for urn:sekisho:enforcement-points",
            ),
            Self::Waiting => (bad, "authorization_pending", "nobody has answered yet"),
            Self::TooOften => (bad, "slow_down", "ask less often"),
            Self::Denied => (bad, "access_denied", "the device was not let in"),
            Self::Expired => (bad, "expired_token", "nobody answered in time"),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "a workload's token is needed",
            ),
            Self::NotAWorkload => (
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                "only workloads look tokens up",
            ),
            Self::Busy(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "temporarily_unavailable",
                "too many at once, try again shortly",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "try again in a while",
            ),
        }
    }

    /// The same where a token was to be exchanged: for one that is not good RFC 8693 (2.2.2) has another
    /// word.
    pub(super) fn of_exchange(self) -> Self {
        match self {
            Self::Grant => Self::Malformed(
                "subject_token is not good, or good no longer: sign in again at the provider",
            ),
            other => other,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error, description) = self.told();
        let body = Json(json!({ "error": error, "error_description": description }));
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Unauthenticated | Self::NotAWorkload => {
                let challenge = format!("Bearer realm=\"sekisho\", error=\"{error}\"");
                if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                    headers.insert(header::WWW_AUTHENTICATE, challenge);
                }
            }
            Self::Busy(wait) => {
                let seconds = wait.as_secs() + 1;
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            _ => {}
        }
        response
    }
}

impl From<FormRejection> for Refused {
    fn from(rejection: FormRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::Malformed("a form is needed, with each field at most once"),
        }
    }
}

impl From<AnyFailure> for Refused {
    fn from(failure: AnyFailure) -> Self {
        match failure {
            AnyFailure::Shell(Failure::Refused(
                refused::Refused::TooManyDevices(wait) | refused::Refused::TooManyExchanges(wait),
            )) => Self::Busy(wait),
            AnyFailure::Shell(Failure::Refused(refused::Refused::ProviderUnavailable)) => {
                Self::Unavailable
            }
            AnyFailure::Shell(Failure::Refused(_)) => Self::Grant,
            other => {
                tracing::error!(error = %other, "an OAuth request could not be answered");
                Self::Unavailable
            }
        }
    }
}
