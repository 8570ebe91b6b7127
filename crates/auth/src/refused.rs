//! Why a token was not accepted.

use kernel::{ClauseId, Kind, Refusal};

/// A token that was not accepted. The caller learns which rule it broke, never how close it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No token where one is needed.
    #[error("no access token was sent")]
    Missing,
    /// Not a bearer token, not a JWT, or without a claim it must have.
    #[error("the access token is malformed")]
    Malformed,
    /// Issued by someone who is not trusted, or by nobody.
    #[error("the access token is from an unknown issuer")]
    Issuer,
    /// Meant for someone else.
    #[error("the access token is for another audience")]
    Audience,
    /// A JWT, but not an access token of the kind this issuer gives.
    #[error("the token is not an access token")]
    Type,
    /// Signed in a way the key is not for, `none` included.
    #[error("the access token's signature algorithm is not accepted")]
    Algorithm,
    /// Signed with a key the issuer does not have.
    #[error("the access token's key is unknown")]
    UnknownKey,
    /// Its key is not known here, and the issuer cannot be asked: the token may be good.
    #[error("the access token's issuer cannot be asked for its keys just now")]
    KeysAway,
    /// The signature is not the key's.
    #[error("the access token's signature is wrong")]
    Signature,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the access token is not good yet")]
    NotYet,
    /// Its session was ended, or what its subject holds was withdrawn.
    #[error("{}", .0.text_en())]
    Revoked(Withdrawn),
}

/// By what a token was withdrawn before its time; the weightier is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Withdrawn {
    /// Its session ended, or its subject's epoch rose.
    Ended,
    /// A credential of its subject was reported lost (4-4-4).
    Lost,
}

impl Withdrawn {
    const fn text_en(self) -> &'static str {
        match self {
            Self::Ended => "the access token has been revoked",
            Self::Lost => {
                "the access token was revoked when an ID card or factor was reported lost"
            }
        }
    }
}

impl Refusal for Refused {
    fn kind(&self) -> Kind {
        Kind::Unauthenticated
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "token_missing",
            Self::Malformed => "token_malformed",
            Self::Issuer => "token_issuer_unknown",
            Self::Audience => "token_audience_wrong",
            Self::Type => "token_type_wrong",
            Self::Algorithm => "token_algorithm_refused",
            Self::UnknownKey => "token_key_unknown",
            Self::KeysAway => "token_keys_away",
            Self::Signature => "token_signature_wrong",
            Self::Expired => "token_expired",
            Self::NotYet => "token_not_yet_valid",
            Self::Revoked(Withdrawn::Ended) => "token_revoked",
            Self::Revoked(Withdrawn::Lost) => "token_revoked_by_loss",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![ClauseId::known(match self {
            Self::Revoked(Withdrawn::Lost) => "4-4-4",
            _ => "7-2-(1)-1",
        })]
    }

    fn message_ja(&self) -> String {
        match self {
            Self::Missing => "サインインが必要です。",
            Self::Malformed => "アクセストークンの形式が正しくありません。",
            Self::Issuer => "アクセストークンの発行者を信頼できません。",
            Self::Audience => "アクセストークンの宛先が異なります。",
            Self::Type => "アクセストークンではないトークンです。",
            Self::Algorithm => "アクセストークンの署名方式は認められていません。",
            Self::UnknownKey => "アクセストークンの署名鍵が不明です。",
            Self::KeysAway => "アクセストークンの発行者に署名鍵を確認できません。",
            Self::Signature => "アクセストークンの署名が正しくありません。",
            Self::Expired => "アクセストークンの有効期限が切れています。",
            Self::NotYet => "アクセストークンはまだ有効ではありません。",
            Self::Revoked(Withdrawn::Ended) => {
                "アクセストークンは失効しています。もう一度サインインしてください。"
            }
            Self::Revoked(Withdrawn::Lost) => {
                "IDカード又は認証要素の紛失の届出により、アクセストークンは失効しています。もう一度サインインしてください。"
            }
        }
        .to_owned()
    }
}
