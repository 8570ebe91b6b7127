//! The first sign-in of a new installation.
//!
//! At first start a one-time secret is written for the operator to read; its digest is prepared
//! here. With it, once, the enrolment of one account is opened, because nobody can sign in yet
//! who could open one. From then on it opens nothing.

use kernel::{ClauseId, Context, Decider, Kind, PersonId};
use serde::{Deserialize, Serialize};

use crate::{Digest, clause};

/// Where the bootstrap stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Not prepared.
    #[default]
    Absent,
    /// Waiting for the operator.
    Prepared(Digest),
    /// Spent.
    Used,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Make the secret known.
    Prepare(Digest),
    /// Spend it.
    Use {
        /// Digest of the secret that was presented.
        secret: Digest,
        /// Whose enrolment it opens.
        person: PersonId,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The secret was made known.
    Prepared(Digest),
    /// It was spent.
    Used {
        /// Whose enrolment it opened.
        person: PersonId,
    },
}

/// Why it opens nothing. One answer for a wrong secret and a spent one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bootstrap secret is not valid, or was used already")]
pub struct Refusal;

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        Kind::Denied
    }

    fn code(&self) -> &'static str {
        "bootstrap_refused"
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![clause::ACCESS_RESTRICTED]
    }

    fn message_ja(&self) -> String {
        "初期設定用の秘密が正しくないか、既に使用されています。".to_owned()
    }
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = ();
    type Refusal = Refusal;

    fn decide(&self, command: &Command, _: &(), _: &Context) -> Result<Vec<Event>, Refusal> {
        match (command, self) {
            (Command::Prepare(secret), Self::Absent) => Ok(vec![Event::Prepared(secret.clone())]),
            (Command::Prepare(_), _) => Ok(vec![]),
            (Command::Use { secret, person }, Self::Prepared(known)) if secret == known => {
                Ok(vec![Event::Used {
                    person: person.clone(),
                }])
            }
            (Command::Use { .. }, _) => Err(Refusal),
        }
    }

    fn evolve(&mut self, event: &Event) {
        *self = match event {
            Event::Prepared(secret) => Self::Prepared(secret.clone()),
            Event::Used { .. } => Self::Used,
        };
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::{Actor, replay};

    use super::*;

    #[test]
    fn the_bootstrap_secret_opens_one_enrolment_once() {
        let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "t");
        let person: PersonId = "S1".parse().expect("an id");
        let (right, wrong) = (Digest::new([1; 32]), Digest::new([2; 32]));
        let using = |state: &State, secret: &Digest| {
            let command = Command::Use {
                secret: secret.clone(),
                person: person.clone(),
            };
            state.decide(&command, &(), &context)
        };
        let used = Event::Used {
            person: person.clone(),
        };
        let prepared = Event::Prepared(right.clone());

        assert_eq!(using(&State::default(), &right), Err(Refusal));
        let waiting: State = replay(std::slice::from_ref(&prepared));
        assert_eq!(using(&waiting, &wrong), Err(Refusal));
        assert_eq!(using(&waiting, &right), Ok(vec![used.clone()]));
        let spent: State = replay(&[prepared, used]);
        assert_eq!(using(&spent, &right), Err(Refusal));
        let again = spent.decide(&Command::Prepare(wrong), &(), &context);
        assert_eq!(
            again,
            Ok(vec![]),
            "a second start prepares no second secret"
        );
    }
}
