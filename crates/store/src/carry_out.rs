//! Work in one transaction, done anew when other work got in first.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use kernel::Decider;

use crate::{Aggregate, Done, Failure, Request, Store, Unit};

/// How often work that met other work is done before the caller hears of it.
const ATTEMPTS: u32 = 5;
/// The longest wait before the second attempt; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(10);

type Refusal<A> = <<A as Aggregate>::State as Decider>::Refusal;

/// What becomes of a command on an aggregate.
pub type Outcome<A> = Result<Done<<A as Aggregate>::State>, Failure<Refusal<A>>>;

/// What work hands back: its unit, and what came of it. Without the unit nothing is kept.
pub type Worked<T, R> = Result<(Unit, T), Failure<R>>;

impl Store {
    /// Carries out what a request asks of an aggregate, and answers a repeat of the request as the
    /// first time: durable with its events when this returns `Ok`, gone without a trace when it
    /// returns `Err`.
    ///
    /// `work` is handed an open unit and hands it back with what came of it. It gathers its facts
    /// in that unit, since it is done anew, a few times, when other work got in first.
    pub async fn carry_out<A, F>(
        &self,
        request: &Request,
        work: impl Fn(Unit) -> F + Sync,
    ) -> Outcome<A>
    where
        A: Aggregate,
        F: Future<Output = Worked<Done<A::State>, Refusal<A>>> + Send,
    {
        let work = &work;
        self.transact(request, |unit| async move {
            if let Some(done) = unit.repeated::<A>().await? {
                return Ok((unit, done));
            }
            let (unit, done) = work(unit).await?;
            unit.remember::<A>(&done).await?;
            Ok((unit, done))
        })
        .await
    }

    /// The same for work that is not one aggregate's, and whose repeat does no harm.
    pub async fn transact<T, R, F>(
        &self,
        request: &Request,
        work: impl Fn(Unit) -> F + Sync,
    ) -> Result<T, Failure<R>>
    where
        F: Future<Output = Worked<T, R>> + Send,
    {
        anew(|| async {
            let (unit, done) = work(self.unit(request.clone()).await?).await?;
            unit.commit().await?;
            Ok(done)
        })
        .await
    }

    /// What work would come to: it sees what it changes, nobody else does, and none of it is kept.
    /// On SQLite nobody waits for it either.
    pub async fn rehearse<T, R, F>(
        &self,
        request: &Request,
        work: impl Fn(Unit) -> F + Sync,
    ) -> Result<T, Failure<R>>
    where
        F: Future<Output = Worked<T, R>> + Send,
    {
        anew(|| async {
            let tx = self.database().rehearsal().await?;
            let (unit, done) = work(self.unit_in(tx, request.clone())).await?;
            unit.abandon().await?;
            Ok(done)
        })
        .await
    }
}

async fn anew<T, R, F>(attempt: impl Fn() -> F) -> Result<T, Failure<R>>
where
    F: Future<Output = Result<T, Failure<R>>>,
{
    for met in 0..ATTEMPTS - 1 {
        match attempt().await {
            Err(Failure::Contended(_)) => tokio::time::sleep(wait(met)).await,
            other => return other,
        }
    }
    attempt().await
}

/// Anything up to the longest wait: those who met must not meet again.
fn wait(met: u32) -> Duration {
    let longest = FIRST_WAIT * 2u32.pow(met);
    // The standard library's hash keys are random; when to try again is no part of any decision.
    longest.mul_f64(f64::from(RandomState::new().hash_one(met) as u32) / f64::from(u32::MAX))
}
