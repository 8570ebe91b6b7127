//! A sign-in session: which factors were verified, when, and until when it lasts.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use standard::FactorKind;

use super::{Assurance, Chain, CredentialId, IDLE};
use crate::Digest;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Digest of the handle its owner refreshes tokens with, a new one at every step-up; of a
    /// client's session, digest of the newest token of its chain.
    pub secret: Digest,
    /// Factors verified, each credential once with its latest time; a link once for each kind of
    /// factor that its provider proved.
    pub factors: Vec<Verified>,
    /// When it started.
    pub started_at: Timestamp,
    /// Hard end.
    pub ends_at: Timestamp,
    /// When it was last used, to within a quarter of [`IDLE`].
    pub used_at: Timestamp,
    /// The client it is for; none for one that belongs to its person alone.
    pub chain: Option<Chain>,
}

/// A factor that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Which credential.
    pub credential: CredentialId,
    /// Its kind.
    pub kind: FactorKind,
    /// When.
    pub at: Timestamp,
    /// It is a password too short to stand alone: it counts beside a factor of another category only.
    pub beside_only: bool,
}

impl Session {
    /// Whether it goes on: neither its hard end nor the end of what it may lie idle has come.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.ends_at && now.duration_since(self.used_at) < IDLE
    }

    /// Whether a use of it now is worth keeping: each one would be a record every few minutes.
    pub fn use_is_due(&self, now: Timestamp) -> bool {
        now.duration_since(self.used_at) >= IDLE / 4
    }

    /// The assurance that its factors reach; none where a password that is too short to stand alone
    /// has begun it and nothing else was verified yet.
    pub fn assurance(&self) -> Option<Assurance> {
        Assurance::of(self.counted().map(|factor| factor.kind))
    }

    /// The factors that prove something. What may not stand alone does from a second category on.
    fn counted(&self) -> impl Iterator<Item = &Verified> + Clone {
        let all = Assurance::of(self.factors.iter().map(|factor| factor.kind));
        let two = all >= Some(Assurance::Aal2);
        let factors = self.factors.iter();
        factors.filter(move |factor| two || !factor.beside_only)
    }

    /// The kinds of the factors verified at most `age` ago. A time as far in the future is no fresher: a
    /// clock that was set back gains nothing.
    pub fn kinds_within(
        &self,
        age: SignedDuration,
        now: Timestamp,
    ) -> impl Iterator<Item = FactorKind> + Clone {
        let factors = self.counted();
        factors
            .filter(move |factor| now.duration_since(factor.at).abs() <= age)
            .map(|factor| factor.kind)
    }

    /// The assurance that they reach.
    pub fn assurance_within(&self, age: SignedDuration, now: Timestamp) -> Option<Assurance> {
        Assurance::of(self.kinds_within(age, now))
    }

    /// The `amr` claim (RFC 8176): each factor, and `mfa` from two categories on.
    pub fn amr(&self) -> Vec<&'static str> {
        let mut amr: Vec<_> = self
            .factors
            .iter()
            .map(|factor| factor.kind.amr())
            .collect();
        amr.sort_unstable();
        amr.dedup();
        if self.assurance() >= Some(Assurance::Aal2) {
            amr.push("mfa");
        }
        amr
    }

    /// The `auth_time` claim: when a factor was last verified.
    pub fn authenticated_at(&self) -> Timestamp {
        let latest = self.factors.iter().map(|factor| factor.at).max();
        latest.unwrap_or(self.started_at)
    }

    pub(crate) fn uses(&self, credential: &CredentialId) -> bool {
        self.factors
            .iter()
            .any(|factor| factor.credential == *credential)
    }

    pub(crate) fn add(&mut self, factor: Verified) {
        self.factors
            .retain(|old| (&old.credential, old.kind) != (&factor.credential, factor.kind));
        self.factors.push(factor);
    }
}
