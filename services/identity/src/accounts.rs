//! The way commands on accounts go.

use std::{slice, sync::Arc};

use async_trait::async_trait;
use auth::Withdrawn;
use identity_domain::{
    account::{self, Event, Facts},
    organisation::{Authority, person::Kind},
};
use jiff::SignedDuration;
use kernel::{Actor, PersonId, SessionId};
use store::{Done, Failure, Outcome, Request, Unit};

use crate::{
    emergency, facts,
    identity::Identity,
    store::{
        Accounts, card_holder, forget_upstream, is_privileged, keep_card, keep_passkey,
        keep_upstream, passkey_holder, query, upstream_holder,
    },
    work::Work,
};

pub(crate) type AccountFailure = Failure<account::Refusal>;

impl Identity {
    /// Carries out one command on a person's account. What it withdraws is refused by this
    /// process before the answer leaves; the others learn it from the journal.
    pub(crate) async fn account(
        &self,
        person: &PersonId,
        command: &account::Command,
        request: &Request,
    ) -> Result<Done<account::State>, AccountFailure> {
        let work = AccountWork { person, command };
        let done = self.carry_out(&work, request).await?;
        self.withdraw(&done);
        let enrols = |event: &Event| {
            matches!(
                event,
                Event::FactorEnrolled { .. } | Event::FactorConfirmed { .. }
            )
        };
        if done.events.iter().any(enrols) {
            self.end_bootstrap().await;
        }
        Ok(done)
    }

    /// The same as part of a larger unit; what it withdraws is the caller's to apply.
    pub(crate) async fn account_in(
        &self,
        unit: &mut Unit,
        person: &PersonId,
        command: &account::Command,
    ) -> Result<Done<account::State>, AccountFailure> {
        let facts = self.account_facts(unit, person, command).await?;
        let done = unit
            .execute::<Accounts>(person.as_str(), command, &facts)
            .await?;
        match (command, &done.events[..]) {
            (
                account::Command::RegisterCard {
                    serial,
                    certificate,
                    ..
                },
                [_, ..],
            ) => keep_card(unit, serial, certificate.as_ref(), person).await?,
            (
                account::Command::EnrolPasskey { passkey, .. },
                [Event::FactorEnrolled { .. }, ..],
            ) => keep_passkey(unit, &passkey.handle, person).await?,
            (
                account::Command::LinkUpstream {
                    credential,
                    upstream,
                },
                [_, ..],
            ) => {
                let link = [&upstream.issuer, &upstream.subject, credential.as_str()];
                keep_upstream(unit, link, person).await?;
            }
            (account::Command::RemoveFactor { credential }, [_, ..]) => {
                forget_upstream(unit, credential.as_str()).await?;
            }
            _ => {}
        }
        Ok(done)
    }

    async fn account_facts(
        &self,
        unit: &Unit,
        person: &PersonId,
        command: &account::Command,
    ) -> Result<Facts, AccountFailure> {
        let now = unit.context().now;
        let record = facts::record(unit.tx(), person).await?;
        let home = facts::home_of(unit.tx(), record.as_ref(), now).await?;
        let card = match command {
            account::Command::RegisterCard {
                serial,
                certificate,
                ..
            } => card_holder(unit.tx(), serial, certificate.as_ref()).await?,
            _ => None,
        };
        let passkey = match command {
            account::Command::EnrolPasskey { passkey, .. } => {
                passkey_holder(unit.tx(), &passkey.handle).await?
            }
            _ => None,
        };
        let upstream = match command {
            account::Command::LinkUpstream { upstream, .. } => {
                upstream_holder(unit.tx(), &upstream.issuer, &upstream.subject).await?
            }
            _ => None,
        };
        let authority = match &unit.context().actor {
            Actor::Workload(name) if self.provisions(name) => Authority::Manage,
            actor => facts::authority(unit.tx(), actor.person(), home.as_ref(), now).await?,
        };
        let acting = match &unit.context().actor {
            Actor::Person { id, session } if id != person => {
                let own = query::one::<Accounts, _>(unit.tx(), id.as_str()).await?;
                own.live_session(session, now).cloned()
            }
            _ => None,
        };
        let in_service = record.as_ref().is_some_and(|record| record.serves(now));
        let kind = record.map_or(Kind::Staff, |record| record.kind);
        let for_emergencies = kind == Kind::Emergency;
        let factors_closed = for_emergencies && emergency::is_busy(unit, person).await?;
        let privileged =
            command.is_try() && (for_emergencies || is_privileged(unit.tx(), person, now).await?);
        Ok(Facts {
            factors_closed,
            privileged,
            person_known: home.is_some(),
            authority,
            acting,
            card_holder: card.filter(|holder| holder != person),
            passkey_known: passkey.is_some(),
            upstream_taken: upstream.is_some_and(|holder| holder != *person),
            ..self.facts_by_clock(person, in_service, kind)
        })
    }

    /// What decides what the clock alone brings about.
    pub(crate) fn facts_by_clock(&self, person: &PersonId, in_service: bool, kind: Kind) -> Facts {
        let hours = self.runtime.config.identity.session_hours;
        Facts {
            person: person.clone(),
            person_known: true,
            in_service,
            authority: Authority::None,
            acting: None,
            session_length: SignedDuration::from_hours(hours.into()),
            card_holder: None,
            passkey_known: false,
            upstream_taken: false,
            factors_closed: false,
            privileged: false,
            dormant_by: (kind != Kind::Emergency).then(|| Arc::clone(&self.runtime.pack)),
        }
    }

    /// Makes this process refuse what was withdrawn, without waiting for the journal.
    pub(crate) fn withdraw(&self, done: &Done<account::State>) {
        let end = |sessions: &[SessionId], by: Withdrawn| {
            for session in sessions {
                self.revocations.revoke_session(session.clone(), by);
            }
        };
        let mut by = Withdrawn::Ended;
        for event in &done.events {
            match event {
                Event::SessionEnded { session } => end(slice::from_ref(session), by),
                Event::SessionsRevoked { sessions, .. } => end(sessions, by),
                Event::CredentialLost { sessions, .. } => {
                    by = Withdrawn::Lost;
                    end(sessions, by);
                }
                _ => {}
            }
        }
        if !done.events.is_empty() {
            let (person, epoch) = (done.state.person.clone(), done.state.epoch);
            self.revocations.set_epoch(person, epoch, by);
        }
    }
}

/// One command on a person's account.
struct AccountWork<'a> {
    person: &'a PersonId,
    command: &'a account::Command,
}

#[async_trait]
impl Work for AccountWork<'_> {
    type Of = Accounts;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Accounts> {
        identity.account_in(unit, self.person, self.command).await
    }
}
