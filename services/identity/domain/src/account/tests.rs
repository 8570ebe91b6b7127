//! The rules of accounts, told as given events, when a command, then events or a refusal.

mod clients;
mod dormancy;
mod enrolment;
mod factors;
mod federated;
mod passkeys;
mod recovery;
mod revocation;
mod sign_in;

use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Context, Decider};
use standard::{FactorKind, Period};

use super::{
    password::{Measure, NewPassword},
    *,
};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn credential(text: &str) -> CredentialId {
    CredentialId::new(text)
}

fn digest(of: u8) -> Digest {
    Digest::new([of; 32])
}

fn password(chars: u32) -> NewPassword {
    NewPassword {
        hash: PasswordHash::new("$argon2id$"),
        measure: Measure {
            chars,
            guessable: false,
        },
    }
}

fn right() -> Proof {
    Proof::Password {
        credential: Some(credential("pw")),
        matches: true,
    }
}

fn wrong() -> Proof {
    Proof::Password {
        credential: Some(credential("pw")),
        matches: false,
    }
}

fn code(step: Option<u64>) -> Proof {
    Proof::Totp {
        credential: Some(credential("otp")),
        step,
    }
}

fn offer(of: &str) -> Command {
    Command::OfferTotp {
        by: By::Session,
        credential: credential(of),
        secret: SealedSecret::new("AAAA"),
    }
}

fn confirm(of: &str, step: Option<u64>) -> Command {
    Command::ConfirmTotp {
        by: By::Session,
        proof: Proof::Totp {
            credential: Some(credential(of)),
            step,
        },
        secret: digest(4),
    }
}

fn lost(of: &str) -> Command {
    Command::ReportLost {
        credential: credential(of),
        circumstances: "left on a train".to_owned(),
    }
}

fn disable() -> Command {
    Command::Disable {
        reason: "left the city".to_owned(),
    }
}

/// An account, a clock, and who asks.
#[derive(Clone)]
struct Stage {
    state: State,
    now: Timestamp,
    facts: Facts,
    actor: Actor,
}

impl Stage {
    fn new() -> Self {
        Self {
            state: State::default(),
            now: Timestamp::from_second(1_790_000_000).expect("an instant"),
            facts: Facts {
                person: id("S1"),
                person_known: true,
                in_service: true,
                authority: Authority::None,
                acting: None,
                session_length: SignedDuration::from_hours(8),
                card_holder: None,
                passkey_known: false,
                upstream_taken: false,
                factors_closed: false,
                privileged: false,
                dormant_by: Some(Arc::new(Pack::sendai().expect("the pack"))),
            },
            actor: Actor::Anonymous,
        }
    }

    /// Enrolled with a password long enough to stand alone and nothing else, signed in as `s`.
    fn password_only() -> Self {
        let mut stage = Self::new();
        stage.other(Authority::Manage);
        stage.done(Command::OpenEnrolment { code: digest(7) });
        stage.done(Command::Enrol {
            code: digest(7),
            credential: credential("pw"),
            password: password(15),
        });
        stage.sign_in("s", right());
        stage.owner("s");
        stage
    }

    /// The same with a one-time password generator, confirmed in step 0, and signed out.
    fn two_factors() -> Self {
        let mut stage = Self::password_only();
        stage.done(offer("otp"));
        stage.done(confirm("otp", Some(0)));
        stage.done(Command::SignOut);
        stage.actor = Actor::Anonymous;
        stage
    }

    fn ask(&self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let context = Context::new(self.actor.clone(), self.now, "t");
        self.state.decide(command, &self.facts, &context)
    }

    fn run(&mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        let events = self.ask(&command)?;
        events.iter().for_each(|event| self.state.evolve(event));
        Ok(events)
    }

    fn done(&mut self, command: Command) -> Vec<Event> {
        self.run(command).expect("carried out")
    }

    fn later(&mut self, by: SignedDuration) {
        self.now += by;
    }

    fn owner(&mut self, session: &str) -> &mut Self {
        self.facts.authority = Authority::None;
        self.actor = Actor::Person {
            id: id("S1"),
            session: id(session),
        };
        self
    }

    /// Somebody else, who has just verified two categories.
    fn other(&mut self, authority: Authority) -> &mut Self {
        self.other_with(authority, &[FactorKind::Password, FactorKind::Totp])
    }

    /// Somebody else, who has just verified these.
    fn other_with(&mut self, authority: Authority, verified: &[FactorKind]) -> &mut Self {
        let verified = verified.iter().map(|kind| Verified {
            credential: credential("theirs"),
            kind: *kind,
            at: self.now,
            beside_only: false,
        });
        self.facts.acting = Some(Session {
            secret: digest(9),
            factors: verified.collect(),
            started_at: self.now,
            ends_at: self.now + self.facts.session_length,
            used_at: self.now,
            chain: None,
        });
        self.facts.authority = authority;
        self.actor = Actor::Person {
            id: id("M1"),
            session: id("managers"),
        };
        self
    }

    fn sign_in(&mut self, session: &str, proof: Proof) -> Vec<Event> {
        self.actor = Actor::Anonymous;
        self.done(Command::SignIn {
            session: id(session),
            secret: digest(1),
            proof,
        })
    }

    fn step_up(&mut self, session: &str, proof: Proof) -> Vec<Event> {
        self.owner(session);
        self.done(Command::StepUp {
            secret: digest(2),
            proof,
        })
    }

    /// A session with both factors, just verified.
    fn signed_in(&mut self, session: &str, step: u64) {
        assert!(matches!(
            self.sign_in(session, right())[..],
            [Event::SessionStarted { .. }]
        ));
        let raised = self.step_up(session, code(Some(step)));
        assert!(
            matches!(raised[..], [Event::SessionSteppedUp { .. }]),
            "{raised:?}"
        );
    }

    fn assurance(&self, session: &str) -> Option<Assurance> {
        let live = self.state.live_session(&id(session), self.now);
        live.and_then(Session::assurance)
    }
}

fn refused_because(events: &[Event]) -> Option<Why> {
    match events {
        [Event::SignInRefused { why, .. }] => Some(*why),
        _ => None,
    }
}
