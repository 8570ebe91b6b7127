//! What happens to an account.

use jiff::Timestamp;
use kernel::{PersonId, SessionId};
use serde::{Deserialize, Serialize};
use standard::FactorKind;

use super::{Chain, Credential, CredentialId, Verified};
use crate::Digest;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A one-time code was issued.
    EnrolmentOpened {
        /// Whose account it is.
        person: PersonId,
        /// Its digest.
        code: Digest,
        /// When it ends.
        ends_at: Timestamp,
    },
    /// A factor was enrolled.
    FactorEnrolled {
        /// Whose account it is.
        person: PersonId,
        /// Its id.
        credential: CredentialId,
        /// What it is.
        enrolled: Credential,
        /// The one-time code was spent on it.
        by_code: bool,
    },
    /// A factor was offered and waits for its proof.
    FactorOffered {
        /// Its id.
        credential: CredentialId,
        /// What it is.
        offered: Credential,
    },
    /// An offered factor was proven and counts from now on.
    FactorConfirmed {
        /// Its id.
        credential: CredentialId,
        /// Its kind.
        kind: FactorKind,
        /// What must not be accepted again.
        used: Option<Used>,
        /// The one-time code was spent on it.
        by_code: bool,
    },
    /// A recovery code was used up: a reason to look, since its owner has lost a factor, or
    /// somebody else the codes. An enrolment follows.
    RecoveryCodeUsed {
        /// The set it was in.
        credential: CredentialId,
        /// Its digest.
        code: Digest,
        /// How many are left.
        left: u32,
    },
    /// A factor was removed or replaced.
    FactorRemoved {
        /// Its id.
        credential: CredentialId,
        /// Its kind.
        kind: FactorKind,
    },
    /// A sign-in, step-up or enrolment was refused.
    SignInRefused {
        /// Whose account it is.
        person: PersonId,
        /// Why; the person who tried is not told.
        why: Why,
        /// When.
        at: Timestamp,
    },
    /// A session started.
    SessionStarted {
        /// Its id.
        session: SessionId,
        /// Digest of its handle.
        secret: Digest,
        /// The factors verified, one unless it began with a link.
        factors: Vec<Verified>,
        /// What must not be accepted again.
        used: Option<Used>,
        /// When.
        at: Timestamp,
        /// Hard end.
        ends_at: Timestamp,
    },
    /// A factor was verified in a session.
    SessionSteppedUp {
        /// Its id.
        session: SessionId,
        /// Digest of its new handle.
        secret: Digest,
        /// The factor verified.
        factor: Verified,
        /// What must not be accepted again.
        used: Option<Used>,
        /// When.
        at: Timestamp,
    },
    /// A session started for a registered client.
    ClientSessionStarted {
        /// Its id.
        session: SessionId,
        /// The client and its chain of tokens.
        chain: Chain,
        /// Digest of the first token of the chain.
        secret: Digest,
        /// The factors verified before, each with its time.
        factors: Vec<Verified>,
        /// When.
        at: Timestamp,
        /// Hard end.
        ends_at: Timestamp,
    },
    /// A session went on.
    SessionUsed {
        /// Its id.
        session: SessionId,
        /// Digest of its handle, or of the next token of its chain.
        secret: Digest,
        /// When.
        at: Timestamp,
    },
    /// A session was ended by its owner, or for a newer one.
    SessionEnded {
        /// Its id.
        session: SessionId,
    },
    /// Sessions were revoked.
    SessionsRevoked {
        /// Their ids.
        sessions: Vec<SessionId>,
        /// The account's new epoch.
        epoch: u64,
        /// Why.
        reason: String,
    },
    /// A credential was reported lost.
    CredentialLost {
        /// Its id.
        credential: CredentialId,
        /// Its kind.
        kind: FactorKind,
        /// Who reported it; none when the platform itself did.
        reported_by: Option<PersonId>,
        /// The sessions revoked with it.
        sessions: Vec<SessionId>,
        /// The account's new epoch.
        epoch: u64,
        /// What happened.
        circumstances: String,
    },
    /// The account was stopped.
    Disabled {
        /// Whose account it is.
        person: PersonId,
        /// By the outside directory.
        outside: bool,
        /// Why.
        reason: String,
        /// Its new epoch.
        epoch: u64,
    },
    /// The account may be used again.
    Enabled {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Nobody has used the account for so long that it is to be looked at.
    FoundUnused {
        /// When it was last used.
        used_at: Timestamp,
        /// When it is stopped for it.
        stops_at: Timestamp,
        /// When it was found.
        at: Timestamp,
    },
    /// The account was stopped, since nobody used it.
    LaidDormant {
        /// When it was last used.
        used_at: Timestamp,
        /// Its new epoch.
        epoch: u64,
    },
}

/// What was used up by a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// This step of a one-time password generator, and all before it.
    Step(u64),
    /// This count of a passkey, and all before it.
    Counter {
        /// The count.
        counter: u32,
        /// Whether the passkey was copied at that time.
        backed_up: bool,
    },
}

/// Why a sign-in was refused. Recorded, and never told to the one who tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The account has no such factor, or none at all.
    NoFactor,
    /// The account is disabled.
    Disabled,
    /// The person left, or is yet to come.
    NotInService,
    /// Nobody has used the account for so long that it counts no longer.
    Dormant,
    /// It was tried too often; this try was not looked at.
    Waiting,
    /// Wrong password.
    WrongPassword,
    /// Wrong one-time password.
    WrongTotp,
    /// A one-time password that was used already, or an older one.
    ReplayedTotp,
    /// A session does not begin with this kind of factor.
    NotFirst,
    /// Wrong, used or ended enrolment code.
    WrongCode,
    /// Wrong or used recovery code.
    WrongRecoveryCode,
    /// What a passkey should have signed does not verify.
    WrongPasskey,
    /// A passkey's counter did not rise: it may have been copied.
    CounterNotRisen,
    /// The credential was reported lost.
    Lost,
    /// A provider said nothing that counts as a factor.
    NothingProven,
    /// A provider said it before the person signed out there.
    SignedOutThere,
}

impl Why {
    /// Its code on the record.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFactor => "no_factor",
            Self::Disabled => "account_disabled",
            Self::NotInService => "not_in_service",
            Self::Dormant => "account_dormant",
            Self::Waiting => "waiting",
            Self::WrongPassword => "wrong_password",
            Self::WrongTotp => "wrong_totp",
            Self::ReplayedTotp => "replayed_totp",
            Self::NotFirst => "not_a_first_factor",
            Self::WrongCode => "wrong_enrolment_code",
            Self::WrongRecoveryCode => "wrong_recovery_code",
            Self::WrongPasskey => "wrong_passkey",
            Self::CounterNotRisen => "passkey_counter_not_risen",
            Self::Lost => "credential_reported_lost",
            Self::NothingProven => "upstream_nothing_proven",
            Self::SignedOutThere => "upstream_signed_out",
        }
    }
}
