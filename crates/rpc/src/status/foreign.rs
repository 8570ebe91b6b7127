//! Answers made below our handlers, by tonic itself.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetail, ErrorInfo, LocalizedMessage};

use super::DOMAIN;

/// A code and Japanese words for them.
pub(super) fn details(status: &Status) -> Vec<ErrorDetail> {
    let (reason, mut ja) = words(status.code());
    let limited;
    if status.code() == Code::OutOfRange
        && let Some(limit) = limit(status.message())
    {
        limited = format!("メッセージが大きすぎます。{limit}バイトまでです。");
        ja = &limited;
    }
    vec![
        ErrorInfo::new(reason, DOMAIN, HashMap::new()).into(),
        LocalizedMessage::new("ja", ja).into(),
    ]
}

/// tonic's words end with the limit: `… the limit is: 4194304 bytes`.
fn limit(message: &str) -> Option<u64> {
    let (_, limit) = message.rsplit_once("the limit is: ")?;
    limit.strip_suffix(" bytes")?.parse().ok()
}

const fn words(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::OutOfRange => ("message_too_large", "メッセージが大きすぎます。"),
        Code::Unimplemented => ("not_implemented", "この操作は提供されていません。"),
        Code::Cancelled => ("cancelled", "処理は取り消されました。"),
        Code::DeadlineExceeded => (
            "deadline_exceeded",
            "制限時間内に処理が終わりませんでした。",
        ),
        Code::InvalidArgument => ("malformed_message", "メッセージの形式が正しくありません。"),
        Code::NotFound => ("not_found", "見つかりません。"),
        Code::Unavailable => ("unavailable", "現在処理できません。"),
        // tonic says "internal" of a stream that ends within a message, too.
        _ => ("transport", "通信中に誤りがありました。"),
    }
}
