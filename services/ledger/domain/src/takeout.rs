//! A record of equipment taken out (clause 4-1-6).
//!
//! A granted take-out permit writes it, one record per permit: what, who carries it, and when it is
//! due back. The information manager of the section that took it out enters its return.

use jiff::Timestamp;
use kernel::{ClauseId, Context, Decider, DeviceId, Kind, PermitId, PersonId, SectionId};
use serde::{Deserialize, Serialize};

use crate::{
    clauses,
    keeper::{Caller, NotYours},
};

/// A take-out as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeout {
    /// What is on record; none until recorded.
    pub record: Option<Record>,
    /// When it came back.
    pub returned_at: Option<Timestamp>,
}

/// What was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Permit it rests on.
    pub permit: PermitId,
    /// Device taken out.
    pub device: DeviceId,
    /// Who carries it.
    pub person: PersonId,
    /// Section that took it out.
    pub section: SectionId,
    /// When it is due back; none if the permit has no end.
    pub due_back_at: Option<Timestamp>,
}

impl Takeout {
    /// Whether it is out past its due time.
    pub fn overdue(&self, now: Timestamp) -> bool {
        let due = self.record.as_ref().and_then(|record| record.due_back_at);
        self.returned_at.is_none() && due.is_some_and(|due| due <= now)
    }
}

/// What is asked of a take-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Put it on record.
    Record(Record),
    /// It came back.
    Return,
}

/// What happened to a take-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It is on record.
    Recorded(Record),
    /// It came back.
    Returned {
        /// When.
        at: Timestamp,
    },
}

/// What the decision must know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The caller's posts.
    pub caller: Caller,
}

/// Why something asked of a take-out was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the caller's to write.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// No such record.
    #[error("no take-out is on record under this permit")]
    NotFound,
}

impl Decider for Takeout {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(
        &self,
        command: &Command,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        match (command, &self.record) {
            (Command::Record(record), None) => {
                facts.caller.must_keep(&record.section, context)?;
                Ok(vec![Event::Recorded(record.clone())])
            }
            (Command::Record(_), Some(_)) => Ok(vec![]),
            (Command::Return, None) => Err(Refusal::NotFound),
            (Command::Return, Some(record)) => {
                facts.caller.must_keep(&record.section, context)?;
                Ok(match self.returned_at {
                    Some(_) => vec![],
                    None => vec![Event::Returned { at: context.now }],
                })
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Recorded(record) => self.record = Some(record.clone()),
            Event::Returned { at } => self.returned_at = Some(*at),
        }
    }
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotYours(inner) => inner.kind(),
            Self::NotFound => Kind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotYours(inner) => inner.code(),
            Self::NotFound => "takeout_not_found",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotYours(_) | Self::NotFound => vec![clauses::TAKEOUT_RECORD],
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotYours(inner) => inner.message_ja(),
            Self::NotFound => "この許可による持ち出しの記録はありません。".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
