//! The only place that makes a `tonic::Status`.
//!
//! Every error carries `google.rpc` details: ErrorInfo (the stable code, domain `sekisho`, and in
//! its metadata `clauses` and `pack`, and where somebody has to verify more first `acr_values` and
//! `max_age` as in RFC 9470), LocalizedMessage in English and Japanese, RequestInfo (the
//! request id), and where they apply BadRequest (each field at fault, as far as there is room for them:
//! the metadata `fields_left_out` counts the others) and RetryInfo.

mod bounded;
mod foreign;
mod words;

use std::{collections::HashMap, error::Error, time::Duration};

use kernel::{Kind, Refusal};
use store::Failure;
use tonic::{Code, Status};
use tonic_types::{
    BadRequest, ErrorDetail, ErrorInfo, FieldViolation, LocalizedMessage, RequestInfo, RetryInfo,
    StatusExt,
};

use crate::Violation;
pub use words::{Words, words};

/// The domain of every code.
pub const DOMAIN: &str = "sekisho";
/// The code of an answer when a refusal could not be put on record.
pub const REFUSAL_NOT_RECORDED: &str = "refusal_not_recorded";
/// The code of an idempotency key that came with another request before.
pub const KEY_REUSED: &str = "idempotency_key_reused";

const SOON: Duration = Duration::from_millis(100);
const LATER: Duration = Duration::from_secs(1);

struct Answer<'a> {
    code: Code,
    reason: &'a str,
    en: String,
    ja: String,
    metadata: HashMap<String, String>,
    violations: Vec<FieldViolation>,
    more: Vec<ErrorDetail>,
}

impl<'a> Answer<'a> {
    fn new(code: Code, reason: &'a str, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            en: en.into(),
            ja: ja.into(),
            metadata: HashMap::new(),
            violations: Vec::new(),
            more: Vec::new(),
        }
    }

    fn with(mut self, detail: impl Into<ErrorDetail>) -> Self {
        self.more.push(detail.into());
        self
    }

    fn retry(self, after: Duration) -> Self {
        self.with(RetryInfo::new(Some(after)))
    }

    fn status(mut self) -> Status {
        let (en, ja) = bounded::sentences(self.en, self.ja);
        let (violations, left_out) = bounded::violations(self.violations, &en, &ja);
        if left_out > 0 {
            let left_out = left_out.to_string();
            self.metadata.insert("fields_left_out".into(), left_out);
        }
        let mut details: Vec<ErrorDetail> = vec![
            ErrorInfo::new(self.reason, DOMAIN, self.metadata).into(),
            LocalizedMessage::new("en", en.clone()).into(),
            LocalizedMessage::new("ja", ja).into(),
        ];
        if !violations.is_empty() {
            details.push(BadRequest::new(violations).into());
        }
        details.extend(self.more);
        Status::with_error_details_vec(self.code, en, details)
    }
}

/// The answer to a refusal of a rule, with its clauses.
pub fn refused(refusal: impl Refusal) -> Status {
    let (reason, en, ja) = (refusal.code(), refusal.to_string(), refusal.message_ja());
    let mut answer = Answer::new(code_of(&refusal), reason, en, ja);
    let clauses = refusal.clauses();
    if !clauses.is_empty() {
        let ids: Vec<&str> = clauses.iter().map(|clause| clause.as_str()).collect();
        answer.metadata.insert("clauses".into(), ids.join(","));
    }
    if let Some(challenge) = refusal.challenge() {
        let acr = challenge.acr.to_owned();
        answer.metadata.insert("acr_values".into(), acr);
        let age = challenge.max_age.map(|age| age.as_secs().to_string());
        answer
            .metadata
            .extend(age.map(|age| ("max_age".into(), age)));
    }
    answer.violations = refusal
        .faults()
        .into_iter()
        .map(|fault| FieldViolation {
            field: fault.field,
            description: fault.message_en,
            reason: reason.to_owned(),
            localized_message: Some(LocalizedMessage::new("ja", fault.message_ja)),
        })
        .collect();
    let exhausted = (refusal.kind() == Kind::Exhausted).then_some(LATER);
    if let Some(after) = refusal.retry_after().or(exhausted) {
        answer = answer.retry(after);
    }
    answer.status()
}

/// The answer to whatever came of a command beside success.
pub fn failure<R: Refusal>(failure: Failure<R>) -> Status {
    match failure {
        Failure::Refused(refusal) => refused(refusal),
        Failure::KeyReused => Answer::new(
            Code::Aborted,
            KEY_REUSED,
            "the idempotency key was used before with another request",
            "この冪等キーは別の要求で使用済みです。",
        )
        .status(),
        Failure::Contended(_) => Answer::new(
            Code::Aborted,
            "contended",
            "others changed the same things at the same time, try again",
            "同時に変更されました。もう一度お試しください。",
        )
        .retry(SOON)
        .status(),
        Failure::Unavailable(error) => unavailable(error),
        Failure::Corrupt { .. } => internal(failure),
    }
}

/// The answer when something this platform needs cannot be reached just now. The cause is logged
/// here, once, and not told.
pub fn unavailable(error: impl Error) -> Status {
    tracing::error!(error = chain(&error), "unavailable");
    Answer::new(
        Code::Unavailable,
        "unavailable",
        "the service cannot do this just now, try again later",
        "現在処理できません。しばらくしてからもう一度お試しください。",
    )
    .retry(LATER)
    .status()
}

/// The answer to a fault of this platform. The cause is logged here, once, with the request id of
/// the span; the caller gets that id and nothing else.
pub fn internal(error: impl Error) -> Status {
    tracing::error!(error = chain(&error), "internal error");
    Answer::new(
        Code::Internal,
        "internal",
        "internal error",
        "内部エラーが発生しました。",
    )
    .status()
}

/// The answer when a handler panicked; the panic itself has been told on standard error.
pub(crate) fn panicked() -> Status {
    internal(Panicked)
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

/// The answer to a request with fields at fault: all of them.
pub fn invalid(violations: Vec<Violation>) -> Status {
    let named: Vec<&str> = violations.iter().map(|one| one.field.as_str()).collect();
    let en = format!("invalid: {}", named.join(", "));
    let ja = format!("入力に誤りがあります：{}", named.join("、"));
    let mut answer = Answer::new(Code::InvalidArgument, "invalid_fields", en, ja);
    answer.violations = violations
        .into_iter()
        .map(|one| FieldViolation {
            field: one.field,
            description: one.en,
            reason: one.code.to_owned(),
            localized_message: Some(LocalizedMessage::new("ja", one.ja)),
        })
        .collect();
    answer.status()
}

/// The answer to a message longer than `limits.max_message_bytes`.
pub(crate) fn message_too_large(limit: usize) -> Status {
    Answer::new(
        Code::OutOfRange,
        "message_too_large",
        format!("the message has more than the {limit} bytes a request may have here"),
        format!("メッセージが大きすぎます。ここで受け付けるのは{limit}バイトまでです。"),
    )
    .status()
}

/// The answer to a request that does not hold exactly the one message it announces.
pub(crate) fn message_cut(announced: Option<usize>, came: usize) -> Status {
    let (en, ja) = match announced {
        Some(announced) => (
            format!("the message is announced with {announced} bytes and has {came}"),
            format!("メッセージは{announced}バイトと示されていますが、{came}バイトあります。"),
        ),
        None => (
            "the request holds no message".to_owned(),
            "要求にメッセージがありません。".to_owned(),
        ),
    };
    Answer::new(Code::InvalidArgument, "malformed_message", en, ja).status()
}

pub(crate) fn deadline_exceeded(limit: Duration) -> Status {
    Answer::new(
        Code::DeadlineExceeded,
        "deadline_exceeded",
        format!("not done within {} ms", limit.as_millis()),
        format!(
            "{}ミリ秒以内に処理が終わりませんでした。",
            limit.as_millis()
        ),
    )
    .status()
}

pub(crate) fn refusal_not_recorded() -> Status {
    Answer::new(
        Code::Unavailable,
        REFUSAL_NOT_RECORDED,
        "the answer could not be put on record, try again later",
        "記録できないため回答できません。しばらくしてからもう一度お試しください。",
    )
    .retry(LATER)
    .status()
}

pub(crate) fn stopping() -> Status {
    Answer::new(
        Code::Unavailable,
        "stopping",
        "this server is stopping, connect again",
        "サーバーを停止しています。接続し直してください。",
    )
    .retry(SOON)
    .status()
}

/// Gives an answer made below our handlers a code and words, and every answer its request id and,
/// where it names clauses, the pack they are of.
pub(crate) fn complete(status: &Status, request_id: &str, pack: &str) -> Status {
    let mut details = status.get_error_details_vec();
    let known = details
        .iter()
        .any(|detail| matches!(detail, ErrorDetail::ErrorInfo(_)));
    if !known {
        details = foreign::details(status);
    }
    let in_english = details
        .iter()
        .any(|detail| matches!(detail, ErrorDetail::LocalizedMessage(m) if m.locale == "en"));
    if !in_english {
        details.push(LocalizedMessage::new("en", status.message()).into());
    }
    for detail in &mut details {
        if let ErrorDetail::ErrorInfo(info) = detail
            && info.metadata.contains_key("clauses")
        {
            info.metadata.insert("pack".into(), pack.to_owned());
        }
    }
    details.push(RequestInfo::new(request_id, "").into());
    Status::with_error_details_vec_and_metadata(
        status.code(),
        status.message(),
        details,
        status.metadata().clone(),
    )
}

fn code_of(refusal: &impl Refusal) -> Code {
    match refusal.kind() {
        Kind::Unauthenticated => Code::Unauthenticated,
        Kind::Invalid => Code::InvalidArgument,
        Kind::NotFound => Code::NotFound,
        Kind::Denied => Code::PermissionDenied,
        Kind::Conflict if refusal.code().ends_with("_exists") => Code::AlreadyExists,
        Kind::Conflict => Code::Aborted,
        Kind::Precondition => Code::FailedPrecondition,
        Kind::Exhausted => Code::ResourceExhausted,
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
