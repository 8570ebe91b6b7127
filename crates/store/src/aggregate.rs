//! How a pure domain aggregate is kept: its table, its query columns, its public events.

use kernel::Decider;
use proto::record::Outgoing;
use sea_orm::Value;
use serde::{Serialize, de::DeserializeOwned};

/// A query column of a state row, written beside the state: name and value.
pub type Column = (&'static str, Value);

/// The shell's side of one aggregate. A marker type in the service implements it:
///
/// ```ignore
/// pub struct Systems;
/// impl store::Aggregate for Systems { type State = ledger_domain::System; ... }
/// ```
pub trait Aggregate: Send + Sync + 'static {
    /// The pure aggregate.
    type State: Decider<Command: Send + Sync, Event: Send + Sync, Facts: Send + Sync, Refusal: Send + Sync>
        + Serialize
        + DeserializeOwned
        + Clone
        + Send
        + Sync;

    /// Its state table; also the third token of its NATS subjects: lower snake case.
    const TABLE: &'static str;

    /// The query columns, as they stand after an event. Always the same names.
    fn columns(state: &Self::State) -> Vec<Column>;

    /// The public event for a domain event; `state` is the aggregate right after it. A match
    /// without `_`, so that no new event is forgotten.
    fn publish(event: &<Self::State as Decider>::Event, state: &Self::State) -> Outgoing;
}

/// What became of a command that was carried out (or had been already).
#[derive(Debug, Clone)]
pub struct Done<S: Decider> {
    /// Id of the aggregate.
    pub id: String,
    /// Its version now: the number of times it was written.
    pub version: u64,
    /// Its state now.
    pub state: S,
    /// What happened; empty when it was already so, or when this repeats an earlier answer.
    pub events: Vec<S::Event>,
}
