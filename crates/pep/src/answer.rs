//! Why an access does not go on, and how an HTTP client is told.

use http::{HeaderValue, Response, StatusCode, header};
use kernel::Refusal as _;
use proto::identity::v1::{AccessAnswer, RequiredAuthentication};
use serde_json::{Value, json};

/// Why an access was stopped.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Stopped {
    /// The bearer token is missing or not good.
    #[error(transparent)]
    Token(auth::Refused),
    /// More or fresher authentication would be enough (RFC 9470).
    #[error("more authentication is needed")]
    StepUp(Box<AccessAnswer>),
    /// Refused by a rule.
    #[error("the access is refused")]
    Denied(Box<AccessAnswer>),
    /// There is no answer: nobody passes.
    #[error("there is no decision on the access just now")]
    Away,
}

/// A rule in the way, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// Clauses that stand.
    pub clauses: Vec<String>,
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

impl From<auth::Refused> for Stopped {
    fn from(refused: auth::Refused) -> Self {
        match refused {
            // The token may be as good as any.
            auth::Refused::KeysAway => Self::Away,
            refused => Self::Token(refused),
        }
    }
}

/// Rules that a new sign-in answers; so do all refusals of the token itself, `token_...`.
const SIGN_IN_AGAIN: [&str; 2] = ["session_not_live", "epoch_outdated"];

impl Stopped {
    /// Under which it is on record; none when no decision was made.
    pub fn decision_id(&self) -> Option<&str> {
        Some(self.answer()?.decision_id.as_str())
    }

    /// What people are to be told.
    pub fn reasons(&self) -> Vec<Reason> {
        match self {
            Self::Token(refused) => vec![Reason {
                code: refused.code().to_owned(),
                clauses: refused.clauses().iter().map(ToString::to_string).collect(),
                ja: refused.message_ja(),
                en: refused.to_string(),
            }],
            Self::Away => vec![Reason {
                code: "unavailable".to_owned(),
                clauses: Vec::new(),
                ja: "現在、利用の可否を確認できません。しばらくしてからもう一度お試しください。"
                    .to_owned(),
                en: "Whether this may be used cannot be found out just now; try again later."
                    .to_owned(),
            }],
            Self::StepUp(answer) | Self::Denied(answer) => (answer.reasons.iter())
                .map(|reason| Reason {
                    code: reason.code.clone(),
                    clauses: reason.clauses.clone(),
                    ja: reason.message_ja.clone(),
                    en: reason.message_en.clone(),
                })
                .collect(),
        }
    }

    /// The challenge for `WWW-Authenticate` (RFC 6750, RFC 9470): of a step-up with the levels and the
    /// age that would be enough. None where another sign-in would not help.
    pub fn challenge(&self) -> Option<String> {
        match self {
            Self::Token(auth::Refused::Missing) => Some("Bearer".to_owned()),
            Self::Token(_) => Some(invalid_token()),
            Self::StepUp(answer) => {
                let required = answer.required.clone().unwrap_or_default();
                Some(insufficient(&required))
            }
            Self::Denied(answer) => {
                let again =
                    |code: &str| code.starts_with("token_") || SIGN_IN_AGAIN.contains(&code);
                let all = (answer.reasons.iter()).all(|reason| again(&reason.code));
                (all && !answer.reasons.is_empty()).then(invalid_token)
            }
            Self::Away => None,
        }
    }

    /// The whole answer to an HTTP client: 401 with a challenge, 403 or 503, and the reasons as JSON.
    pub fn response<B: From<String>>(&self) -> Response<B> {
        let challenge = self
            .challenge()
            .and_then(|text| HeaderValue::from_str(&text).ok());
        let status = match (self, &challenge) {
            (Self::Away, _) => StatusCode::SERVICE_UNAVAILABLE,
            (_, Some(_)) => StatusCode::UNAUTHORIZED,
            (_, None) => StatusCode::FORBIDDEN,
        };
        let mut response = Response::new(B::from(self.json().to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if matches!(self, Self::Away) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    fn json(&self) -> Value {
        let reasons = self.reasons().into_iter().map(|reason| {
            json!({
                "code": reason.code,
                "clauses": reason.clauses,
                "message": { "ja": reason.ja, "en": reason.en },
            })
        });
        json!({
            "decision_id": self.decision_id(),
            "reasons": reasons.collect::<Vec<_>>(),
        })
    }

    fn answer(&self) -> Option<&AccessAnswer> {
        match self {
            Self::StepUp(answer) | Self::Denied(answer) => Some(answer),
            Self::Token(_) | Self::Away => None,
        }
    }
}

fn invalid_token() -> String {
    "Bearer error=\"invalid_token\"".to_owned()
}

fn insufficient(required: &RequiredAuthentication) -> String {
    let mut challenge = "Bearer error=\"insufficient_user_authentication\", \
                         error_description=\"more or fresher authentication is needed\""
        .to_owned();
    // What does not fit between quotes is no level.
    let plain = |level: &&String| {
        level
            .chars()
            .all(|c| c.is_ascii_graphic() && c != '"' && c != '\\')
    };
    let levels: Vec<&str> = (required.acr_values.iter().filter(plain))
        .map(String::as_str)
        .collect();
    if !levels.is_empty() {
        challenge.push_str(&format!(", acr_values=\"{}\"", levels.join(" ")));
    }
    if let Some(seconds) = required.max_age {
        challenge.push_str(&format!(", max_age=\"{seconds}\""));
    }
    challenge
}
