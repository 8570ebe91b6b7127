//! Having a shared ID, for a time.

use jiff::Timestamp;
use kernel::{Actor, Context, PersonId, SessionId};
use serde::{Deserialize, Serialize};
use standard::Period;

use super::{Event, Facts, Record, Refusal, State};

/// A member has the ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOut {
    /// Who.
    pub person: PersonId,
    /// In which session of theirs: outside it the check-out is worth nothing.
    pub session: SessionId,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it.
    pub ends_at: Timestamp,
}

/// How a check-out ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowEnded {
    /// It was given back.
    CheckedIn,
    /// Its time was over.
    Expired,
    /// Its person checked the ID out again in another session.
    Replaced,
    /// Its person is a member no longer.
    MemberLeft,
    /// The ID is used no longer.
    Withdrawn,
}

impl HowEnded {
    /// The one spelling in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CheckedIn => "checked_in",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::MemberLeft => "member_left",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl State {
    pub(super) fn check_out(
        &self,
        known: &Record,
        until: Option<Timestamp>,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let Actor::Person { id, session } = &context.actor else {
            return Err(Refusal::NotAPerson);
        };
        let now = context.now;
        if !known.is_member(id, facts) {
            return Err(Refusal::NotAMember);
        }
        if !facts.system_in_service {
            return Err(Refusal::SystemUnknown(known.system.clone()));
        }
        let longest = facts.pack.period(Period::SharedIdCheckOut);
        let limit = longest.end(now, facts.pack.calendar());
        let ends_at = until.map_or(limit, |until| until.min(limit));
        if ends_at <= now {
            return Err(Refusal::PeriodOver);
        }
        let (own, others): (Vec<&CheckOut>, Vec<&CheckOut>) =
            self.live(now).partition(|one| one.person == *id);
        if own.iter().any(|one| one.session == *session) {
            return Ok(vec![]);
        }
        if let (false, Some(other)) = (known.concurrent, others.first()) {
            return Err(Refusal::InUse(other.person.clone()));
        }
        let mut events = self.expired(now);
        events.extend(own.iter().map(|one| Event::CheckedIn {
            person: one.person.clone(),
            how: HowEnded::Replaced,
        }));
        events.push(Event::CheckedOut {
            check_out: CheckOut {
                person: id.clone(),
                session: session.clone(),
                since: now,
                ends_at,
            },
            beside: others.iter().map(|one| one.person.clone()).collect(),
        });
        Ok(events)
    }

    /// Those who have it at that instant.
    pub fn live(&self, now: Timestamp) -> impl Iterator<Item = &CheckOut> {
        self.check_outs.iter().filter(move |one| now < one.ends_at)
    }

    pub(super) fn check_in(&self, which: impl Fn(&CheckOut) -> bool, how: HowEnded) -> Vec<Event> {
        let ended = self.check_outs.iter().filter(|one| which(one));
        ended
            .map(|one| Event::CheckedIn {
                person: one.person.clone(),
                how,
            })
            .collect()
    }

    pub(super) fn expired(&self, now: Timestamp) -> Vec<Event> {
        self.check_in(|one| one.ends_at <= now, HowEnded::Expired)
    }
}
