//! Typed ids. One rule for all of them, so that none can break a log line, a cell or a subject.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longest id, in characters.
pub(crate) const MAX_CHARS: usize = 64;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdSyntax {
    /// Nothing there.
    #[error("an id must not be empty")]
    Empty,
    /// More than 64 characters.
    #[error("an id has at most {MAX_CHARS} characters, this one has {0}")]
    TooLong(usize),
    /// A space, a control character, or a slash.
    #[error("an id has no spaces, slashes or control characters, this one has {0:?}")]
    Character(char),
}

pub(crate) fn check(text: &str) -> Result<(), IdSyntax> {
    if text.is_empty() {
        return Err(IdSyntax::Empty);
    }
    let length = text.chars().count();
    if length > MAX_CHARS {
        return Err(IdSyntax::TooLong(length));
    }
    match text
        .chars()
        .find(|c| c.is_control() || c.is_whitespace() || *c == '/')
    {
        Some(c) => Err(IdSyntax::Character(c)),
        None => Ok(()),
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks the one rule for ids: 1 to 64 characters, no space, slash or control.
            pub fn try_new(text: impl Into<String>) -> Result<Self, IdSyntax> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdSyntax;
            fn from_str(text: &str) -> Result<Self, IdSyntax> {
                Self::try_new(text)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id.to_string())
            }
        }

        // State once written is read back as it is, the empty default included.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = String::deserialize(input)?;
                if !text.is_empty() {
                    check(&text).map_err(<D::Error as serde::de::Error>::custom)?;
                }
                Ok(Self(text))
            }
        }
    )+};
}

ids! {
    /// Staff number (職員番号).
    PersonId,
    /// A post (職); roles belong to it, people hold it.
    PostId,
    /// Bureau or ward (局・区).
    BureauId,
    /// Section (課公所) or third-class office (三種公所).
    SectionId,
    /// A sign-in session.
    SessionId,
    /// An information system in the ledger.
    SystemId,
    /// An entry of administrative information in the ledger.
    InformationId,
    /// A network in the ledger.
    NetworkId,
    /// A connection between a system and a network or another system.
    ConnectionId,
    /// A device in the register.
    DeviceId,
    /// A permit of any kind.
    PermitId,
    /// An exception (例外措置).
    ExceptionId,
    /// A security incident (セキュリティ障害).
    IncidentId,
    /// One access decision.
    DecisionId,
    /// A recorded absence of somebody who holds a post.
    AbsenceId,
    /// A registered enforcement point (VPN gateway, office proxy, cloud SSO proxy).
    EnforcementPointId,
    /// One opening of an ID for emergencies (緊急用ID).
    EmergencyAccessId,
    /// A review of who may use a system (アクセス権の見直し).
    AccessReviewId,
    /// An ID of a system that several people use (共有ID).
    SharedId,
    /// A specification, shared folder, piece of equipment or medium that only those admitted may use.
    RestrictedItemId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_visible_and_without_slash() {
        assert_eq!(PersonId::try_new(""), Err(IdSyntax::Empty));
        assert_eq!(
            PersonId::try_new("あ".repeat(65)),
            Err(IdSyntax::TooLong(65))
        );
        assert!(PersonId::try_new("あ".repeat(64)).is_ok());
        for bad in ["a b", "a\u{3000}b", "a\nb", "a/b", "\u{7f}"] {
            assert!(
                matches!(PersonId::try_new(bad), Err(IdSyntax::Character(_))),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_stored_id_is_checked_when_read_back() {
        assert!(serde_json::from_str::<PersonId>("\"a b\"").is_err());
        assert!(serde_json::from_str::<PersonId>("\"S0001\"").is_ok());
    }
}
