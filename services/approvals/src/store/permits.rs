//! How permits are kept.

use approvals_domain::{
    Facts, Permit,
    permit::{Event, Phase},
    route::Deciders,
};
use kernel::PersonId;
use proto::record::Outgoing;
use sea_orm::DbErr;
use store::{Aggregate, Column, Unit, micros};

use super::{
    Kept,
    marks::{self, Mark},
};
use crate::publish;

/// The permits of this service.
#[derive(Debug)]
pub struct Permits;

impl Aggregate for Permits {
    type State = Permit;
    const TABLE: &'static str = "permit";

    fn columns(state: &Permit) -> Vec<Column> {
        let subject = &state.application.subject;
        let text = |id: Option<&str>| id.map(str::to_owned).into();
        vec![
            ("kind", state.application.kind.clone().into()),
            ("applicant_id", state.applicant.as_str().into()),
            ("person_id", state.beneficiary().as_str().into()),
            (
                "section_id",
                text(state.place.section.as_ref().map(|id| id.as_str())),
            ),
            (
                "bureau_id",
                text(state.place.bureau.as_ref().map(|id| id.as_str())),
            ),
            (
                "system_id",
                text(subject.system.as_ref().map(|id| id.as_str())),
            ),
            ("phase", phase(state.phase).into()),
            ("applied_at", state.applied_at.map_or(0, micros).into()),
            ("ends_at", state.application.ends_at.map(micros).into()),
            (
                "completion_due_at",
                state.awaits_completion_by().map(micros).into(),
            ),
        ]
    }

    fn publish(event: &Event, state: &Permit) -> Outgoing {
        publish::permit(event, state)
    }
}

impl Kept for Permits {
    const MARKS: &'static str = "permit_mark";

    fn marks(state: &Permit) -> Vec<Mark> {
        let on_route = state.steps.iter().flat_map(|step| {
            let ruling = step.ruling.iter();
            let ruled = ruling.flat_map(|one| std::iter::once(&one.by).chain(&one.witness));
            let asked = step.proposal.iter().map(|one| &one.witness);
            deciders(&step.deciders).chain(ruled).chain(asked)
        });
        let route = on_route.map(|id| (marks::ROUTE, id.to_string()));
        let waiting = waiting(state).map(|id| (marks::WAITING, id.to_string()));
        route.chain(waiting).collect()
    }

    async fn see(_: &Unit, _: &mut Facts) -> Result<(), DbErr> {
        Ok(())
    }
}

/// Who is to act now: the witness a decision waits for, else those who decide at the step.
fn waiting(state: &Permit) -> impl Iterator<Item = &PersonId> {
    let open = (state.phase == Phase::Applied)
        .then(|| state.current())
        .flatten();
    let step = open.and_then(|index| state.steps.get(index));
    let witness = step
        .and_then(|step| step.proposal.as_ref())
        .map(|one| &one.witness);
    let step = step.filter(|step| step.proposal.is_none()).into_iter();
    let deciders = step.flat_map(|step| deciders(&step.deciders));
    witness.into_iter().chain(deciders)
}

/// Those who decide, and those who may act for them.
fn deciders(known: &Deciders) -> impl Iterator<Item = &PersonId> {
    let acting = known.acting.iter().map(|acting| &acting.person);
    known.people.iter().chain(acting)
}

/// The word of a phase in the database and in metrics.
pub(crate) const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Absent => "absent",
        Phase::Applied => "applied",
        Phase::Granted => "granted",
        Phase::Refused => "refused",
        Phase::Withdrawn => "withdrawn",
        Phase::Expired => "expired",
        Phase::Revoked => "revoked",
        Phase::Completed => "completed",
    }
}
