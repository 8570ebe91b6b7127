//! The write path of aggregates that are found by marks: people on a route, people in a scope.

use kernel::Decider;
use sea_orm::DbErr;
use store::{Aggregate, Done, Failure, Request, Store, Unit};

use super::marks::{self, Mark};

/// How often a command that met another one is decided anew before the caller hears of it.
const ATTEMPTS: usize = 5;

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

type Outcome<A> =
    Result<Done<<A as Aggregate>::State>, Failure<<<A as Aggregate>::State as Decider>::Refusal>>;

/// Carries out one command with its marks, in one transaction; decided anew, a few times, when
/// another command got in first.
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
    for _ in 1..ATTEMPTS {
        match attempt::<A>(store, id, command, facts, request).await {
            Err(Failure::Contended) => {}
            other => return other,
        }
    }
    attempt::<A>(store, id, command, facts, request).await
}

async fn attempt<A>(
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
    let mut unit = store.unit(request.clone()).await?;
    if let Some(done) = unit.repeated::<A>().await? {
        return Ok(done);
    }
    let mut facts = facts.clone();
    A::see(&unit, &mut facts).await?;
    let done = unit.execute::<A>(id, command, &facts).await?;
    if !done.events.is_empty() {
        let marks = A::marks(&done.state);
        marks::replace(unit.tx(), unit.backend(), A::MARKS, id, marks).await?;
    }
    unit.remember::<A>(&done).await?;
    unit.commit().await?;
    Ok(done)
}
