//! How exceptions are kept.

use approvals_domain::{
    Exception, Facts,
    exception::{Event, Phase},
};
use proto::record::Outgoing;
use sea_orm::DbErr;
use store::{Aggregate, Column, Unit, micros};

use super::{
    Kept,
    marks::{self, Mark},
};
use crate::publish;

/// The exceptions of this service.
#[derive(Debug)]
pub struct Exceptions;

impl Aggregate for Exceptions {
    type State = Exception;
    const TABLE: &'static str = "exception";

    fn columns(state: &Exception) -> Vec<Column> {
        vec![
            ("bureau_id", state.bureau.as_str().into()),
            ("phase", phase(state.phase).into()),
            ("began_at", state.began_at.map_or(0, micros).into()),
            ("starts_at", state.starts_at.map_or(0, micros).into()),
            ("ends_at", state.ends_at.map_or(0, micros).into()),
            ("report_due_at", state.report_due_at.map(micros).into()),
            ("reported", state.report.is_some().into()),
            ("overdue_recorded", state.overdue_recorded.into()),
        ]
    }

    fn publish(event: &Event, state: &Exception) -> Outgoing {
        publish::exception(event, state)
    }
}

impl Kept for Exceptions {
    const MARKS: &'static str = "exception_mark";

    fn marks(state: &Exception) -> Vec<Mark> {
        let scope = &state.scope;
        let witness = state.proposal.iter().map(|one| &one.witness);
        let witnessed = state.ruling.iter().flat_map(|one| &one.witness);
        let people = scope.people.iter().chain(witness).chain(witnessed);
        let people = people.chain(&state.alarmed);
        let people = people.chain(std::iter::once(&state.manager));
        people
            .map(|id| (marks::PERSON, id.to_string()))
            .chain(scope.posts.iter().map(|id| (marks::POST, id.to_string())))
            .chain(
                scope
                    .sections
                    .iter()
                    .map(|id| (marks::SECTION, id.to_string())),
            )
            .chain(
                scope
                    .systems
                    .iter()
                    .map(|id| (marks::SYSTEM, id.to_string())),
            )
            .collect()
    }

    /// Whether an earlier emergency is still unreported must be true at the moment of commit.
    async fn see(unit: &Unit, facts: &mut Facts) -> Result<(), DbErr> {
        facts.unreported = super::unreported(unit.tx(), unit.context().now).await?;
        Ok(())
    }
}

/// The word of a phase in the database and in metrics.
pub(super) const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Absent => "absent",
        Phase::Applied => "applied",
        Phase::Granted => "granted",
        Phase::Refused => "refused",
        Phase::Invoked => "invoked",
        Phase::Reported => "reported",
        Phase::Endorsed => "endorsed",
        Phase::Revoked => "revoked",
        Phase::Expired => "expired",
        Phase::Closed => "closed",
    }
}
