//! Why a command on an account is not carried out.

use kernel::{Challenge, ClauseId, Kind, PersonId};

use super::{Assurance, FRESH, MAX_PASSKEYS, password::Weakness};
use crate::clause;

/// See the module. Failed sign-ins are not here: they are events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such person.
    #[error("person {0} is not registered")]
    PersonUnknown(PersonId),
    /// The person has no account.
    #[error("person {0} has no account")]
    AccountUnknown(PersonId),
    /// Neither the owner nor somebody with authority over the account.
    #[error("this account is not yours, and none of your posts gives authority over it")]
    NoAuthority,
    /// The owner wanted to do what takes a second person.
    #[error("this is done by somebody else than the account's owner")]
    NotForOneself,
    /// Stopped.
    #[error("the account is disabled")]
    Disabled,
    /// The person left, or is yet to come.
    #[error("the person is not in service")]
    NotInService,
    /// Somebody here stopped it.
    #[error("the account was stopped here, and is let go on here")]
    StoppedHere,
    /// It is of an ID for emergencies that is asked for or open.
    #[error(
        "the ID for emergencies is asked for or open; its factors stay as they are until it is closed"
    )]
    OpenForEmergency,
    /// The session of the request is over.
    #[error("the session is over; sign in again")]
    SessionOver,
    /// A registered client's session does for using systems, and not for this.
    #[error("this is done in a session of one's own, not in one that was given to an application")]
    SessionOfClient,
    /// Factors are changed, one's own or another's, only right after verifying those there are
    /// (RFC 9470).
    #[error("verify your factors again: {} within {} minutes is needed", .0.urn(), FRESH.as_mins())]
    StepUpNeeded(Assurance),
    /// The password is too weak.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// Without the second factor the password would be too short.
    #[error("the password is too short to stand alone; set a longer one first")]
    PasswordTooShortAlone,
    /// No such factor.
    #[error("the account has no such factor")]
    FactorUnknown,
    /// It was reported lost, and stays dead.
    #[error("the credential was reported lost and cannot be used again")]
    FactorLost,
    /// The last one to sign in with.
    #[error("the last factor cannot be removed")]
    LastFactor,
    /// The card belongs to somebody else.
    #[error("the card is registered to another person")]
    CardTaken,
    /// The passkey is registered already.
    #[error("this passkey is registered already")]
    PasskeyKnown,
    /// The account at the provider is linked to an account here, or was reported lost.
    #[error("the account at the provider is linked already, or was reported lost")]
    UpstreamTaken,
    /// One account at each provider.
    #[error("an account at this provider is linked already; remove it first")]
    UpstreamLinked,
    /// As many as there may be.
    #[error("the account has {MAX_PASSKEYS} passkeys; remove one first")]
    TooManyPasskeys,
    /// One card at a time.
    #[error("the person has a card already; report it lost or remove it first")]
    HasCard,
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::PersonUnknown(_) | Self::AccountUnknown(_) | Self::FactorUnknown => {
                Kind::NotFound
            }
            Self::NoAuthority
            | Self::NotForOneself
            | Self::SessionOver
            | Self::SessionOfClient
            | Self::StepUpNeeded(_) => Kind::Denied,
            Self::Weak(_) => Kind::Invalid,
            Self::CardTaken
            | Self::HasCard
            | Self::PasskeyKnown
            | Self::UpstreamTaken
            | Self::UpstreamLinked => Kind::Conflict,
            Self::Disabled
            | Self::NotInService
            | Self::StoppedHere
            | Self::OpenForEmergency
            | Self::PasswordTooShortAlone
            | Self::FactorLost
            | Self::LastFactor
            | Self::TooManyPasskeys => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PersonUnknown(_) => "account_person_unknown",
            Self::AccountUnknown(_) => "account_unknown",
            Self::NoAuthority => "account_no_authority",
            Self::NotForOneself => "account_not_for_oneself",
            Self::SessionOfClient => "session_of_client",
            Self::Disabled => "account_is_disabled",
            Self::NotInService => "account_person_not_in_service",
            Self::StoppedHere => "account_stopped_here",
            Self::OpenForEmergency => "account_open_for_emergency",
            Self::SessionOver => "session_over",
            Self::StepUpNeeded(_) => "insufficient_user_authentication",
            Self::Weak(weakness) => weakness.code(),
            Self::PasswordTooShortAlone => "password_too_short_alone",
            Self::FactorUnknown => "factor_unknown",
            Self::FactorLost => "factor_reported_lost",
            Self::LastFactor => "factor_is_the_last",
            Self::CardTaken => "card_of_another_person",
            Self::HasCard => "card_registered_already",
            Self::PasskeyKnown => "passkey_registered_already",
            Self::UpstreamTaken => "federation_account_taken",
            Self::UpstreamLinked => "federation_linked_already",
            Self::TooManyPasskeys => "passkeys_too_many",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![match self {
            Self::FactorLost => clause::CARD_LOST,
            Self::CardTaken | Self::HasCard => clause::CARD_NOT_SHARED,
            Self::PersonUnknown(_)
            | Self::AccountUnknown(_)
            | Self::Disabled
            | Self::NotInService
            | Self::StoppedHere => clause::ID_LIFECYCLE,
            Self::OpenForEmergency => clause::PRIVILEGED_STRICT,
            _ => clause::ACCESS_RESTRICTED,
        }]
    }

    fn challenge(&self) -> Option<Challenge> {
        match self {
            Self::StepUpNeeded(level) => Some(Challenge {
                acr: level.urn(),
                max_age: Some(FRESH.unsigned_abs()),
            }),
            _ => None,
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::PersonUnknown(_) | Self::AccountUnknown(_) | Self::NotInService => "person_id",
            Self::Weak(_) => "password",
            Self::FactorUnknown | Self::FactorLost | Self::LastFactor => "credential_id",
            Self::CardTaken | Self::HasCard => "serial",
            Self::UpstreamTaken => "subject",
            Self::UpstreamLinked => "provider_id",
            _ => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        let fixed = match self {
            Self::PersonUnknown(id) => return format!("職員 {id} は登録されていません。"),
            Self::AccountUnknown(id) => return format!("職員 {id} のアカウントはありません。"),
            Self::StepUpNeeded(level) => {
                let count = if *level >= Assurance::Aal2 {
                    "二つ"
                } else {
                    "一つ"
                };
                let minutes = FRESH.as_mins();
                return format!("認証要素を{count}、{minutes}分以内に確認し直してください。");
            }
            Self::Weak(weakness) => return weakness.message_ja(),
            Self::NoAuthority => "このアカウントを扱う権限がありません。",
            Self::NotForOneself => "この操作は本人以外の者が行ってください。",
            Self::SessionOfClient => {
                "アプリケーションに渡したセッションではできません。自分でサインインして行ってください。"
            }
            Self::Disabled => "アカウントは停止されています。",
            Self::NotInService => "この職員は在職していません。",
            Self::StoppedHere => {
                "アカウントは当システムで停止されました。再開も当システムで行ってください。"
            }
            Self::OpenForEmergency => {
                "緊急用IDが申請中か使用中です。閉じるまで認証要素は変えられません。"
            }
            Self::SessionOver => "セッションは終了しています。再度サインインしてください。",
            Self::PasswordTooShortAlone => {
                "パスワードだけで用いるには短すぎます。先に長いパスワードへ変更してください。"
            }
            Self::FactorUnknown => "この認証要素は登録されていません。",
            Self::FactorLost => "この認証要素は紛失の届出がされており、再び使うことはできません。",
            Self::LastFactor => "最後の認証要素は削除できません。",
            Self::CardTaken => "このカードは他の職員に登録されています。",
            Self::PasskeyKnown => "このパスキーは既に登録されています。",
            Self::UpstreamTaken => {
                "連携先のこのアカウントは、既に連携されているか、紛失の届出がされています。"
            }
            Self::UpstreamLinked => {
                "この連携先のアカウントが既に登録されています。先に登録を外してください。"
            }
            Self::TooManyPasskeys => {
                return format!(
                    "パスキーは{MAX_PASSKEYS}個まで登録できます。先に一つ削除してください。"
                );
            }
            Self::HasCard => {
                "既にカードが登録されています。紛失を届け出るか、先に登録を外してください。"
            }
        };
        fixed.to_owned()
    }
}
