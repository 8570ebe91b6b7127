//! The write path of aggregates that are found by marks: people on a route, people in a scope.

use kernel::Decider;
use sea_orm::DbErr;
use store::{Aggregate, Outcome, Request, Store, Unit};

use super::marks::{self, Mark};

/// An aggregate with marks beside its state row.
pub trait Kept: Aggregate {
    /// Its table of marks.
    const MARKS: &'static str;

    /// What it is found by, as it stands.
    fn marks(state: &Self::State) -> Vec<Mark>;

    /// Completes the facts with what must be read in the command's own transaction.
    fn see(
        unit: &Unit,
        facts: &mut <Self::State as Decider>::Facts,
    ) -> impl Future<Output = Result<(), DbErr>> + Send;
}

/// Carries out one command with its marks, in one transaction.
pub async fn carry_out<A>(
    store: &Store,
    id: &str,
    command: &<A::State as Decider>::Command,
    facts: &<A::State as Decider>::Facts,
    request: &Request,
) -> Outcome<A>
where
    A: Kept,
    <A::State as Decider>::Facts: Clone,
{
    store
        .carry_out::<A, _>(request, |mut unit| async move {
            let mut facts = facts.clone();
            A::see(&unit, &mut facts).await?;
            let done = unit.execute::<A>(id, command, &facts).await?;
            if !done.events.is_empty() {
                let marks = A::marks(&done.state);
                marks::replace(unit.tx(), unit.backend(), A::MARKS, id, marks).await?;
            }
            Ok((unit, done))
        })
        .await
}
