//! What the shell itself refuses, beside the rules of the domain.

use std::time::Duration;

use kernel::{ClauseId, Kind};

/// A refusal of this shell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// Whatever was wrong with a sign-in: it is on record, and not told.
    #[error("sign-in was refused")]
    SignIn,
    /// The one-time password is right and was used already; the next one comes in so long.
    #[error("this one-time password was used already; the next one comes in {} s", .0.as_secs())]
    CodeUsed(Duration),
    /// Too many sign-ins at once.
    #[error("too many sign-ins at once, try again shortly")]
    Busy,
    /// The handle is of no live session, or of one that has a new handle since.
    #[error("the session is over; sign in again")]
    SessionOver,
    /// No such person.
    #[error("there is no person {0}")]
    PersonUnknown(String),
    /// No such section.
    #[error("there is no section {0}")]
    SectionUnknown(String),
    /// Somebody else's, and none of one's posts gives a right to see it.
    #[error("this account is not yours, and none of your posts gives authority over it")]
    NotYours,
    /// Only a signed-in person has what is asked for.
    #[error("only a signed-in person has a session")]
    NobodyIn,
}

impl kernel::Refusal for Refused {
    fn kind(&self) -> Kind {
        match self {
            Self::SignIn | Self::CodeUsed(_) | Self::SessionOver | Self::NobodyIn => {
                Kind::Unauthenticated
            }
            Self::Busy => Kind::Exhausted,
            Self::PersonUnknown(_) | Self::SectionUnknown(_) => Kind::NotFound,
            Self::NotYours => Kind::Denied,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in_refused",
            Self::CodeUsed(_) => "totp_code_used",
            Self::Busy => "sign_in_overloaded",
            Self::SessionOver => "session_handle_over",
            Self::PersonUnknown(_) => "person_unknown",
            Self::SectionUnknown(_) => "section_unknown",
            Self::NotYours => "account_not_visible",
            Self::NobodyIn => "nobody_signed_in",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::SignIn
            | Self::CodeUsed(_)
            | Self::SessionOver
            | Self::NobodyIn
            | Self::NotYours => vec![ClauseId::known("3-4-(1)-1")],
            Self::Busy | Self::PersonUnknown(_) | Self::SectionUnknown(_) => vec![],
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CodeUsed(wait) => Some(*wait),
            _ => None,
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::SignIn => "サインインできませんでした。".to_owned(),
            Self::CodeUsed(wait) => format!(
                "このワンタイムパスワードは使用済みです。次のコードは{}秒後に表示されます。",
                wait.as_secs()
            ),
            Self::Busy => {
                "サインインが混み合っています。しばらくしてからもう一度お試しください。".to_owned()
            }
            Self::SessionOver => {
                "セッションは終了しています。再度サインインしてください。".to_owned()
            }
            Self::PersonUnknown(id) => format!("職員 {id} は登録されていません。"),
            Self::SectionUnknown(id) => format!("課公所 {id} は登録されていません。"),
            Self::NotYours => "このアカウントを参照する権限がありません。".to_owned(),
            Self::NobodyIn => "サインインしていません。".to_owned(),
        }
    }
}
