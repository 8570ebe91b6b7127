//! What an access decision came to, in words.

use proto::identity::v1::AccessOutcome;

use crate::language::Language;

pub(crate) fn title(outcome: AccessOutcome, lang: Language) -> &'static str {
    match outcome {
        AccessOutcome::Allow => lang.pick("許可", "allowed"),
        AccessOutcome::AllowByException => lang.pick("例外措置により許可", "allowed by exception"),
        AccessOutcome::StepUp => lang.pick("追加の認証が必要", "more authentication is needed"),
        AccessOutcome::Deny => lang.pick("拒否", "denied"),
        AccessOutcome::Unspecified => lang.pick("不明", "unknown"),
    }
}
