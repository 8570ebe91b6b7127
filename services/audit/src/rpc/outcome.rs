//! What came of it, where a record is of something judged: an access, a request, a sign-in.

use proto::{
    audit::v1::LogEntry,
    common::v1::RequestRefused,
    identity::v1::{AccessEvaluated, AccessOutcome, SignInRefused},
    record::Record,
};

const REFUSED: &str = "refused";

/// Writes outcome and codes into the entry; a record of something done has none.
pub(super) fn write(said: &Record, entry: &mut LogEntry) {
    let judged = if let Some(Ok(event)) = said.event::<AccessEvaluated>() {
        Some((word(event.outcome()), event.reasons))
    } else if let Some(Ok(event)) = said.event::<RequestRefused>() {
        Some((REFUSED, vec![event.code]))
    } else if let Some(Ok(event)) = said.event::<SignInRefused>() {
        Some((REFUSED, vec![event.code]))
    } else {
        None
    };
    if let Some((outcome, codes)) = judged {
        entry.outcome = outcome.to_owned();
        entry.codes = codes;
    }
}

fn word(outcome: AccessOutcome) -> &'static str {
    match outcome {
        AccessOutcome::Unspecified => "",
        AccessOutcome::Allow => "allow",
        AccessOutcome::StepUp => "step_up",
        AccessOutcome::Deny => "deny",
        AccessOutcome::AllowByException => "allow_by_exception",
    }
}
