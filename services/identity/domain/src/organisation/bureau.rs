//! A bureau or ward (局・区, clause 1-2-1).
//!
//! It is recorded once and may be renamed. It is never removed: sections, posts and the records
//! of years refer to it.

use kernel::{BureauId, Context, Decider, Kind};
use serde::{Deserialize, Serialize};

/// What is known of it; nothing before it is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub recorded: Option<Record>,
}

/// A bureau's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Bureau code.
    pub id: BureauId,
    /// Name, for example 財政局.
    pub name: String,
    /// A ward (区), not a bureau.
    pub ward: bool,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Record it, or change its record.
    Record(Record),
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was recorded or changed.
    Recorded(Record),
}

/// Nothing stands against recording a bureau.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match *self {}
    }
    fn code(&self) -> &'static str {
        match *self {}
    }
    fn message_ja(&self) -> String {
        match *self {}
    }
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = ();
    type Refusal = Refusal;

    fn decide(&self, command: &Command, _: &(), _: &Context) -> Result<Vec<Event>, Refusal> {
        let Command::Record(record) = command;
        if self.recorded.as_ref() == Some(record) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Recorded(record.clone())])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Recorded(record) = event;
        self.recorded = Some(record.clone());
    }
}
