//! Refusals in SCIM's form (RFC 7644, 3.12), in the caller's language.

use axum::{
    Json,
    body::Bytes,
    extract::rejection::BytesRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use identity_domain::account;
use kernel::{ClauseId, Kind, Refusal};
use rpc::{Fields, Violation};
use serde_json::json;
use store::Failure;

use super::filter::Unreadable;
use crate::{import::WhyNot, pages::Language};

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// What an error says beside what SCIM knows of.
const MORE: &str = "urn:sekisho:params:scim:api:messages:2.0:Error";

/// See the module.
#[derive(Debug, Clone)]
pub(super) enum Refused {
    /// The caller's token.
    Token(auth::Refused),
    /// Known, but nobody who provisions.
    NotAClient,
    /// Too many requests at once.
    Busy,
    /// No such address, or not with this method.
    NoEndpoint,
    /// SCIM has it, and it is not done here.
    NotOffered,
    /// No such resource.
    Unknown(String),
    /// The body is no JSON, or not of the form it should have.
    Body(String),
    /// More than a request needs.
    TooLarge,
    /// The filter cannot be read.
    Filter(Unreadable),
    /// It can be read, and means nothing here.
    FilterUnsupported(String),
    /// The path cannot be read, or there is no such attribute.
    Path(String),
    /// Nothing has what the path asks for.
    NoTarget,
    /// An attribute that is not changed so.
    Fixed(String),
    /// Values at fault, all of them.
    Values(Vec<Violation>),
    /// More would have to be looked through than is.
    TooMany,
    /// There is a user of that name.
    Exists(String),
    /// It was changed meanwhile.
    Version,
    /// Whom a section would lose belongs to no other.
    MemberStays(String),
    /// A rule stands against it.
    Rule(Box<WhyNot>),
    /// It is done in a while, or never; it is in the log.
    Failed(Failed),
}

/// Whose fault it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failed {
    /// Worth another try.
    Unavailable,
    /// The refusal could not be put on record.
    Unrecorded,
    /// A fault of the platform.
    Internal,
}

impl Refused {
    /// Goes on only if nothing was wrong.
    pub(super) fn unless_good(fields: Fields) -> Result<(), Self> {
        let violations = fields.into_violations();
        if violations.is_empty() {
            return Ok(());
        }
        Err(Self::Values(violations))
    }

    /// Whether it must be on record before it is answered: who may not, and what a rule stands
    /// against.
    pub(super) fn is_recorded(&self) -> bool {
        match self {
            Self::NotAClient | Self::MemberStays(_) => true,
            Self::Rule(why) => matches!(why.kind(), Kind::Denied | Kind::Precondition),
            _ => false,
        }
    }

    /// Its stable code.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Token(auth::Refused::KeysAway) => "unavailable",
            Self::Token(refused) => Refusal::code(refused),
            Self::NotAClient => "scim_client_unknown",
            Self::Busy => "overloaded",
            Self::NoEndpoint => "scim_endpoint_unknown",
            Self::NotOffered => "scim_not_offered",
            Self::Unknown(_) => "scim_resource_unknown",
            Self::Body(_) => "scim_body_unreadable",
            Self::TooLarge => "scim_body_too_large",
            Self::Filter(_) => "scim_filter_unreadable",
            Self::FilterUnsupported(_) => "scim_filter_unsupported",
            Self::Path(_) => "scim_path_unknown",
            Self::NoTarget => "scim_no_target",
            Self::Fixed(_) => "scim_attribute_fixed",
            Self::Values(violations) => match &violations[..] {
                [one] => one.code,
                _ => "scim_values_invalid",
            },
            Self::TooMany => "scim_too_many",
            Self::Exists(_) => "scim_user_exists",
            Self::Version => "scim_version_changed",
            Self::MemberStays(_) => "scim_member_stays",
            Self::Rule(why) => why.code(),
            Self::Failed(Failed::Unavailable) => "unavailable",
            Self::Failed(Failed::Unrecorded) => "refusal_not_recorded",
            Self::Failed(Failed::Internal) => "internal",
        }
    }

    /// The clauses it serves.
    pub(super) fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::Token(refused) => Refusal::clauses(refused),
            // アクセス許可最小化.
            Self::NotAClient => vec![ClauseId::known("7-2-(3)-2")],
            // The life of an ID.
            Self::MemberStays(_) => vec![ClauseId::known("7-2-(9)-1")],
            Self::Rule(why) => why.clauses().to_vec(),
            _ => Vec::new(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Token(auth::Refused::KeysAway) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::NotAClient => StatusCode::FORBIDDEN,
            Self::NoEndpoint | Self::Unknown(_) => StatusCode::NOT_FOUND,
            Self::NotOffered => StatusCode::NOT_IMPLEMENTED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(_)
            | Self::Filter(_)
            | Self::FilterUnsupported(_)
            | Self::Path(_)
            | Self::NoTarget
            | Self::Fixed(_)
            | Self::Values(_)
            | Self::TooMany => StatusCode::BAD_REQUEST,
            Self::Exists(_) | Self::MemberStays(_) => StatusCode::CONFLICT,
            Self::Version => StatusCode::PRECONDITION_FAILED,
            Self::Rule(why) => match why.kind() {
                Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
                // What a request names and there is not, such as a section, is a wrong value.
                Kind::Invalid | Kind::NotFound => StatusCode::BAD_REQUEST,
                Kind::Denied => StatusCode::FORBIDDEN,
                Kind::Conflict | Kind::Precondition => StatusCode::CONFLICT,
                Kind::Exhausted => StatusCode::TOO_MANY_REQUESTS,
            },
            Self::Busy | Self::Failed(Failed::Unavailable | Failed::Unrecorded) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Failed(Failed::Internal) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// SCIM's own word for it.
    fn scim_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::Body(_) => "invalidSyntax",
            Self::Filter(_) | Self::FilterUnsupported(_) => "invalidFilter",
            Self::Path(_) => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::Fixed(_) => "mutability",
            Self::Values(_) => "invalidValue",
            Self::TooMany => "tooMany",
            Self::Exists(_) => "uniqueness",
            Self::Rule(why) if matches!(why.kind(), Kind::Invalid | Kind::NotFound) => {
                "invalidValue"
            }
            _ => return None,
        })
    }

    /// The answer.
    pub(super) fn told(&self, language: Language) -> Response {
        let status = self.status();
        let (ja, en) = self.words();
        let mut body = json!({
            "schemas": [ERROR],
            "status": status.as_str(),
            "detail": language.pick(&ja, &en),
            MORE: {
                "code": self.code(),
                "clauses": self.clauses().iter().map(ToString::to_string).collect::<Vec<_>>(),
            },
        });
        if let Some(word) = self.scim_type() {
            body["scimType"] = word.into();
        }
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        let tongue = HeaderValue::from_static(language.tag());
        headers.insert(header::CONTENT_LANGUAGE, tongue);
        match self {
            Self::Token(auth::Refused::Missing) => {
                let challenge = HeaderValue::from_static("Bearer");
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            Self::Token(_) if status == StatusCode::UNAUTHORIZED => {
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }

    fn words(&self) -> (String, String) {
        let (ja, en) = match self {
            Self::Token(refused) => return (refused.message_ja(), refused.to_string()),
            Self::Rule(why) => return (why.ja().to_owned(), why.en().to_owned()),
            Self::Values(violations) => return values(violations),
            Self::Unknown(id) => {
                return (
                    format!("{id} は登録されていません。"),
                    format!("there is no {id}"),
                );
            }
            Self::Body(why) => {
                return (
                    format!("本文がJSONとして読めないか、形式が異なります（{why}）。"),
                    format!("the body is no JSON, or not of the right form: {why}"),
                );
            }
            Self::Filter(why) => {
                return (
                    format!("filterが{}バイト目から読めません。", why.at),
                    format!("the filter cannot be read: {why}"),
                );
            }
            Self::FilterUnsupported(why) => {
                return (
                    format!("この属性と比較の組合せは使えません（{why}）。"),
                    format!("the filter has no meaning here: {why}"),
                );
            }
            Self::Path(path) => {
                return (
                    format!("pathが読めないか、その属性がありません（{path}）。"),
                    format!("the path cannot be read, or there is no such attribute: {path}"),
                );
            }
            Self::Fixed(name) => {
                return (
                    format!("{name} は変更できません。"),
                    format!("{name} cannot be changed"),
                );
            }
            Self::Exists(id) => {
                return (
                    format!("職員 {id} は既に登録されています。"),
                    format!("person {id} is registered already"),
                );
            }
            Self::MemberStays(id) => {
                return (
                    format!(
                        "職員 {id} の所属をなくすことはできません。異動先の課公所に加えてください。"
                    ),
                    format!("{id} would belong nowhere; add them to their new section instead"),
                );
            }
            Self::NotAClient => (
                "職員情報の連携元として登録されていません。",
                "this workload is not registered as a SCIM client",
            ),
            Self::Busy => (
                "混み合っています。しばらくしてからもう一度お試しください。",
                "too many requests at once, try again shortly",
            ),
            Self::NoEndpoint => (
                "このURLとメソッドの組合せはありません。",
                "there is no such address, or not with this method",
            ),
            Self::NotOffered => ("この操作には対応していません。", "this is not done here"),
            Self::TooLarge => ("本文が大きすぎます。", "the body is too large"),
            Self::NoTarget => ("pathに合う値がありません。", "no value fits the path"),
            Self::TooMany => (
                "該当が多すぎます。条件を絞ってください。",
                "too many would have to be looked through; narrow the filter",
            ),
            Self::Version => (
                "他で変更されています。読み直してからもう一度お試しください。",
                "it was changed meanwhile; read it again",
            ),
            Self::Failed(Failed::Unavailable | Failed::Unrecorded) => (
                "現在処理できません。しばらくしてからもう一度お試しください。",
                "this cannot be done just now, try again later",
            ),
            Self::Failed(Failed::Internal) => ("内部エラーです。", "a fault of the platform"),
        };
        (ja.to_owned(), en.to_owned())
    }
}

fn values(violations: &[Violation]) -> (String, String) {
    let ja = violations
        .iter()
        .map(|one| format!("{}: {}", one.field, one.ja));
    let en = violations
        .iter()
        .map(|one| format!("{}: {}", one.field, one.en));
    (
        ja.collect::<Vec<_>>().join(" "),
        en.collect::<Vec<_>>().join("; "),
    )
}

/// Told later, by whoever knows the caller's language.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A body that is not too long.
pub(super) fn body(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Refused> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused::TooLarge,
        _ => Refused::Body("it ended early".to_owned()),
    })
}

impl From<auth::Refused> for Refused {
    fn from(refused: auth::Refused) -> Self {
        Self::Token(refused)
    }
}

/// What every operation may come to.
pub(super) trait Outcome<T> {
    /// The same with a refusal in this form.
    fn or_refused(self) -> Result<T, Failure<Refused>>;
}

impl<T> Outcome<T> for Result<T, Failure<WhyNot>> {
    fn or_refused(self) -> Result<T, Failure<Refused>> {
        self.map_err(|failure| failure.map(|why| Refused::Rule(why.into())))
    }
}

impl<T> Outcome<T> for Result<T, Failure<account::Refusal>> {
    fn or_refused(self) -> Result<T, Failure<Refused>> {
        self.map_err(|failure| failure.map(|refusal| Refused::Rule(Box::new(refusal.into()))))
    }
}

impl From<Refused> for Failure<Refused> {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Failure<Refused>> for Refused {
    fn from(failure: Failure<Refused>) -> Self {
        match failure {
            Failure::Refused(refused) => refused,
            Failure::Corrupt { table, row, reason } => {
                tracing::error!(table, row, reason, "a row is corrupt");
                Self::Failed(Failed::Internal)
            }
            Failure::Unavailable(error) => {
                tracing::error!(%error, "a SCIM request could not be answered");
                Self::Failed(Failed::Unavailable)
            }
            Failure::Contended(_) | Failure::KeyReused => Self::Failed(Failed::Unavailable),
        }
    }
}
