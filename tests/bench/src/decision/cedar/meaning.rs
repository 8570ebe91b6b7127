//! What facts mean, by the standard's own words: what holds at an instant, and what a factor proves.

use identity_domain::{account::Verified, decision::Grant};
use jiff::{SignedDuration, Timestamp};
use kernel::Spell;
use standard::FactorKind;

/// Clocks may differ so much; what was verified later than that is not believed.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// Of spells one after the other the last that has begun, unless it is over.
pub(super) fn holding<T>(spells: &[Spell<T>], now: Timestamp) -> Option<&T> {
    let begun = spells.iter().filter(|spell| now >= spell.since);
    let last = begun.max_by_key(|spell| spell.since)?;
    match last.until {
        Some(end) if now >= end => None,
        _ => Some(&last.value),
    }
}

/// Between a beginning and an end, where there is one.
pub(super) fn within(since: Timestamp, until: Option<Timestamp>, now: Timestamp) -> bool {
    now >= since && until.is_none_or(|end| now < end)
}

/// Begun, not over, and confirmed in time where a review asks for that (7-2-(3)-2).
pub(super) fn in_force(grant: &Grant, now: Timestamp) -> bool {
    let ground = &grant.ground;
    within(ground.starts_at, ground.ends_at, now) && within(ground.starts_at, grant.review_due, now)
}

/// The categories of factors that one of this kind is.
pub(super) fn categories(kind: FactorKind) -> &'static [&'static str] {
    match kind {
        FactorKind::Password => &["knowledge"],
        FactorKind::Totp => &["possession"],
        // Held, and opened by its owner.
        FactorKind::Passkey => &["possession", "inherence"],
        FactorKind::IcCard => &["possession", "knowledge"],
        // They open a way, and prove nothing.
        FactorKind::RecoveryCode | FactorKind::Federated => &[],
    }
}

/// Of no use at a site that only looks like ours (7-2-(8)-3).
pub(super) fn resists_phishing(kind: FactorKind) -> bool {
    kind == FactorKind::Passkey || kind == FactorKind::IcCard
}

/// When such a factor was verified last, as far as that is believed.
pub(super) fn last_verified(
    factors: &[Verified],
    now: Timestamp,
    such: impl Fn(FactorKind) -> bool,
) -> Option<Timestamp> {
    let such = factors.iter().filter(|one| such(one.kind));
    such.map(|one| one.at).filter(|at| *at <= now + SKEW).max()
}
