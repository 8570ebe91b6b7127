//! A sign-in on a device that has no browser, let in from one that has (RFC 8628).
//!
//! The device asks and shows a code; its person types it where they are signed in, sees which
//! application asks, and lets it in or not (clause 3-4-(1)-1). The first token of the chain is what
//! the device got when it asked: from the approval on it goes on with the session.

use jiff::{SignedDuration, Timestamp};
use kernel::{ClauseId, Context, Decider, Kind, PersonId, SessionId};
use serde::{Deserialize, Serialize};

use crate::{
    Digest,
    account::{Chain, ClientId},
    clause,
};

/// How long a code may be typed.
pub const OPEN: SignedDuration = SignedDuration::from_mins(10);

/// What is known of it; nothing before it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What was asked.
    pub asked: Option<Asked>,
    /// What became of it.
    pub answer: Answer,
}

/// What a device asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its id.
    pub id: String,
    /// The client, and the chain that its session is to have.
    pub chain: Chain,
    /// Digest of the chain's first token.
    pub secret: Digest,
    /// SHA-256 of the code that people type, in base64url.
    pub user_code: String,
    /// First instant at which the code is no longer good.
    pub ends_at: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Nobody has answered.
    #[default]
    Waiting,
    /// Let in: with this session of this person.
    Approved {
        /// Whose.
        person: PersonId,
        /// Which.
        session: SessionId,
    },
    /// Not let in.
    Denied,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Ask for a sign-in.
    Ask {
        /// Its id.
        id: String,
        /// The client and its chain.
        chain: Chain,
        /// Digest of the chain's first token.
        secret: Digest,
        /// SHA-256 of the code, in base64url.
        user_code: String,
    },
    /// Let it in with a session that starts in the same transaction.
    Approve {
        /// Whose.
        person: PersonId,
        /// Which.
        session: SessionId,
    },
    /// Do not let it in.
    Deny {
        /// Who said so.
        person: PersonId,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was asked for.
    Asked(Asked),
    /// It was let in.
    Approved {
        /// By whom, and whose session it is.
        person: PersonId,
        /// The session.
        session: SessionId,
    },
    /// It was not let in.
    Denied {
        /// By whom.
        person: PersonId,
    },
}

/// Why it is not answered so. One answer for a code that never was, that is over, and that somebody
/// has answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no device waits for this code; look at it again, or have the device ask anew")]
pub struct Refusal;

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }

    fn code(&self) -> &'static str {
        "device_code_unknown"
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![clause::ACCESS_RESTRICTED]
    }

    fn field(&self) -> Option<String> {
        Some("user_code".to_owned())
    }

    fn message_ja(&self) -> String {
        "このコードを待っている端末はありません。コードを確かめるか、端末でやり直してください。"
            .to_owned()
    }
}

impl State {
    /// What was asked, as long as an answer counts.
    pub fn waiting(&self, now: Timestamp) -> Option<&Asked> {
        let asked = self.asked.as_ref().filter(|asked| now < asked.ends_at);
        asked.filter(|_| self.answer == Answer::Waiting)
    }
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = ();
    type Refusal = Refusal;

    fn decide(&self, command: &Command, _: &(), context: &Context) -> Result<Vec<Event>, Refusal> {
        let event = match command {
            Command::Ask {
                id,
                chain,
                secret,
                user_code,
            } => match self.asked {
                None => Event::Asked(Asked {
                    id: id.clone(),
                    chain: chain.clone(),
                    secret: secret.clone(),
                    user_code: user_code.clone(),
                    ends_at: context.now + OPEN,
                }),
                Some(_) => return Err(Refusal),
            },
            Command::Approve { person, session } => {
                self.waiting(context.now).ok_or(Refusal)?;
                Event::Approved {
                    person: person.clone(),
                    session: session.clone(),
                }
            }
            Command::Deny { person } => {
                self.waiting(context.now).ok_or(Refusal)?;
                Event::Denied {
                    person: person.clone(),
                }
            }
        };
        Ok(vec![event])
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Asked(asked) => self.asked = Some(asked.clone()),
            Event::Approved { person, session } => {
                self.answer = Answer::Approved {
                    person: person.clone(),
                    session: session.clone(),
                }
            }
            Event::Denied { .. } => self.answer = Answer::Denied,
        }
    }
}

impl Asked {
    /// The client that asks.
    pub fn client(&self) -> &ClientId {
        &self.chain.client
    }
}

#[cfg(test)]
mod tests {
    use kernel::Actor;

    use super::*;

    #[test]
    fn a_device_is_answered_once_and_in_time() {
        let start = Timestamp::from_second(1_790_000_000).expect("an instant");
        let person: PersonId = "S1".parse().expect("an id");
        let ask = Command::Ask {
            id: "d".to_owned(),
            chain: Chain {
                client: ClientId::new("cli"),
                family: Digest::new([1; 32]),
            },
            secret: Digest::new([2; 32]),
            user_code: "code".to_owned(),
        };
        let approve = Command::Approve {
            person: person.clone(),
            session: "s".parse().expect("an id"),
        };
        let deny = Command::Deny { person };
        let at = |state: &State, command: &Command, later: SignedDuration| {
            let context = Context::new(Actor::Anonymous, start + later, "t");
            state.decide(command, &(), &context).map(|events| {
                let mut next = state.clone();
                events.iter().for_each(|event| next.evolve(event));
                next
            })
        };
        let now = SignedDuration::ZERO;
        let nothing = State::default();
        for early in [&approve, &deny] {
            assert_eq!(at(&nothing, early, now), Err(Refusal));
        }
        let asked = at(&nothing, &ask, now).expect("asked");
        assert_eq!(at(&asked, &ask, now), Err(Refusal), "an id is drawn once");
        for (answer, last) in [(&approve, &deny), (&deny, &approve)] {
            let answered = at(&asked, answer, OPEN - SignedDuration::from_nanos(1));
            let answered = answered.expect("in time");
            assert_eq!(at(&answered, last, now), Err(Refusal), "answered already");
            assert_eq!(at(&asked, answer, OPEN), Err(Refusal), "too late");
        }
    }
}
