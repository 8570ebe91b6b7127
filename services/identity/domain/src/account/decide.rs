//! Every rule of accounts, by what is asked.

mod cards;
mod clients;
mod dormancy;
mod enrolment;
mod factors;
mod federated;
mod passkeys;
mod recovery;
mod revocation;
mod sign_in;

use jiff::Timestamp;
use kernel::{Actor, Context, Decider, SessionId};

use super::{Assurance, Command, Event, FRESH, Facts, Refusal, Session, State, Tries};
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
        if facts.factors_closed && command.adds_factor() {
            return Err(Refusal::OpenForEmergency);
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
            Command::OfferTotp {
                by,
                credential,
                secret,
            } => asked.offer_totp(by, credential, secret),
            Command::ConfirmTotp { by, proof, secret } => asked.confirm_totp(by, proof, secret),
            Command::EnrolPasskey {
                by,
                credential,
                passkey,
            } => asked.enrol_passkey(by, credential, passkey),
            Command::MakeRecoveryCodes { credential, codes } => {
                asked.make_recovery_codes(credential, codes)
            }
            Command::UseRecoveryCode { recovery, code } => {
                Ok(asked.use_recovery_code(recovery, code))
            }
            Command::RegisterCard {
                credential,
                serial,
                certificate,
            } => asked.register_card(credential, serial, certificate.as_ref()),
            Command::LinkUpstream {
                credential,
                upstream,
            } => asked.link_upstream(credential, upstream),
            Command::RemoveFactor { credential } => asked.remove_factor(credential),
            Command::SignIn {
                session,
                secret,
                proof,
            } => Ok(asked.sign_in(session, secret, proof)),
            Command::StepUp { secret, proof } => asked.step_up(secret, proof),
            Command::StartForClient {
                session,
                chain,
                secret,
            } => asked.start_for_client(session, chain, secret),
            Command::ExchangeForClient {
                session,
                chain,
                secret,
                proof,
                until,
            } => Ok(asked.exchange_for_client(session, chain, secret, proof, *until)),
            Command::UseSession { session, presented } => asked.use_session(session, presented),
            Command::EndForClient { session, chain } => asked.end_for_client(session, chain),
            Command::SignOut => Ok(asked.sign_out()),
            Command::RevokeSessions { sessions, reason } => asked.revoke_sessions(sessions, reason),
            Command::ReportLost {
                credential,
                circumstances,
            } => asked.report_lost(credential, circumstances),
            Command::Disable { reason } => asked.disable(reason),
            Command::Enable { reason } => asked.enable(reason),
            Command::NoteDormancy => Ok(asked.note_dormancy()),
            Command::EndService => Ok(asked.end_service()),
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

    fn tries(&self) -> Tries {
        if self.facts.privileged {
            Tries::PRIVILEGED
        } else {
            Tries::USUAL
        }
    }

    /// The platform itself, or somebody whose posts reach that far.
    fn authority(&self, needed: Authority) -> Result<(), Refusal> {
        match &self.context.actor {
            Actor::Service(_) => Ok(()),
            Actor::Person { .. } if self.facts.authority >= needed => Ok(()),
            _ => Err(Refusal::NoAuthority),
        }
    }

    /// What takes a second person: authority to manage, and not over oneself. Enough for stopping an
    /// account: that opens nothing, and cannot wait for a factor that is out of reach.
    fn manager(&self) -> Result<(), Refusal> {
        if self.by_owner() {
            return Err(Refusal::NotForOneself);
        }
        self.authority(Authority::Manage)
    }

    /// The same for what lets somebody in, now or later: two categories, verified within the last
    /// minutes in a session of the manager's own. Else the password of one manager, or a token that
    /// they gave to an application, would open the account of everybody they manage, however many
    /// factors those have.
    fn manager_freshly(&self) -> Result<(), Refusal> {
        self.manager()?;
        if !matches!(self.context.actor, Actor::Person { .. }) {
            return Ok(());
        }
        let live = self.facts.acting.as_ref().ok_or(Refusal::SessionOver)?;
        of_its_person_alone(live)?;
        freshly(live, Assurance::Aal2, self.context.now)
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

    /// That session, if it belongs to its person alone.
    fn session_in_hand(&self) -> Result<(&'a SessionId, &'a Session), Refusal> {
        let (id, session) = self.own_session()?;
        of_its_person_alone(session).map(|()| (id, session))
    }

    /// That session, with as much verified within the last minutes as
    /// [changes](crate::account::State::needed_for_changes) need. A weaker session may neither add nor
    /// remove factors, else the weakest factor would rule the rest. Nor may one of somebody whose service
    /// is over, whether or not anybody has ended it yet.
    fn fresh_session(&self) -> Result<(&'a SessionId, &'a Session), Refusal> {
        self.fresh_session_of(self.account.needed_for_changes())
    }

    fn fresh_session_of(&self, needed: Assurance) -> Result<(&'a SessionId, &'a Session), Refusal> {
        let (id, session) = self.session_in_hand()?;
        if !self.facts.in_service {
            return Err(Refusal::SessionOver);
        }
        freshly(session, needed, self.context.now).map(|()| (id, session))
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

/// A client's session has what was verified elsewhere: nothing is verified in it, and it opens no way to
/// change factors, one's own or another's, or to let a further client in.
fn of_its_person_alone(session: &Session) -> Result<(), Refusal> {
    match session.chain {
        None => Ok(()),
        Some(_) => Err(Refusal::SessionOfClient),
    }
}

fn freshly(session: &Session, needed: Assurance, now: Timestamp) -> Result<(), Refusal> {
    match session.assurance_within(FRESH, now) >= Some(needed) {
        true => Ok(()),
        false => Err(Refusal::StepUpNeeded(needed)),
    }
}
