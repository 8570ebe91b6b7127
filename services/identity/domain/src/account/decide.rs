//! Every rule of accounts, by what is asked.

mod enrolment;
mod factors;
mod revocation;
mod sign_in;

use kernel::{Actor, Context, Decider, SessionId};

use super::{Command, Event, FRESH, Facts, Refusal, Session, State};
use crate::organisation::Authority;

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
        if !facts.person_known {
            return Err(Refusal::PersonUnknown(facts.person.clone()));
        }
        let asked = Asked {
            account: self,
            facts,
            context,
        };
        match command {
            Command::OpenEnrolment { code } => asked.open_enrolment(code),
            Command::Enrol {
                code,
                credential,
                password,
            } => asked.enrol(code, credential, password),
            Command::ChangePassword {
                credential,
                password,
            } => asked.change_password(credential, password),
            Command::OfferTotp { credential, secret } => asked.offer_totp(credential, secret),
            Command::ConfirmTotp { proof, secret } => asked.confirm_totp(proof, secret),
            Command::RegisterCard { credential, serial } => asked.register_card(credential, serial),
            Command::RemoveFactor { credential } => asked.remove_factor(credential),
            Command::SignIn {
                session,
                secret,
                proof,
            } => Ok(asked.sign_in(session, secret, proof)),
            Command::StepUp { secret, proof } => asked.step_up(secret, proof),
            Command::SignOut => Ok(asked.sign_out()),
            Command::RevokeSessions { sessions, reason } => asked.revoke_sessions(sessions, reason),
            Command::ReportLost {
                credential,
                circumstances,
            } => asked.report_lost(credential, circumstances),
            Command::Disable { reason } => asked.disable(reason),
            Command::Enable { reason } => asked.enable(reason),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.take_in(event);
    }
}

/// One decision's surroundings, so that the rules read as sentences.
struct Asked<'a> {
    account: &'a State,
    facts: &'a Facts,
    context: &'a Context,
}

impl<'a> Asked<'a> {
    fn by_owner(&self) -> bool {
        self.context.actor.person() == Some(&self.facts.person)
    }

    /// The platform itself, or somebody whose posts reach that far.
    fn authority(&self, needed: Authority) -> Result<(), Refusal> {
        match &self.context.actor {
            Actor::Service(_) => Ok(()),
            Actor::Person { .. } if self.facts.authority >= needed => Ok(()),
            _ => Err(Refusal::NoAuthority),
        }
    }

    /// What takes a second person: authority to manage, and not over oneself.
    fn manager(&self) -> Result<(), Refusal> {
        if self.by_owner() {
            return Err(Refusal::NotForOneself);
        }
        self.authority(Authority::Manage)
    }

    /// The owner's live session that the request came in.
    fn own_session(&self) -> Result<(&'a SessionId, &'a Session), Refusal> {
        match &self.context.actor {
            Actor::Person { id, session } if *id == self.facts.person => {
                let live = self.account.live_session(session, self.context.now);
                live.map(|live| (session, live)).ok_or(Refusal::SessionOver)
            }
            _ => Err(Refusal::NoAuthority),
        }
    }

    /// That session, with what the account can reach verified within the last minutes. A weaker
    /// session may neither add nor remove factors, else the weakest factor would rule the rest.
    fn fresh_session(&self) -> Result<(&'a SessionId, &'a Session), Refusal> {
        let (id, session) = self.own_session()?;
        let needed = self.account.reachable();
        if session.assurance_within(FRESH, self.context.now) >= Some(needed) {
            Ok((id, session))
        } else {
            Err(Refusal::StepUpNeeded(needed))
        }
    }

    fn next_epoch(&self) -> u64 {
        self.account.epoch.saturating_add(1)
    }

    /// Revokes the sessions that pass, if there are any.
    fn revoke_where(
        &self,
        reason: &str,
        concerned: impl Fn(&SessionId, &Session) -> bool,
    ) -> Option<Event> {
        let sessions = self.sessions_where(concerned);
        (!sessions.is_empty()).then(|| Event::SessionsRevoked {
            sessions,
            epoch: self.next_epoch(),
            reason: reason.to_owned(),
        })
    }

    fn sessions_where(&self, concerned: impl Fn(&SessionId, &Session) -> bool) -> Vec<SessionId> {
        let known = self.account.sessions.iter();
        let concerned = known.filter(|(id, session)| concerned(id, session));
        concerned.map(|(id, _)| id.clone()).collect()
    }
}
