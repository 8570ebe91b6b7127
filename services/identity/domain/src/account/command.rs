//! What can be asked of an account.

use jiff::Timestamp;
use kernel::SessionId;
use standard::FactorKind;

use super::{
    CardCertificate, Chain, CredentialId, Passkey, Presented, SealedSecret, Upstream,
    password::NewPassword,
};
use crate::Digest;

/// See the module. Hashes, ids and the outcome of cryptographic checks arrive made.
#[derive(Debug, Clone)]
pub enum Command {
    /// Open an enrolment with a one-time code, for a day. Needs authority to manage, and two categories
    /// verified within the last minutes.
    OpenEnrolment {
        /// Digest of the code.
        code: Digest,
    },
    /// Set the first password, or a new one, with the one-time code.
    Enrol {
        /// Digest of the code presented.
        code: Digest,
        /// Id of the new credential.
        credential: CredentialId,
        /// The password.
        password: NewPassword,
    },
    /// Put a new password in the place of the old, in a fresh session.
    ChangePassword {
        /// Id of the new credential.
        credential: CredentialId,
        /// The password.
        password: NewPassword,
    },
    /// Offer a one-time password generator.
    OfferTotp {
        /// What allows it.
        by: By,
        /// Id of the new credential.
        credential: CredentialId,
        /// Its secret, sealed.
        secret: SealedSecret,
    },
    /// Prove that the offered generator is in the person's hands; it also steps the session up.
    ConfirmTotp {
        /// What allows it.
        by: By,
        /// The offered credential and the step its code matched.
        proof: Proof,
        /// Digest of the session's new handle.
        secret: Digest,
    },
    /// Enrol a passkey that the shell has verified.
    EnrolPasskey {
        /// What allows it.
        by: By,
        /// Id of the new credential.
        credential: CredentialId,
        /// What was verified.
        passkey: Passkey,
    },
    /// Make a set of recovery codes in the place of the old one, in a fresh session.
    MakeRecoveryCodes {
        /// Id of the new credential.
        credential: CredentialId,
        /// Digests of the codes.
        codes: Vec<Digest>,
    },
    /// Use a recovery code up to open an enrolment. A failure is an event too.
    UseRecoveryCode {
        /// Digest of the recovery code presented.
        recovery: Digest,
        /// Digest of the enrolment's one-time code.
        code: Digest,
    },
    /// Register an ID card by its serial number. Needs the same as opening an enrolment.
    RegisterCard {
        /// Id of the new credential.
        credential: CredentialId,
        /// Serial number as printed.
        serial: String,
        /// The certificate on it, if it is to sign in.
        certificate: Option<CardCertificate>,
    },
    /// Link an account at a provider: the owner in a fresh session with two categories, having
    /// signed in there, or somebody with authority to manage, as fresh.
    LinkUpstream {
        /// Id of the new credential.
        credential: CredentialId,
        /// The account there.
        upstream: Upstream,
    },
    /// Remove a factor, in a fresh session; a card needs somebody else's authority to manage, as
    /// fresh, and a link either of them.
    RemoveFactor {
        /// Which.
        credential: CredentialId,
    },
    /// Start a session. A failure is an event too.
    SignIn {
        /// Id of the new session.
        session: SessionId,
        /// Digest of its handle.
        secret: Digest,
        /// What was presented.
        proof: Proof,
    },
    /// Verify a further factor in the actor's session, or one anew. A failure is an event too.
    StepUp {
        /// Digest of the session's new handle.
        secret: Digest,
        /// What was presented.
        proof: Proof,
    },
    /// Start a session for a registered client, with what was verified in the actor's fresh one.
    StartForClient {
        /// Id of the new session.
        session: SessionId,
        /// The client and its chain of tokens.
        chain: Chain,
        /// Digest of the first token of the chain.
        secret: Digest,
    },
    /// Start a short session for a registered client, with what a provider says was verified there.
    /// A failure is an event too.
    ExchangeForClient {
        /// Id of the new session.
        session: SessionId,
        /// The client and a chain that nobody has a token of.
        chain: Chain,
        /// Digest of the same.
        secret: Digest,
        /// What was presented.
        proof: Proof,
        /// When the session ends at the latest.
        until: Timestamp,
    },
    /// Go on with a session: an access token is wanted.
    UseSession {
        /// Which.
        session: SessionId,
        /// What was presented for it.
        presented: Presented,
    },
    /// End a client's session with a token of its chain.
    EndForClient {
        /// Which.
        session: SessionId,
        /// The chain the token is of.
        chain: Chain,
    },
    /// End the actor's session.
    SignOut,
    /// Revoke sessions: one's own, or with authority to stop.
    RevokeSessions {
        /// Which.
        sessions: Sessions,
        /// Why.
        reason: String,
    },
    /// Report a credential lost: one's own, or with authority to stop (4-4-4).
    ReportLost {
        /// Which.
        credential: CredentialId,
        /// What happened.
        circumstances: String,
    },
    /// Stop the account (7-2-(9)-1). Needs authority to manage.
    Disable {
        /// Why.
        reason: String,
    },
    /// Let it be used again. Needs the same as opening an enrolment.
    Enable {
        /// Why.
        reason: String,
    },
    /// Put on record what lying unused has come to by now: it follows from the clock, whoever asks
    /// (7-2-(9)-3).
    NoteDormancy,
    /// End the sessions of somebody who is not in service: it follows from the day that was set, whoever
    /// asks (7-2-(9)-1).
    EndService,
}

/// What was presented to verify a factor, checked by the shell against the credential's secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A password.
    Password {
        /// The credential it was held against; none when the account has no password.
        credential: Option<CredentialId>,
        /// Whether it matched.
        matches: bool,
    },
    /// A one-time password.
    Totp {
        /// The credential it was held against; none when the account has no generator.
        credential: Option<CredentialId>,
        /// The step it matched, if any.
        step: Option<u64>,
    },
    /// A passkey.
    Passkey {
        /// The credential it was held against; none when it is nobody's, or another person's.
        credential: Option<CredentialId>,
        /// What its authenticator signed, if the signature and all that it covers are right.
        signed: Option<Signed>,
    },
    /// A client certificate on an ID card, whose chain was verified.
    Card {
        /// The card it is on; none when it is nobody's.
        credential: Option<CredentialId>,
    },
    /// What a provider says was verified there, its signature and all that it covers being right.
    Federated {
        /// The link to the account there; none when it is gone.
        credential: Option<CredentialId>,
        /// The kinds of factors it proves, within what the provider is trusted for.
        proven: Vec<FactorKind>,
        /// When they were verified.
        at: Timestamp,
        /// The person has signed out there since.
        ended: bool,
    },
}

/// What an authenticator says in an assertion that was verified, user verification included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// Its count of signatures.
    pub counter: u32,
    /// Whether the passkey is copied to other devices now.
    pub backed_up: bool,
}

/// What allows a factor to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The actor's session: fresh, with everything verified that the account can verify.
    Session,
    /// The one-time code of an open enrolment; digest of what was presented.
    Code(Digest),
}

/// Which sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sessions {
    /// Every one of the account.
    All,
    /// One.
    One(SessionId),
    /// Those that began with a link: these, and applications' sessions, of which nobody knows in
    /// which of them they began. None named = all.
    Linked {
        /// The link.
        credential: CredentialId,
        /// The sessions that the provider means.
        sessions: Option<Vec<SessionId>>,
    },
}

impl Command {
    /// Whether it presents a factor, which may be the wrong one.
    pub const fn is_try(&self) -> bool {
        matches!(
            self,
            Self::SignIn { .. }
                | Self::StepUp { .. }
                | Self::ConfirmTotp { .. }
                | Self::UseRecoveryCode { .. }
                | Self::ExchangeForClient { .. }
        )
    }

    /// Whether it gives the account a factor, or a way to one.
    pub(super) const fn adds_factor(&self) -> bool {
        matches!(
            self,
            Self::OpenEnrolment { .. }
                | Self::Enrol { .. }
                | Self::ChangePassword { .. }
                | Self::OfferTotp { .. }
                | Self::ConfirmTotp { .. }
                | Self::EnrolPasskey { .. }
                | Self::MakeRecoveryCodes { .. }
                | Self::RegisterCard { .. }
                | Self::LinkUpstream { .. }
        )
    }
}
