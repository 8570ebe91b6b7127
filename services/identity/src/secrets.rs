//! Everything that must be drawn, hashed or compared with care.

mod certificates;
mod handle;
mod link;
mod one_time_code;
mod otp;
mod passwords;
#[cfg(test)]
mod properties;
mod relying_party;
mod sealing;
mod sealing_keys;
mod user_code;

pub(crate) use certificates::{CardIssuers, serial_of};
pub(crate) use handle::Handle;
pub(crate) use link::{DeviceCode, Link, RefreshToken};
pub(crate) use one_time_code::OneTimeCode;
pub(crate) use otp::{Otp, until_after};
pub(crate) use passwords::Passwords;
pub(crate) use passwords::Unhashed;
pub(crate) use relying_party::{Asked, Mismatch, RelyingParty};
pub(crate) use sealing::Sealing;
pub(crate) use sealing_keys::{SealingKeyError, create, load};
pub(crate) use user_code::UserCode;

use identity_domain::Digest;
use sha2::{Digest as _, Sha256};

/// The digest under which a random handle is kept.
pub(crate) fn digest(secret: &[u8]) -> Digest {
    Digest::new(Sha256::digest(secret).into())
}
