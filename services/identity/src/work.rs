//! Work that gathers its facts inside the transaction that decides by them.

use async_trait::async_trait;
use store::{Aggregate, Outcome, Request, Unit};

use crate::identity::Identity;

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
        self.store
            .carry_out::<W::Of, _>(request, |mut unit| async move {
                let done = work.run(&mut unit, self).await?;
                Ok((unit, done))
            })
            .await
    }
}
