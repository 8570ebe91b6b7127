//! What decisions take from the clause pack, read once.

use std::{collections::BTreeSet, sync::Arc};

use jiff::SignedDuration;
use kernel::ClauseId;
use standard::{InformationClass, Pack, Period};

/// A period that decisions hold against an age is not an exact span in the pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the period {0} must be given in seconds, minutes or hours")]
pub struct NotExact(Period);

/// Decisions hold nothing against a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("decisions hold nothing against the period {0}")]
pub struct NotALimit(Period);

/// The pack's version, the periods decisions need, and what nothing relaxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `<pack id>/<version>`.
    pub pack_version: Arc<str>,
    important_age: SignedDuration,
    sensitive_age: SignedDuration,
    class_ii_age: SignedDuration,
    administer_age: SignedDuration,
    snapshot_sensitive: SignedDuration,
    snapshot_ii: SignedDuration,
    pub(super) never_relaxed: BTreeSet<ClauseId>,
}

impl Policy {
    /// Reads a pack.
    ///
    /// # Errors
    /// When one of the six periods is not exact; a pack that loads has them so.
    pub fn try_new(pack: &Pack) -> Result<Self, NotExact> {
        let exact = |period| pack.period(period).exact().ok_or(NotExact(period));
        Ok(Self {
            pack_version: pack.edition().into(),
            important_age: exact(Period::ImportantSystemAuthenticationAge)?,
            sensitive_age: exact(Period::SensitiveAuthenticationAge)?,
            class_ii_age: exact(Period::ClassIiAuthenticationAge)?,
            administer_age: exact(Period::AdministerFactorAge)?,
            snapshot_sensitive: exact(Period::SnapshotBoundSensitive)?,
            snapshot_ii: exact(Period::SnapshotBoundClassIi)?,
            never_relaxed: pack.never_relaxed().cloned().collect(),
        })
    }

    /// Gives one of the periods that decisions hold an age against another length.
    ///
    /// # Errors
    /// For any other period.
    pub(super) fn limit(
        &mut self,
        period: Period,
        length: SignedDuration,
    ) -> Result<(), NotALimit> {
        let known = match period {
            Period::ImportantSystemAuthenticationAge => &mut self.important_age,
            Period::SensitiveAuthenticationAge => &mut self.sensitive_age,
            Period::ClassIiAuthenticationAge => &mut self.class_ii_age,
            Period::AdministerFactorAge => &mut self.administer_age,
            Period::SnapshotBoundSensitive => &mut self.snapshot_sensitive,
            Period::SnapshotBoundClassIi => &mut self.snapshot_ii,
            other => return Err(NotALimit(other)),
        };
        *known = length;
        Ok(())
    }

    /// Oldest authentication under that period.
    pub(super) fn age(&self, age: super::requirement::Age) -> SignedDuration {
        match age {
            super::requirement::Age::ImportantSystem => self.important_age,
            super::requirement::Age::Sensitive => self.sensitive_age,
            super::requirement::Age::ClassIi => self.class_ii_age,
            super::requirement::Age::Administer => self.administer_age,
        }
    }

    /// Oldest snapshot a decision for that class may rest on; none for class III.
    pub(super) fn snapshot_bound(&self, class: InformationClass) -> Option<SignedDuration> {
        match class {
            InformationClass::S | InformationClass::I => Some(self.snapshot_sensitive),
            InformationClass::II => Some(self.snapshot_ii),
            InformationClass::III => None,
        }
    }
}
