//! Opening an ID for emergencies (緊急用ID, clauses 7-2-(8)-1a, 7-2-(8)-1b).
//!
//! Such an ID is nobody's own, has nothing but hardware keys, and serves only while it is open.
//! Somebody asks for it with a reason and the systems it is needed on; two others approve within
//! the hour; with the second approval it is open, for four hours at most, and everybody who has to
//! know is told at once. It ends by itself, or when somebody closes it. What was done is then
//! reviewed by somebody else than the one who asked, in time.

mod keys;
mod refusal;

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use kernel::{Context, Decider, EmergencyAccessId, PersonId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{Pack, Period};

pub use keys::Keys;
pub use refusal::Refusal;

/// How many people must approve, the one who asks not among them.
pub const APPROVALS: usize = 2;
/// How many IDs should be ready to be opened: one key may be lost, or broken, when it is needed.
pub const READY: usize = 2;
/// How long the approvals may take.
pub const WAITS: SignedDuration = SignedDuration::from_hours(1);
/// How long it is open at most.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(4);

/// Where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What was asked for; nothing before that.
    pub asked: Option<Asked>,
    /// Who approved, in order.
    pub approvals: Vec<PersonId>,
    /// When it was opened, and when that ended or ends.
    pub open: Option<Open>,
    /// Closed by somebody, or given up before it was open.
    pub closed_by: Option<PersonId>,
    /// What the review found.
    pub review: Option<Review>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its id.
    pub id: EmergencyAccessId,
    /// The ID for emergencies.
    pub account: PersonId,
    /// Who asks, and will use it.
    pub by: PersonId,
    /// The systems it is needed on; never empty.
    pub systems: BTreeSet<SystemId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// From when to when it is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// First instant.
    pub since: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// When the review is due.
    pub review_due_at: Timestamp,
}

/// What a review found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who reviewed.
    pub by: PersonId,
    /// What was done with it, and whether that was right.
    pub findings: String,
    /// When.
    pub at: Timestamp,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Ask for it.
    Ask {
        /// A new id for it.
        id: EmergencyAccessId,
        /// The ID for emergencies.
        account: PersonId,
        /// The systems it is needed on.
        systems: BTreeSet<SystemId>,
        /// Why.
        reason: String,
    },
    /// Approve it; the last approval opens it.
    Approve,
    /// Close it, or give it up.
    Close,
    /// Close the matter with a review.
    Review {
        /// What was found.
        findings: String,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was asked for.
    Asked(Asked),
    /// Somebody approved it.
    Approved {
        /// Who.
        by: PersonId,
    },
    /// It is open.
    Opened(Open),
    /// It was closed before its end, or given up.
    Closed {
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// When the review of what was open is due; none when it never was.
        review_due_at: Option<Timestamp>,
    },
    /// It was reviewed.
    Reviewed(Review),
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pack in force: by when a review is due.
    pub pack: Arc<Pack>,
    /// What the ID named signs in with; none when there is no such ID for emergencies.
    pub keys: Option<Keys>,
    /// The ID is asked for or open already.
    pub busy: bool,
    /// Systems named that the ledger does not know, or that are out of service.
    pub unknown: BTreeSet<SystemId>,
}

impl Decider for State {
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
        let actor = context.actor.person().ok_or(Refusal::OnlyAPerson)?;
        let now = context.now;
        if let Command::Ask {
            id,
            account,
            systems,
            reason,
        } = command
        {
            facts.allow(account)?;
            return Ok(vec![Event::Asked(Asked {
                id: id.clone(),
                account: account.clone(),
                by: actor.clone(),
                systems: systems.clone(),
                reason: reason.clone(),
                at: now,
            })]);
        }
        let asked = self.asked.as_ref().ok_or(Refusal::Unknown)?;
        match command {
            Command::Ask { .. } => Ok(vec![]),
            Command::Approve => self.approve(asked, actor, facts, now),
            Command::Close => Ok(self.close(actor, facts, now)),
            Command::Review { findings } => self.reviewed(asked, actor, findings, now),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Asked(asked) => self.asked = Some(asked.clone()),
            Event::Approved { by } => self.approvals.push(by.clone()),
            Event::Opened(open) => self.open = Some(open.clone()),
            Event::Closed {
                by,
                at,
                review_due_at,
            } => {
                self.closed_by = Some(by.clone());
                if let (Some(open), Some(due)) = (&mut self.open, review_due_at) {
                    open.until = *at;
                    open.review_due_at = *due;
                }
            }
            Event::Reviewed(review) => self.review = Some(review.clone()),
        }
    }
}

impl Facts {
    fn allow(&self, account: &PersonId) -> Result<(), Refusal> {
        match self.keys {
            None => return Err(Refusal::AccountUnknown(account.clone())),
            Some(Keys::Unfit) => return Err(Refusal::KeysUnfit),
            Some(Keys::Hardware) => {}
        }
        if self.busy {
            return Err(Refusal::Busy);
        }
        match self.unknown.first() {
            Some(system) => Err(Refusal::SystemUnknown(system.clone())),
            None => Ok(()),
        }
    }

    fn review_due(&self, end: Timestamp) -> Timestamp {
        let promptly = self.pack.period(Period::Promptly);
        promptly.end(end, self.pack.calendar())
    }
}

impl State {
    /// Whether the ID is taken up by it: it waits for approvals, or is open.
    pub fn is_busy(&self, now: Timestamp) -> bool {
        self.is_open(now) || self.waits(now)
    }

    /// Whether it is open.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.open.as_ref().is_some_and(|open| now < open.until)
    }

    /// Whether it waits for approvals.
    pub fn waits(&self, now: Timestamp) -> bool {
        let in_time = self.asked.as_ref().is_some_and(|one| now < one.at + WAITS);
        in_time && self.open.is_none() && self.closed_by.is_none()
    }

    fn approve(
        &self,
        asked: &Asked,
        actor: &PersonId,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        if *actor == asked.by || *actor == asked.account {
            return Err(Refusal::OwnRequest);
        }
        if self.approvals.contains(actor) {
            return Ok(vec![]);
        }
        if !self.waits(now) {
            return Err(Refusal::NotWaiting);
        }
        let approved = Event::Approved { by: actor.clone() };
        if self.approvals.len() + 1 < APPROVALS {
            return Ok(vec![approved]);
        }
        let until = now + LONGEST;
        let opened = Event::Opened(Open {
            since: now,
            until,
            review_due_at: facts.review_due(until),
        });
        Ok(vec![approved, opened])
    }

    fn close(&self, actor: &PersonId, facts: &Facts, now: Timestamp) -> Vec<Event> {
        if !self.is_busy(now) {
            return vec![];
        }
        let open = self.open.as_ref();
        vec![Event::Closed {
            by: actor.clone(),
            at: now,
            review_due_at: open.map(|_| facts.review_due(now)),
        }]
    }

    fn reviewed(
        &self,
        asked: &Asked,
        actor: &PersonId,
        findings: &str,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        if *actor == asked.by || *actor == asked.account {
            return Err(Refusal::OwnRequest);
        }
        if self.open.is_none() || self.is_open(now) {
            return Err(Refusal::NotOver);
        }
        match &self.review {
            Some(known) if known.by == *actor && known.findings == findings => Ok(vec![]),
            Some(_) => Err(Refusal::Reviewed),
            None => Ok(vec![Event::Reviewed(Review {
                by: actor.clone(),
                findings: findings.to_owned(),
                at: now,
            })]),
        }
    }
}

#[cfg(test)]
mod tests;
