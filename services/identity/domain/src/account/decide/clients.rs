//! Going on with a session, and the sessions of registered clients.

use jiff::Timestamp;
use kernel::SessionId;

use super::Asked;
use crate::{
    Digest,
    account::{Chain, CredentialStanding, Event, Presented, Proof, Refusal},
};

/// Why a chain's session is revoked, on record.
const USED_TWICE: &str = "a refresh token was used twice";

impl Asked<'_> {
    /// The client's session has what its owner verified in this one, and no more: nothing is
    /// verified anew by letting a client in. It is a session of its own and ends by itself.
    pub(super) fn start_for_client(
        &self,
        session: &SessionId,
        chain: &Chain,
        secret: &Digest,
    ) -> Result<Vec<Event>, Refusal> {
        let (_, own) = self.fresh_session()?;
        let started = Event::ClientSessionStarted {
            session: session.clone(),
            chain: chain.clone(),
            secret: secret.clone(),
            factors: own.factors.clone(),
            at: self.context.now,
            ends_at: self.context.now + self.facts.session_length,
        };
        let oldest = self.oldest_beyond_limit();
        Ok(oldest.into_iter().chain([started]).collect())
    }

    /// The provider's word counts as at a sign-in; the session is for one access token.
    pub(super) fn exchange_for_client(
        &self,
        session: &SessionId,
        chain: &Chain,
        secret: &Digest,
        proof: &Proof,
        until: Timestamp,
    ) -> Vec<Event> {
        let factors = match self.judge(proof, CredentialStanding::Live) {
            Ok((factors, _)) => factors,
            Err(why) => return vec![self.refused(why)],
        };
        let started = Event::ClientSessionStarted {
            session: session.clone(),
            chain: chain.clone(),
            secret: secret.clone(),
            factors,
            at: self.context.now,
            ends_at: until.min(self.context.now + self.facts.session_length),
        };
        let oldest = self.oldest_beyond_limit();
        oldest.into_iter().chain([started]).collect()
    }

    /// An access token is wanted. With a token of the chain that was used before the session ends,
    /// whoever has the newest one.
    pub(super) fn use_session(
        &self,
        id: &SessionId,
        presented: &Presented,
    ) -> Result<Vec<Event>, Refusal> {
        let now = self.context.now;
        let live = self.account.live_session(id, now);
        let session = live.filter(|_| self.facts.in_service);
        let session = session.ok_or(Refusal::SessionOver)?;
        let used = |secret: &Digest| Event::SessionUsed {
            session: id.clone(),
            secret: secret.clone(),
            at: now,
        };
        match (presented, &session.chain) {
            (Presented::Handle(secret), None) if *secret == session.secret => Ok(session
                .use_is_due(now)
                .then(|| used(secret))
                .into_iter()
                .collect()),
            (
                Presented::Link {
                    chain,
                    secret,
                    next,
                },
                Some(own),
            ) if chain == own => {
                if *secret == session.secret {
                    return Ok(vec![used(next)]);
                }
                let family = self.revoke_where(USED_TWICE, |one, _| one == id);
                Ok(family.into_iter().collect())
            }
            _ => Err(Refusal::SessionOver),
        }
    }

    /// Any token of the chain ends its session, used ones too; what is no token ends nothing. In another
    /// client's hands it is refused (RFC 7009, 2.1).
    pub(super) fn end_for_client(
        &self,
        id: &SessionId,
        chain: &Chain,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.account.sessions.get(id);
        match known.and_then(|session| session.chain.as_ref()) {
            Some(known) if known == chain => Ok(vec![Event::SessionEnded {
                session: id.clone(),
            }]),
            Some(known) if known.family == chain.family => Err(Refusal::SessionOver),
            _ => Ok(Vec::new()),
        }
    }
}
