//! Units of work: facts are gathered inside the transaction that decides by them, and the whole is
//! done anew when another one got in first.

use async_trait::async_trait;
use kernel::Decider;
use store::{Aggregate, Done, Failure, Request, Unit};

use crate::identity::Identity;

/// How often work that met other work is done before the caller hears of it.
const ATTEMPTS: u32 = 5;

/// What becomes of work on an aggregate.
pub(crate) type Outcome<A> =
    Result<Done<<A as Aggregate>::State>, Failure<<<A as Aggregate>::State as Decider>::Refusal>>;

/// Something to do in one transaction.
#[async_trait]
pub(crate) trait Work: Send + Sync {
    /// The aggregate it is about.
    type Of: Aggregate;

    /// Does it. Who asks and when is the unit's context.
    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Self::Of>;
}

impl Identity {
    /// Does work: durable when this returns `Ok`, without a trace when it does not.
    pub(crate) async fn carry_out<W: Work>(&self, work: &W, request: &Request) -> Outcome<W::Of> {
        let mut attempts = Attempts::default();
        loop {
            let outcome = self.attempt(work, request).await;
            if !attempts.another(&outcome) {
                return outcome;
            }
        }
    }

    async fn attempt<W: Work>(&self, work: &W, request: &Request) -> Outcome<W::Of> {
        let mut unit = self.store.unit(request.clone()).await?;
        if let Some(done) = unit.repeated::<W::Of>().await? {
            return Ok(done);
        }
        let done = work.run(&mut unit, self).await?;
        unit.remember::<W::Of>(&done).await?;
        unit.commit().await?;
        Ok(done)
    }
}

/// Counts how often something was tried.
#[derive(Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Whether it met other work and is worth another try.
    pub(crate) fn another<T, R>(&mut self, outcome: &Result<T, Failure<R>>) -> bool {
        self.0 += 1;
        self.0 < ATTEMPTS && matches!(outcome, Err(Failure::Contended))
    }
}
