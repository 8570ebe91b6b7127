//! What a step of a route was decided.

use approvals_domain::permit::Verdict;
use proto::approvals::v1 as wire;

pub(crate) fn verdict_from(number: i32) -> Option<Verdict> {
    match wire::StepVerdict::try_from(number).ok()? {
        wire::StepVerdict::Unspecified => None,
        wire::StepVerdict::Permitted => Some(Verdict::Permitted),
        wire::StepVerdict::Refused => Some(Verdict::Refused),
    }
}

pub(super) fn verdict_to(verdict: Option<Verdict>) -> i32 {
    match verdict {
        None => wire::StepVerdict::Unspecified,
        Some(Verdict::Permitted) => wire::StepVerdict::Permitted,
        Some(Verdict::Refused) => wire::StepVerdict::Refused,
    }
    .into()
}
