//! One-time passwords (RFC 6238: SHA-1, six digits, 30 seconds, one step of tolerance).

use std::time::Duration;

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp, TotpError};

/// How long each code is shown.
const STEP_SECONDS: u64 = 30;
/// Bytes of a new secret (RFC 4226 asks for at least 16 and recommends 20).
const BYTES: usize = 20;
/// The name the generator shows.
const ISSUER: &str = "Sekisho";

/// A one-time password generator's other half.
pub(crate) struct Otp(Totp);

impl Otp {
    /// A new secret, for the owner of an account.
    pub(crate) fn draw(owner: &str) -> Result<Self, TotpError> {
        Self::build(Secret::from(runtime::random_bytes::<BYTES>()), owner)
    }

    /// The one with this secret; none if it is not base32.
    pub(crate) fn of(secret: &str) -> Option<Self> {
        Self::named(secret, "")
    }

    /// The same, for the owner of an account.
    pub(crate) fn named(secret: &str, owner: &str) -> Option<Self> {
        let secret = Secret::try_from_base32(secret).ok()?;
        Self::build(secret, owner).ok()
    }

    fn build(secret: Secret, owner: &str) -> Result<Self, TotpError> {
        // The label of an otpauth URI has the issuer before a colon.
        let owner = owner.replace(':', "_");
        let builder = Builder::new().with_secret(secret).with_account_name(owner);
        builder.with_issuer(Some(ISSUER)).build().map(Self)
    }

    /// The shared secret, base32 without padding.
    pub(crate) fn secret(&self) -> String {
        self.0.secret().to_base32()
    }

    pub(crate) fn uri(&self) -> Result<String, TotpError> {
        self.0.to_url()
    }

    /// The step a code belongs to, among this one, the one before and the one after.
    pub(crate) fn step(&self, code: &str, now: Timestamp) -> Option<u64> {
        self.0
            .check(code.trim(), u64::try_from(now.as_second()).ok()?)
    }
}

/// How long it takes until the generator shows the code after that of a step; a second at least,
/// for a generator whose clock is ahead.
pub(crate) fn until_after(step: u64, now: Timestamp) -> Duration {
    let next = step.saturating_add(1).saturating_mul(STEP_SECONDS);
    let now = u64::try_from(now.as_second()).unwrap_or(0);
    Duration::from_secs(next.saturating_sub(now).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret is ASCII `12345678901234567890`; six last digits of eight.
    #[test]
    fn the_rfcs_own_vectors_match_their_steps() {
        let otp = Otp::of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("a secret");
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in vectors {
            let now = Timestamp::from_second(seconds).expect("an instant");
            assert_eq!(
                otp.step(code, now),
                u64::try_from(seconds / 30).ok(),
                "{seconds}"
            );
        }
    }

    #[test]
    fn one_step_of_tolerance_and_no_more() {
        let otp = Otp::of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("a secret");
        let at = |step: i64| Timestamp::from_second(step * 30).expect("an instant");
        let step = 1_234_567_890 / 30;
        for (now, found) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            assert_eq!(otp.step("005924", at(step + now)).is_some(), found, "{now}");
        }
        for code in ["", "00592", "0059244", "abcdef", "005925"] {
            assert_eq!(otp.step(code, at(step)), None, "{code:?}");
        }
    }

    #[test]
    fn the_next_code_is_waited_for_until_the_step_after_the_one_used() {
        for (now, used, seconds) in [(60, 2, 30), (89, 2, 1), (61, 3, 59), (200, 2, 1)] {
            let now = Timestamp::from_second(now).expect("an instant");
            let wait = until_after(used, now);
            assert_eq!(wait, Duration::from_secs(seconds), "{now} {used}");
        }
    }

    #[test]
    fn a_new_generator_is_told_as_a_uri_with_its_owner() {
        let otp = Otp::draw("S:1").expect("drawn");
        let uri = otp.uri().expect("a URI");
        assert!(uri.starts_with("otpauth://totp/Sekisho:S_1?"), "{uri}");
        assert!(uri.contains(&otp.secret()), "{uri}");
    }
}
