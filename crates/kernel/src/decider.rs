//! The shape of every aggregate: a pure decision over state, and a total fold of what happened.

use jiff::Timestamp;

use crate::{Actor, Refusal};

/// What surrounds a command: who asks, when, and as part of which request.
///
/// Time and identity arrive from outside so that a decision can be replayed and tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Who asks.
    pub actor: Actor,
    /// The decision's own clock: every comparison with a limit uses this instant and no other.
    pub now: Timestamp,
    /// Ties together everything done for one request (UUID, or the id a caller sent).
    pub correlation: String,
    /// The id of the event this command answers to, when a consumer and not a caller sends it.
    pub causation: Option<String>,
    /// W3C trace context of the request (`traceparent`), carried on every event it leads to.
    pub traceparent: Option<String>,
}

impl Context {
    /// A context of one's own: no cause, no trace.
    pub fn new(actor: Actor, now: Timestamp, correlation: impl Into<String>) -> Self {
        Self {
            actor,
            now,
            correlation: correlation.into(),
            causation: None,
            traceparent: None,
        }
    }
}

/// An aggregate: `decide` holds every rule, `evolve` holds none and cannot fail.
pub trait Decider: Default {
    /// What is asked of it.
    type Command;
    /// What happened.
    type Event;
    /// What a decision must know beside the aggregate's own state (the clause pack, what other
    /// aggregates and services have said). Gathered by the shell before the decision.
    type Facts;
    /// Why a command was not carried out.
    type Refusal: Refusal;

    /// Judges a command. `Ok(vec![])` means "already so" (a repeat); a refusal is an `Err`.
    fn decide(
        &self,
        command: &Self::Command,
        facts: &Self::Facts,
        context: &Context,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Takes in what happened. Total: whatever was once recorded must be accepted.
    fn evolve(&mut self, event: &Self::Event);
}

/// The state after the given events, from nothing.
pub fn replay<'a, D: Decider>(events: impl IntoIterator<Item = &'a D::Event>) -> D
where
    D::Event: 'a,
{
    let mut state = D::default();
    for event in events {
        state.evolve(event);
    }
    state
}
