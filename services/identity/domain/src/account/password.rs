//! Password rules (NIST SP 800-63B-4): length and a blocklist, no composition rules.

mod common;

use unicode_normalization::UnicodeNormalization as _;

use super::PasswordHash;

/// Fewest characters of a password that is the only factor.
pub const LEAST_ALONE: u32 = 15;
/// Fewest characters beside a second factor.
pub const LEAST: u32 = 8;
/// Most bytes, in UTF-8.
pub const MOST_BYTES: usize = 1024;

/// A new password: its slow hash, and what the rules need to know of the text that is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword {
    /// The hash.
    pub hash: PasswordHash,
    /// What was measured before hashing.
    pub measure: Measure,
}

/// What the rules need to know of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Characters, normalised.
    pub chars: u32,
    /// It is a common one, or made of what is known of its person and place.
    pub guessable: bool,
}

/// The form in which passwords are measured and hashed: the same one typed on another keyboard has the
/// same characters (NIST SP 800-63B-4, 3.1.1.2).
pub fn normalised(text: &str) -> String {
    text.nfkc().collect()
}

/// Measures a password. `known` is what anybody knows of the person and the place: staff number, name,
/// city.
///
/// # Errors
/// One that is too long to be hashed.
pub fn measure(text: &str, known: &[&str]) -> Result<Measure, Weakness> {
    if text.len() > MOST_BYTES {
        return Err(Weakness::TooLong);
    }
    let text = normalised(text);
    Ok(Measure {
        chars: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
        guessable: common::is_guessable(&text, known),
    })
}

impl Measure {
    /// Whether it may be the only factor.
    pub(super) const fn stands_alone(self) -> bool {
        self.chars >= LEAST_ALONE
    }

    pub(super) fn check(self, alone: bool) -> Result<(), Weakness> {
        let least = if alone { LEAST_ALONE } else { LEAST };
        if self.chars < least {
            return Err(Weakness::TooShort { least });
        }
        if self.guessable {
            return Err(Weakness::Guessable);
        }
        Ok(())
    }
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Too few characters.
    #[error("the password needs at least {least} characters")]
    TooShort {
        /// How many it needs.
        least: u32,
    },
    /// Too many bytes.
    #[error("the password has at most {MOST_BYTES} bytes")]
    TooLong,
    /// Common, or made of what is known of its person and place.
    #[error("the password is too easy to guess")]
    Guessable,
}

impl Weakness {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Guessable => "password_guessable",
        }
    }

    pub(super) fn message_ja(self) -> String {
        match self {
            Self::TooShort { least } => format!("パスワードは{least}文字以上にしてください。"),
            Self::TooLong => format!("パスワードは{MOST_BYTES}バイト以内にしてください。"),
            Self::Guessable => "推測されやすいパスワードは使用できません。".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
