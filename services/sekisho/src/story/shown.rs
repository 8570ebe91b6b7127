//! What the story shows of a step: the decision, its clauses and the record's place in the log.

use proto::{approvals::v1::Permit, identity::v1::AccessAnswer};

use super::{
    factors::PERMIT_GRANTED,
    teller::{Shown, Teller},
    world::{ACCESS_EVALUATED, World},
};
use crate::{Failure, outcome};

/// An account got a factor that counts.
pub(super) const FACTOR_ENROLLED: &str = "identity.v1.FactorEnrolled";

/// An event by its record: the clauses are those on record.
pub(super) async fn record(
    world: &World,
    teller: &Teller,
    kind: &str,
    subject: &str,
    (ja, en): (&str, &str),
) -> Result<(), Failure> {
    let index = world.index_of(kind, subject).await?;
    let clauses = world.clauses_at(index).await?;
    let event = kind.rsplit('.').next().unwrap_or(kind);
    teller.show(&Shown {
        decision: format!("{} [{event}]", teller.lang().pick(ja, en)),
        clauses: &clauses,
        log_index: Some(index),
    });
    Ok(())
}

/// A permit's decision with its record.
pub(super) async fn permit(world: &World, teller: &Teller, permit: &Permit) -> Result<(), Failure> {
    let by = permit
        .steps
        .last()
        .map(|step| step.decided_by.clone())
        .unwrap_or_default();
    teller.show(&Shown {
        decision: teller
            .lang()
            .pick(format!("許可({by})"), format!("permitted by {by}")),
        clauses: &permit.clauses,
        log_index: Some(world.index_of(PERMIT_GRANTED, &permit.permit_id).await?),
    });
    Ok(())
}

/// An access decision with its reasons and its record.
pub(super) async fn access(
    world: &World,
    teller: &Teller,
    answer: &AccessAnswer,
) -> Result<(), Failure> {
    let index = world
        .index_of(ACCESS_EVALUATED, &answer.decision_id)
        .await?;
    teller.show(&Shown {
        decision: outcome::title(answer.outcome(), teller.lang()).to_owned(),
        clauses: &answer.clauses,
        log_index: Some(index),
    });
    for reason in &answer.reasons {
        teller.note(&reason.message_ja, &reason.message_en);
    }
    Ok(())
}
