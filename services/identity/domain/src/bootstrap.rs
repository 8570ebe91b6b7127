//! The first sign-in of a new installation.
//!
//! At first start a one-time secret is written for the operator to read; its digest is prepared
//! here. With it the enrolment of one person is opened, because nobody can sign in yet who could
//! open one. Until that person has factors of two categories the same secret opens it anew: for the
//! second factor, and for whoever lost an answer or a factor half way. From then on it opens nothing,
//! whatever becomes of the factors.

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
    /// It has opened an enrolment.
    Used {
        /// The secret.
        secret: Digest,
        /// Whose enrolment.
        person: PersonId,
    },
    /// Two factors were enrolled with it; it opens nothing any more.
    Ended,
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The person it is used for has factors of two categories.
    pub enrolled: bool,
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
    /// End it: the person whose enrolment it opened has factors of two categories.
    End,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The secret was made known.
    Prepared(Digest),
    /// It opened an enrolment.
    Used {
        /// The secret.
        secret: Digest,
        /// Whose.
        person: PersonId,
    },
    /// It has done what it was for.
    Ended {
        /// Who has two factors now.
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
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(&self, command: &Command, facts: &Facts, _: &Context) -> Result<Vec<Event>, Refusal> {
        let used = |secret: &Digest, person: &PersonId| Event::Used {
            secret: secret.clone(),
            person: person.clone(),
        };
        match (command, self) {
            (Command::Prepare(secret), Self::Absent) => Ok(vec![Event::Prepared(secret.clone())]),
            (Command::Prepare(_), _) => Ok(vec![]),
            (Command::Use { secret, person }, Self::Prepared(known))
                if secret == known && !facts.enrolled =>
            {
                Ok(vec![used(secret, person)])
            }
            (Command::Use { secret, person }, Self::Used { .. })
                if *self == Self::from(&used(secret, person)) && !facts.enrolled =>
            {
                Ok(vec![used(secret, person)])
            }
            (Command::Use { .. }, _) => Err(Refusal),
            (Command::End, Self::Used { person, .. }) if facts.enrolled => {
                let person = person.clone();
                Ok(vec![Event::Ended { person }])
            }
            (Command::End, _) => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        *self = event.into();
    }
}

impl From<&Event> for State {
    fn from(event: &Event) -> Self {
        match event {
            Event::Prepared(secret) => Self::Prepared(secret.clone()),
            Event::Used { secret, person } => Self::Used {
                secret: secret.clone(),
                person: person.clone(),
            },
            Event::Ended { .. } => Self::Ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::{Actor, replay};

    use super::*;

    fn id(text: &str) -> PersonId {
        text.parse().expect("an id")
    }

    /// What using it for a person comes to.
    fn using(state: &State, secret: &Digest, person: &str, enrolled: bool) -> Option<Event> {
        let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "t");
        let command = Command::Use {
            secret: secret.clone(),
            person: id(person),
        };
        let decided = state.decide(&command, &Facts { enrolled }, &context);
        decided.map(|mut events| events.remove(0)).ok()
    }

    /// What ending it comes to.
    fn ending(state: &State, enrolled: bool) -> Vec<Event> {
        let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "t");
        let decided = state.decide(&Command::End, &Facts { enrolled }, &context);
        decided.expect("never refused")
    }

    #[test]
    fn the_bootstrap_secret_opens_one_persons_enrolment_until_they_have_two_factors() {
        let (right, wrong) = (Digest::new([1; 32]), Digest::new([2; 32]));
        let prepared = Event::Prepared(right.clone());
        assert_eq!(using(&State::default(), &right, "S1", false), None);
        let waiting: State = replay(std::slice::from_ref(&prepared));
        assert_eq!(using(&waiting, &wrong, "S1", false), None);
        let taken_over = using(&waiting, &right, "S1", true);
        assert_eq!(taken_over, None, "it is for those who cannot sign in yet");
        let used = using(&waiting, &right, "S1", false).expect("used");
        let half: State = replay(&[prepared, used.clone()]);
        let again = using(&half, &right, "S1", false);
        assert_eq!(
            again,
            Some(used),
            "for the second factor, or an answer lost"
        );
        assert_eq!(using(&half, &right, "S2", false), None, "another person");
        assert_eq!(using(&half, &wrong, "S1", false), None);
        assert_eq!(using(&half, &right, "S1", true), None, "both are there");
        let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "t");
        let anew = half.decide(&Command::Prepare(wrong), &Facts::default(), &context);
        assert_eq!(anew, Ok(vec![]), "a second start prepares no second secret");
    }

    #[test]
    fn with_two_factors_it_ends_whatever_becomes_of_them() {
        let right = Digest::new([1; 32]);
        let prepared: State = replay(&[Event::Prepared(right.clone())]);
        assert_eq!(ending(&prepared, true), vec![], "it has opened nothing yet");
        let used = using(&prepared, &right, "S1", false).expect("used");
        let mut half = prepared;
        half.evolve(&used);
        assert_eq!(ending(&half, false), vec![], "one is not enough");
        let ended = ending(&half, true);
        let person = id("S1");
        assert_eq!(ended, [Event::Ended { person }]);
        half.evolve(&ended[0]);
        assert_eq!(using(&half, &right, "S1", false), None, "one was removed");
        assert_eq!(ending(&half, true), vec![], "once");
    }
}
