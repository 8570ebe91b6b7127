//! A person's account: factors, sessions and epoch (clauses 3-4-(1)-1, 4-4-1, 4-4-4, 7-2-(9)-1).
//!
//! It begins when somebody with authority opens an enrolment: a one-time code, valid for a day.
//! With the code the person sets a password or enrols a passkey, and the account is active. Further
//! factors are added with another such code, or in a session that has just verified what there is
//! already; so is any removal. A recovery code opens the same kind of enrolment, for minutes, and is
//! told about. A password, a passkey, an ID card's certificate or a linked provider starts a session;
//! further factors raise it. The session's assurance is computed from its
//! factors whenever it is needed, and stored nowhere. Failures make the account wait, longer each
//! time, never for good. A credential reported lost is dead at once and for ever: the sessions it
//! helped to start go with it and the epoch rises, which makes every access token out there old.
//! A disabled account has no sessions and starts none. Sessions live inside the account, so that
//! a loss report and a step-up racing on two replicas meet in one row and the report wins.

mod acr;
mod assurance;
mod chain;
mod command;
mod credential;
mod decide;
mod dormancy;
mod event;
mod evolve;
mod federated;
pub mod password;
mod refusal;
mod session;
mod throttle;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, SessionId};
use serde::{Deserialize, Serialize};
use standard::{FactorCategory, Pack};

use crate::{Digest, organisation::Authority};
pub use acr::Acr;
pub use assurance::Assurance;
pub use chain::{Chain, ClientId, Presented};
pub use command::{By, Command, Proof, Sessions, Signed};
pub use credential::{
    CardCertificate, Credential, CredentialId, Factor, Passkey, PasswordHash, SealedSecret,
    Standing as CredentialStanding,
};
pub use dormancy::{Dormancy, last_use};
pub use event::{Event, Used, Why};
pub use federated::{Upstream, within};
pub use refusal::Refusal;
pub use session::{Session, Verified};
pub use throttle::{Throttle, Tries};

/// How long an enrolment code is good.
pub const ENROLMENT: SignedDuration = SignedDuration::from_hours(24);
/// How long an enrolment is open that a recovery code has opened.
pub const RECOVERY: SignedDuration = SignedDuration::from_mins(15);
/// How many codes a set of recovery codes has.
pub const RECOVERY_CODES: usize = 10;
/// Most live passkeys of an account.
pub const MAX_PASSKEYS: usize = 10;
/// How fresh the verified factors must be to change factors.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// How long a session goes on without being used.
pub const IDLE: SignedDuration = SignedDuration::from_mins(60);
/// Most sessions at once; a further one ends the oldest.
pub const MAX_SESSIONS: usize = 10;

/// Everything an account knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Whose account it is; empty until something happened to it.
    pub person: PersonId,
    /// Whether it may be used.
    pub standing: Standing,
    /// It was stopped by the outside directory, and by nobody here.
    pub stopped_outside: bool,
    /// It was stopped since nobody used it, and by nobody.
    pub dormant: bool,
    /// When it was last used, enrolled anew or let be used again; none before its first factor.
    pub used_at: Option<Timestamp>,
    /// It was told that it lies unused; none since the last use.
    pub flagged_at: Option<Timestamp>,
    /// Rises whenever access tokens issued so far must no longer count.
    pub epoch: u64,
    /// The open enrolment.
    pub enrolment: Option<Enrolment>,
    /// Factors by id, pending and lost ones too.
    pub credentials: BTreeMap<CredentialId, Credential>,
    /// Sessions that were neither ended nor revoked. Some may be past their end.
    pub sessions: BTreeMap<SessionId, Session>,
    /// Failed passwords since the last good one.
    pub password_tries: Throttle,
    /// Failed one-time passwords since the last good one.
    pub totp_tries: Throttle,
    /// Failed recovery codes since the last good one.
    pub recovery_tries: Throttle,
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// No factor was ever enrolled.
    #[default]
    Absent,
    /// In use.
    Active,
    /// Stopped.
    Disabled,
}

/// An open enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Digest of the one-time code.
    pub code: Digest,
    /// First instant at which it is no longer good.
    pub ends_at: Timestamp,
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Whose account it is.
    pub person: PersonId,
    /// The person is registered.
    pub person_known: bool,
    /// The person is in service now, by the days that were set: come, and not yet gone (7-2-(9)-1).
    pub in_service: bool,
    /// What the actor may do to this person's account, by the posts held.
    pub authority: Authority,
    /// The live session the request came in, where somebody acts on another's account; none when it is
    /// over.
    pub acting: Option<Session>,
    /// How long a new session lasts.
    pub session_length: SignedDuration,
    /// Another person to whom the named card is registered.
    pub card_holder: Option<PersonId>,
    /// The named passkey is, or was, somebody's already.
    pub passkey_known: bool,
    /// The named account at a provider is linked to somebody, or was reported lost.
    pub upstream_taken: bool,
    /// It is of an ID for emergencies that is asked for or open: what was approved is these factors.
    pub factors_closed: bool,
    /// The person holds a privilege, or is to hold one: fewer tries (7-2-(8)-3).
    pub privileged: bool,
    /// The pack in force, whose periods say from when on an account that nobody uses is dormant; none
    /// for an ID that is kept for emergencies and lies unused until then (7-2-(9)-3).
    pub dormant_by: Option<Arc<Pack>>,
}

impl State {
    /// The live password, if any: the shell compares with its hash.
    pub fn password(&self) -> Option<(&CredentialId, &PasswordHash)> {
        self.live()
            .find_map(|(id, credential)| match &credential.factor {
                Factor::Password { hash, .. } => Some((id, hash)),
                _ => None,
            })
    }

    /// The live one-time password generator, if any.
    pub fn totp(&self) -> Option<(&CredentialId, &SealedSecret)> {
        self.live()
            .find_map(|(id, credential)| match &credential.factor {
                Factor::Totp { secret, .. } => Some((id, secret)),
                _ => None,
            })
    }

    /// The last one-time password step accepted from the live generator.
    pub fn last_totp_step(&self) -> Option<u64> {
        self.live()
            .find_map(|(_, credential)| match credential.factor {
                Factor::Totp { last_step, .. } => last_step,
                _ => None,
            })
    }

    /// The session, unless it is over, unused for too long, or the account stopped.
    pub fn live_session(&self, id: &SessionId, now: Timestamp) -> Option<&Session> {
        self.sessions
            .get(id)
            .filter(|session| self.standing == Standing::Active && session.is_live(now))
    }

    /// Whether a one-time code is that of the open enrolment.
    pub fn is_open_to(&self, code: &Digest, now: Timestamp) -> bool {
        let open = self.enrolment.as_ref();
        open.is_some_and(|open| open.code == *code && now < open.ends_at)
    }

    /// Live passkeys.
    pub fn passkeys(&self) -> impl Iterator<Item = (&CredentialId, &Passkey)> {
        self.live()
            .filter_map(|(id, credential)| match &credential.factor {
                Factor::Passkey(passkey) => Some((id, passkey)),
                _ => None,
            })
    }

    /// The card with that certificate, whether or not it counts.
    pub fn card(&self, shown: &CardCertificate) -> Option<&CredentialId> {
        let mut known = self.credentials.iter();
        known.find_map(|(id, credential)| match &credential.factor {
            Factor::IcCard { certificate, .. } => {
                (certificate.as_ref() == Some(shown)).then_some(id)
            }
            _ => None,
        })
    }

    /// Whether it has factors of two categories, those reported lost included.
    pub fn has_two_factors(&self) -> bool {
        self.highest() >= Assurance::Aal2
    }

    /// The assurance that the factors reach together, those reported lost included: whoever has
    /// one factor does not come to a new second one by reporting the old one lost.
    pub(crate) fn highest(&self) -> Assurance {
        let known = self.credentials.values();
        let categories: Vec<FactorCategory> = known
            .filter(|known| known.standing != CredentialStanding::Pending)
            .filter(|known| known.factor.signs_in())
            .flat_map(|known| known.factor.kind().categories())
            .copied()
            .collect();
        if assurance::two_categories(&categories) {
            Assurance::Aal2
        } else {
            Assurance::Aal1
        }
    }

    /// What must be verified to change the factors: as much as they prove together. Behind a link, one
    /// reported lost included, there may be more than the provider tells of: there it is two categories,
    /// however few are here, or whoever has only the password of there would add and remove the rest.
    pub fn needed_for_changes(&self) -> Assurance {
        let mut known = self.credentials.values();
        match known.any(|known| matches!(known.factor, Factor::Federated(_))) {
            true => Assurance::Aal2,
            false => self.highest(),
        }
    }

    /// The live link to an account at a provider.
    pub fn link(&self, issuer: &str, subject: &str) -> Option<&CredentialId> {
        self.links()
            .find_map(|(id, known)| known.is(issuer, subject).then_some(id))
    }

    /// Live links to accounts at providers.
    pub fn links(&self) -> impl Iterator<Item = (&CredentialId, &Upstream)> {
        self.live()
            .filter_map(|(id, credential)| match &credential.factor {
                Factor::Federated(upstream) => Some((id, upstream)),
                _ => None,
            })
    }

    /// Whether a password would be the only factor. A link beside it does not make a short one
    /// stronger: either of them opens the account.
    pub(crate) fn password_alone(&self) -> bool {
        self.sign_in_factors().all(|(_, known)| {
            matches!(known.factor, Factor::Password { .. } | Factor::Federated(_))
        })
    }

    fn live(&self) -> impl Iterator<Item = (&CredentialId, &Credential)> {
        self.credentials
            .iter()
            .filter(|(_, credential)| credential.standing == CredentialStanding::Live)
    }

    fn sign_in_factors(&self) -> impl Iterator<Item = (&CredentialId, &Credential)> {
        self.live()
            .filter(|(_, credential)| credential.factor.signs_in())
    }
}

#[cfg(test)]
mod tests;
