//! Why a provider's word does not count. Whoever tried is told no more than that it does not; the log
//! and the metric have the reason.

use store::Failure;

use super::provider::Unknown;
use crate::{metrics, refused::Refused};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Rejected {
    /// No sign-in waits for that answer: made up, answered before, or too late.
    #[error("nothing waits for this answer")]
    NotAsked,
    /// Another browser, or another session, has asked.
    #[error("another browser has asked")]
    OtherBrowser,
    /// The answer names another issuer, or none where it must (RFC 9207).
    #[error("the answer is not this provider's")]
    OtherIssuer,
    /// The provider refused, or the person did.
    #[error("the provider answers {0}")]
    Error(String),
    /// The code was not exchanged.
    #[error("the code is not good: {0}")]
    Code(String),
    /// A token does not verify.
    #[error("the token does not verify: {0}")]
    Token(String),
    /// It names a key that the provider does not have.
    #[error("the provider has no such key")]
    NoKey,
    /// It does not say when.
    #[error("it does not say when the person signed in there")]
    NoAuthTime,
    /// It was in the future.
    #[error("it says that the person will sign in there")]
    AuthTimeAhead,
    /// It was too long ago.
    #[error("the person signed in there too long ago")]
    Stale,
    /// The provider has said since that the person signed out.
    #[error("the person has signed out there since")]
    SignedOut,
    /// Nothing of it counts.
    #[error("nothing that the provider says counts as a factor")]
    NothingProven,
    /// It is about an account that is linked to nobody.
    #[error("no account here is linked to it")]
    NotLinked,
    /// It is about another account than the one that is linked.
    #[error("it is about another account")]
    OtherAccount,
    /// The provider cannot be used, or something here failed: it is in the log.
    #[error("it cannot be looked at now")]
    Unavailable,
    /// A notice that was taken before.
    #[error("it was used before")]
    Replayed,
}

impl Rejected {
    /// Its name in the metric.
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::OtherBrowser => "other_browser",
            Self::OtherIssuer => "other_issuer",
            Self::Error(_) => "refused_there",
            Self::Code(_) => "code_not_good",
            Self::Token(_) => "token_not_good",
            Self::NoKey => "key_unknown",
            Self::NoAuthTime => "auth_time_missing",
            Self::AuthTimeAhead => "auth_time_ahead",
            Self::Stale => "auth_time_stale",
            Self::SignedOut => "signed_out_since",
            Self::NothingProven => "nothing_proven",
            Self::NotLinked => "not_linked",
            Self::OtherAccount => "other_account",
            Self::Unavailable => "unavailable",
            Self::Replayed => "replayed",
        }
    }

    /// What whoever tried is told, after it was written down.
    pub(super) fn told(self, provider: &str) -> Failure<Refused> {
        tracing::info!(provider, reason = %self, "a provider's word was not taken");
        metrics::federation().count(provider, self.outcome());
        Failure::Refused(match self {
            Self::NotAsked | Self::OtherBrowser => Refused::FederationOver,
            Self::NotLinked => Refused::FederationNotLinked,
            Self::Unavailable => Refused::ProviderUnavailable,
            _ => Refused::FederationUnproven,
        })
    }
}

/// A provider cannot be asked now.
pub(super) fn unavailable(provider: &str, error: &Unknown) -> Failure<Refused> {
    tracing::warn!(provider, %error, source = ?std::error::Error::source(error), "a provider cannot be used");
    metrics::federation().count(provider, "unavailable");
    Failure::Refused(Refused::ProviderUnavailable)
}
