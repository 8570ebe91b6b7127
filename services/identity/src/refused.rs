//! What the shell itself refuses, beside the rules of the domain.

use std::time::Duration;

use kernel::{Challenge, ClauseId, Kind};

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
    /// Too many tries from there have failed; the next one is looked at in so long.
    #[error("too many tries from your network have failed; try again in {} s", .0.as_secs())]
    SourceWaits(Duration),
    /// Too many sign-ins or verifications that a browser has yet to answer.
    #[error("too many sign-ins or verifications were begun, try again in {} s", .0.as_secs() + 1)]
    TooManyBegun(Duration),
    /// A passkey's challenge was answered already, has ended, or is for something else.
    #[error("the passkey's challenge is over; begin again")]
    ChallengeOver,
    /// What a browser should have sent is not that.
    #[error("what the browser sent of a passkey cannot be read")]
    PasskeyUnreadable,
    /// A new passkey does not verify.
    #[error("the new passkey does not verify; begin again")]
    PasskeyUnverified,
    /// Somebody whose word on certificates does not count.
    #[error("your word on certificates does not count here")]
    TerminatorUnknown,
    /// No issuer of cards is configured.
    #[error("no issuer of ID cards is set up")]
    NoCardIssuer,
    /// The handle is of no live session, or of one that has a new handle since.
    #[error("the session is over; sign in again")]
    SessionOver,
    /// A password that is too short to stand alone was verified, and nothing else yet.
    #[error("the password is too short to stand alone: verify a further factor in your session")]
    NothingProven,
    /// Too many devices ask to be let in at once.
    #[error("too many devices ask at once, try again in {} s", .0.as_secs() + 1)]
    TooManyDevices(Duration),
    /// Somebody types code after code.
    #[error("too many codes were typed, try again in {} s", .0.as_secs() + 1)]
    TooManyCodes(Duration),
    /// No such provider to sign in with.
    #[error("no such provider is set up")]
    ProviderUnknown,
    /// A provider does not answer, or not as it should.
    #[error("the provider cannot be used just now")]
    ProviderUnavailable,
    /// What a browser brings from a provider was asked for by nobody, or by another, or long ago.
    #[error("this sign-in at the provider is over; begin again")]
    FederationOver,
    /// What a provider says does not count.
    #[error("what the provider says was not taken")]
    FederationUnproven,
    /// The account at the provider is linked to nobody here.
    #[error("this account at the provider is linked to no account here")]
    FederationNotLinked,
    /// Somebody's tokens are exchanged too often.
    #[error("too many tokens were exchanged, try again in {} s", .0.as_secs() + 1)]
    TooManyExchanges(Duration),
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
            Self::SignIn
            | Self::CodeUsed(_)
            | Self::SessionOver
            | Self::NobodyIn
            | Self::FederationUnproven
            | Self::FederationNotLinked => Kind::Unauthenticated,
            Self::Busy
            | Self::SourceWaits(_)
            | Self::TooManyBegun(_)
            | Self::TooManyDevices(_)
            | Self::TooManyCodes(_)
            | Self::TooManyExchanges(_)
            | Self::ProviderUnavailable => Kind::Exhausted,
            Self::ChallengeOver | Self::NoCardIssuer | Self::FederationOver => Kind::Precondition,
            Self::PasskeyUnreadable | Self::PasskeyUnverified => Kind::Invalid,
            Self::PersonUnknown(_) | Self::SectionUnknown(_) | Self::ProviderUnknown => {
                Kind::NotFound
            }
            Self::NothingProven | Self::NotYours | Self::TerminatorUnknown => Kind::Denied,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in_refused",
            Self::CodeUsed(_) => "totp_code_used",
            Self::Busy => "sign_in_overloaded",
            Self::SourceWaits(_) => "sign_in_source_waits",
            Self::TooManyBegun(_) => "sign_ins_begun_too_many",
            Self::ChallengeOver => "passkey_challenge_over",
            Self::PasskeyUnreadable => "passkey_unreadable",
            Self::PasskeyUnverified => "passkey_not_verified",
            Self::TerminatorUnknown => "certificate_terminator_unknown",
            Self::NoCardIssuer => "card_issuer_missing",
            Self::SessionOver => "session_handle_over",
            Self::NothingProven => "insufficient_user_authentication",
            Self::TooManyDevices(_) => "device_sign_ins_too_many",
            Self::TooManyCodes(_) => "device_codes_too_many",
            Self::ProviderUnknown => "federation_provider_unknown",
            Self::ProviderUnavailable => "federation_provider_unavailable",
            Self::FederationOver => "federation_over",
            Self::FederationUnproven => "federation_refused",
            Self::FederationNotLinked => "federation_not_linked",
            Self::TooManyExchanges(_) => "federation_exchanges_too_many",
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
            | Self::SourceWaits(_)
            | Self::TooManyCodes(_)
            | Self::ChallengeOver
            | Self::PasskeyUnverified
            | Self::FederationOver
            | Self::FederationUnproven
            | Self::FederationNotLinked
            | Self::TerminatorUnknown
            | Self::SessionOver
            | Self::NothingProven
            | Self::NobodyIn
            | Self::NotYours => vec![ClauseId::known("3-4-(1)-1")],
            Self::Busy
            | Self::TooManyBegun(_)
            | Self::TooManyDevices(_)
            | Self::PasskeyUnreadable
            | Self::NoCardIssuer
            | Self::ProviderUnknown
            | Self::ProviderUnavailable
            | Self::TooManyExchanges(_)
            | Self::PersonUnknown(_)
            | Self::SectionUnknown(_) => vec![],
        }
    }

    fn challenge(&self) -> Option<Challenge> {
        matches!(self, Self::NothingProven).then_some(Challenge {
            acr: auth::TWO_CATEGORIES,
            max_age: None,
        })
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CodeUsed(wait)
            | Self::SourceWaits(wait)
            | Self::TooManyBegun(wait)
            | Self::TooManyDevices(wait)
            | Self::TooManyCodes(wait)
            | Self::TooManyExchanges(wait) => Some(*wait),
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
            Self::SourceWaits(wait) => format!(
                "お使いのネットワークからの失敗が続いています。{}秒後にもう一度お試しください。",
                wait.as_secs()
            ),
            Self::TooManyBegun(wait) => format!(
                "サインインや確認の開始が多すぎます。{}秒後にもう一度お試しください。",
                wait.as_secs() + 1
            ),
            Self::ChallengeOver => {
                "パスキーの確認の有効期限が切れました。最初からやり直してください。".to_owned()
            }
            Self::PasskeyUnreadable => {
                "ブラウザから届いたパスキーの応答を読み取れません。".to_owned()
            }
            Self::PasskeyUnverified => {
                "パスキーを登録できませんでした。最初からやり直してください。".to_owned()
            }
            Self::TerminatorUnknown => {
                "クライアント証明書を取り次ぐ機器として登録されていません。".to_owned()
            }
            Self::NoCardIssuer => "ICカードの発行者が設定されていません。".to_owned(),
            Self::SessionOver => {
                "セッションは終了しています。再度サインインしてください。".to_owned()
            }
            Self::NothingProven => {
                "このパスワードだけで用いるには短すぎます。認証要素をもう一つ確認してください。"
                    .to_owned()
            }
            Self::TooManyDevices(wait) => format!(
                "端末からのサインインが混み合っています。{}秒後にもう一度お試しください。",
                wait.as_secs() + 1
            ),
            Self::TooManyCodes(wait) => format!(
                "コードの入力が多すぎます。{}秒後にもう一度お試しください。",
                wait.as_secs() + 1
            ),
            Self::ProviderUnknown => "この連携先は設定されていません。".to_owned(),
            Self::ProviderUnavailable => {
                "連携先が応答しません。しばらくしてからもう一度お試しください。".to_owned()
            }
            Self::FederationOver => {
                "連携先でのサインインの有効期限が切れました。最初からやり直してください。"
                    .to_owned()
            }
            Self::FederationUnproven => "連携先でのサインインを確認できませんでした。".to_owned(),
            Self::FederationNotLinked => {
                "連携先のこのアカウントは、職員のアカウントに連携されていません。".to_owned()
            }
            Self::TooManyExchanges(wait) => format!(
                "トークンの交換が多すぎます。{}秒後にもう一度お試しください。",
                wait.as_secs() + 1
            ),
            Self::PersonUnknown(id) => format!("職員 {id} は登録されていません。"),
            Self::SectionUnknown(id) => format!("課公所 {id} は登録されていません。"),
            Self::NotYours => "このアカウントを参照する権限がありません。".to_owned(),
            Self::NobodyIn => "サインインしていません。".to_owned(),
        }
    }
}
