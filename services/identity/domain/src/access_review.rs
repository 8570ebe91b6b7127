//! A review of who may use a system (アクセス権の見直し, clause 7-2-(3)-2).
//!
//! The system's manager starts it, and every access granted on the system is listed, to restricted items
//! there too (7-2-(5)-1). Until the review is due each is confirmed or removed, never by the one whose
//! access it is, and that to an item by whoever is in charge of the item. What nobody confirmed
//! ends at that instant, by the clock of whoever asks; soon after it is recorded as lapsed. An access
//! that has ended in another way meanwhile needs no confirming. With nothing left open the review is
//! closed. A system has one open review at a time.

mod refusal;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{AccessReviewId, Context, Decider, PermitId, PersonId, RestrictedItemId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{Pack, Period};

use crate::grant::{self, GrantKind};
pub use refusal::Refusal;

/// Most accesses in one event, so that a record stays small however many use a system.
const IN_ONE_RECORD: usize = 500;

/// The review; nothing before it is started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What is reviewed.
    pub started: Option<Review>,
}

/// A review that was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: AccessReviewId,
    /// The system.
    pub system: SystemId,
    /// Who started it.
    pub started_by: PersonId,
    /// When.
    pub started_at: Timestamp,
    /// The instant at which what is not confirmed ends.
    pub due_at: Timestamp,
    /// When nothing was left open; none while something is.
    pub closed_at: Option<Timestamp>,
    /// What was listed, in order.
    pub items: Vec<Item>,
}

/// An access that was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The access.
    pub access: Access,
    /// What was found; none while it is open.
    pub found: Option<Found>,
}

/// One ground on which somebody may use or administer the system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Access {
    /// Whose it is.
    pub person: PersonId,
    /// What it allows.
    pub kind: GrantKind,
    /// The restricted item it admits to; none = the system as such.
    #[serde(default)]
    pub item: Option<RestrictedItemId>,
    /// Permit it rests on; none when it was imported, or somebody was admitted.
    pub permit: Option<PermitId>,
}

/// Whose access it is, and to which restricted item if to one.
pub type Whose = (PersonId, Option<RestrictedItemId>);

impl Access {
    /// Whose it is, and to what.
    pub fn whose(&self) -> Whose {
        (self.person.clone(), self.item.clone())
    }

    /// Which ground of the person's grant it is.
    pub fn ground(&self) -> grant::Which {
        match &self.permit {
            Some(permit) => grant::Which::Permit(permit.clone()),
            None => grant::Which::Imported,
        }
    }
}

/// What was found of an access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What.
    pub verdict: Verdict,
    /// By whom; none when nobody decided.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// What becomes of an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is still needed.
    Confirmed,
    /// It is not, and was ended.
    Removed,
    /// Nobody confirmed it in time: it ended.
    Lapsed,
    /// It had ended by itself.
    Gone,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Start it.
    Start {
        /// The new review.
        id: AccessReviewId,
        /// The system.
        system: SystemId,
        /// Every access granted on it.
        accesses: BTreeSet<Access>,
    },
    /// Confirm accesses.
    Confirm(BTreeSet<Access>),
    /// End accesses.
    Remove {
        /// Which.
        accesses: BTreeSet<Access>,
        /// Why.
        reason: String,
    },
    /// Record what lapsed. As much as fits one record; asked again until nothing is open.
    Lapse,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was started.
    Started {
        /// The review.
        id: AccessReviewId,
        /// The system.
        system: SystemId,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// The instant at which what is not confirmed ends.
        due_at: Timestamp,
    },
    /// These are to be confirmed. The listing may take several events.
    Listed(Vec<Access>),
    /// Something was found of these.
    Judged {
        /// Of which.
        accesses: Vec<Access>,
        /// What, by whom, when.
        found: Found,
        /// Why; empty where nobody said.
        reason: String,
    },
    /// Nothing is open any more.
    Closed {
        /// When.
        at: Timestamp,
    },
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pack in force: how long a review may take.
    pub pack: Arc<Pack>,
    /// The system is in the ledger and in service.
    pub system_in_service: bool,
    /// The system's open review.
    pub open: Option<AccessReviewId>,
    /// Who manages the system.
    pub managers: BTreeSet<PersonId>,
    /// Who may judge an access: the managers of the system, or of the item, and whoever stands above
    /// them where the access is a manager's own.
    pub reviewers: BTreeMap<Whose, BTreeSet<PersonId>>,
    /// Accesses on the system that have not ended.
    pub standing: BTreeSet<Access>,
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
        let now = context.now;
        let by = || context.actor.person().ok_or(Refusal::NotAPerson);
        match command {
            Command::Start {
                id,
                system,
                accesses,
            } => self.start(id, system, accesses, facts, by()?, now),
            Command::Confirm(accesses) => {
                let open = self.judge(accesses, facts, by()?, now)?;
                if open.iter().any(|item| item.is(Verdict::Removed)) {
                    return Err(Refusal::AlreadyRemoved);
                }
                let open = open.into_iter().filter(|item| item.found.is_none());
                let found = Found {
                    verdict: Verdict::Confirmed,
                    by: Some(by()?.clone()),
                    at: now,
                };
                Ok(self.found(open, facts, found, ""))
            }
            Command::Remove { accesses, reason } => {
                let open = self.judge(accesses, facts, by()?, now)?;
                let open = open
                    .into_iter()
                    .filter(|item| item.found.is_none() || item.is(Verdict::Confirmed));
                let found = Found {
                    verdict: Verdict::Removed,
                    by: Some(by()?.clone()),
                    at: now,
                };
                Ok(self.found(open, facts, found, reason))
            }
            Command::Lapse => {
                let open = self.started.iter().filter(|review| review.due_at <= now);
                let open = open.flat_map(|review| review.open()).take(IN_ONE_RECORD);
                let found = Found {
                    verdict: Verdict::Lapsed,
                    by: None,
                    at: now,
                };
                Ok(self.found(open, facts, found, ""))
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        if let Event::Started {
            id,
            system,
            by,
            at,
            due_at,
        } = event
        {
            self.started = Some(Review {
                id: id.clone(),
                system: system.clone(),
                started_by: by.clone(),
                started_at: *at,
                due_at: *due_at,
                closed_at: None,
                items: Vec::new(),
            });
        }
        let Some(review) = &mut self.started else {
            return;
        };
        match event {
            Event::Started { .. } => {}
            Event::Listed(accesses) => review.items.extend(accesses.iter().map(|access| Item {
                access: access.clone(),
                found: None,
            })),
            Event::Judged {
                accesses, found, ..
            } => {
                for access in accesses {
                    if let Some(item) = review.item_mut(access) {
                        item.found = Some(found.clone());
                    }
                }
            }
            Event::Closed { at } => review.closed_at = Some(*at),
        }
    }
}

impl Review {
    /// What nothing was found of yet.
    pub fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.found.is_none())
    }

    /// How many it came to so with.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.items.iter().filter(|item| item.is(verdict)).count()
    }

    /// Accesses are listed in order.
    fn place(&self, access: &Access) -> Option<usize> {
        let found = self.items.binary_search_by(|item| item.access.cmp(access));
        found.ok()
    }

    fn item_mut(&mut self, access: &Access) -> Option<&mut Item> {
        let place = self.place(access)?;
        self.items.get_mut(place)
    }
}

impl Item {
    fn is(&self, verdict: Verdict) -> bool {
        self.found
            .as_ref()
            .is_some_and(|found| found.verdict == verdict)
    }
}

impl State {
    fn start(
        &self,
        id: &AccessReviewId,
        system: &SystemId,
        accesses: &BTreeSet<Access>,
        facts: &Facts,
        by: &PersonId,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        if !facts.system_in_service {
            return Err(Refusal::SystemUnknown(system.clone()));
        }
        if !facts.managers.contains(by) {
            return Err(Refusal::NotTheManager);
        }
        if let Some(open) = &facts.open {
            return Err(Refusal::OneIsOpen(open.clone()));
        }
        let length = facts.pack.period(Period::AccessReview);
        let mut events = vec![Event::Started {
            id: id.clone(),
            system: system.clone(),
            by: by.clone(),
            at: now,
            due_at: length.end(now, facts.pack.calendar()),
        }];
        let accesses: Vec<Access> = accesses.iter().cloned().collect();
        let listed = accesses.chunks(IN_ONE_RECORD);
        events.extend(listed.map(|some| Event::Listed(some.to_vec())));
        if accesses.is_empty() {
            events.push(Event::Closed { at: now });
        }
        Ok(events)
    }

    /// The items named, if the caller may judge all of them and the review still runs.
    fn judge(
        &self,
        accesses: &BTreeSet<Access>,
        facts: &Facts,
        by: &PersonId,
        now: Timestamp,
    ) -> Result<Vec<&Item>, Refusal> {
        let review = self.started.as_ref().ok_or(Refusal::Unknown)?;
        if review.closed_at.is_some() || review.due_at <= now {
            return Err(Refusal::Over);
        }
        let mut items = Vec::with_capacity(accesses.len());
        for access in accesses {
            let place = review.place(access);
            let item = place.and_then(|place| review.items.get(place));
            items.push(item.ok_or_else(|| Refusal::NotListed(access.clone()))?);
            if access.person == *by {
                return Err(Refusal::OwnAccess);
            }
            let reviewers = facts.reviewers.get(&access.whose());
            if !reviewers.is_some_and(|reviewers| reviewers.contains(by)) {
                return Err(Refusal::NotTheManager);
            }
        }
        Ok(items)
    }

    /// What is found of items; those that have ended by themselves are found gone.
    fn found<'a>(
        &self,
        items: impl Iterator<Item = &'a Item>,
        facts: &Facts,
        found: Found,
        reason: &str,
    ) -> Vec<Event> {
        let of = |item: &Item| item.access.clone();
        let (standing, gone): (Vec<Access>, Vec<Access>) =
            items.map(of).partition(|one| facts.standing.contains(one));
        let at = found.at;
        let ended = Found {
            verdict: Verdict::Gone,
            by: None,
            at,
        };
        let mut events = Vec::new();
        let mut judged = |accesses: Vec<Access>, found: Found, reason: &str| {
            if !accesses.is_empty() {
                events.push(Event::Judged {
                    accesses,
                    found,
                    reason: reason.to_owned(),
                });
            }
        };
        judged(standing, found, reason);
        judged(gone, ended, "");
        let mut after = self.clone();
        events.iter().for_each(|event| after.evolve(event));
        let closes = |review: &Review| review.closed_at.is_none() && review.open().count() == 0;
        if !events.is_empty() && after.started.as_ref().is_some_and(closes) {
            events.push(Event::Closed { at });
        }
        events
    }
}

#[cfg(test)]
mod tests;
