//! What the ledger can be asked to do, each with the facts it is decided by.
//!
//! A [`Work`] gathers its facts inside the transaction that decides, after locking the entries it
//! goes by, so that two pieces of work that bear on each other come one after the other. RPCs,
//! imports and the events of other services all go this way.

mod connections;
mod devices;
mod facts;
mod information;
mod networks;
mod systems;
mod takeouts;

use std::sync::Arc;

use async_trait::async_trait;
use directory::Directory;
use kernel::{Clock, Decider, Refusal};
use store::{Aggregate, Done, Failure, Outcome, Request, Store, Unit, facts::Snapshot};

pub(crate) use connections::{ConnectionWork, rejudge};
pub(crate) use devices::DeviceWork;
pub(crate) use information::InformationWork;
pub(crate) use networks::{NetworkWork, bound_to};
pub(crate) use systems::SystemWork;
pub(crate) use takeouts::TakeoutWork;

/// Something to do in one transaction.
#[async_trait]
pub(crate) trait Work: Send + Sync {
    /// The aggregate it is about.
    type Of: Aggregate;

    /// Does it, and everything that follows from it. Who asks and when is the unit's context.
    async fn run(&self, unit: &mut Unit, directory: &Directory) -> Outcome<Self::Of>;
}

/// The ledger: its store and what it knows of the city.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) store: Store,
    pub(crate) directory: Arc<Snapshot<Directory>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Ledger {
    /// On a store, with the organisation in a snapshot.
    pub fn new(store: Store, directory: Arc<Snapshot<Directory>>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            directory,
            clock,
        }
    }

    /// Does work: durable with everything that follows from it when this returns `Ok`.
    pub(crate) async fn carry_out<W: Work>(&self, work: &W, request: &Request) -> Outcome<W::Of> {
        self.store
            .carry_out::<W::Of, _>(request, |mut unit| async move {
                let done = work.run(&mut unit, &self.directory.get()).await?;
                Ok((unit, done))
            })
            .await
    }
}

/// Carries out several commands on one aggregate, all or none: each is first judged in memory.
async fn execute_all<A: Aggregate>(
    unit: &mut Unit,
    id: &str,
    commands: &[<A::State as Decider>::Command],
    facts: &<A::State as Decider>::Facts,
) -> Outcome<A> {
    let (mut state, version) = unit.load::<A>(id).await?;
    for command in commands {
        let events = state
            .decide(command, facts, unit.context())
            .map_err(Failure::Refused)?;
        for event in &events {
            state.evolve(event);
        }
    }
    let mut done = Done {
        id: id.to_owned(),
        version,
        state,
        events: Vec::new(),
    };
    for command in commands {
        let mut step = unit.execute::<A>(id, command, facts).await?;
        done.events.append(&mut step.events);
        done.version = step.version;
        done.state = step.state;
    }
    Ok(done)
}

/// A refusal where the rules leave no room for one: the ledger contradicts itself.
fn contradiction<R: Refusal, S>(
    table: &'static str,
    row: &str,
) -> impl FnOnce(Failure<R>) -> Failure<S> {
    let row = row.to_owned();
    move |failure| match failure.refusal() {
        Ok(refusal) => Failure::Corrupt {
            table,
            row,
            reason: format!("{}: {refusal}", refusal.code()),
        },
        Err(other) => other,
    }
}

#[cfg(test)]
mod tests;
