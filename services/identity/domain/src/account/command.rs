//! What can be asked of an account.

use kernel::SessionId;

use super::{CredentialId, SealedSecret, password::NewPassword};
use crate::Digest;

/// See the module. Hashes, ids and the outcome of cryptographic checks arrive made.
#[derive(Debug, Clone)]
pub enum Command {
    /// Open an enrolment with a one-time code, for a day. Needs authority to manage.
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
    /// Offer a one-time password generator, in a fresh session.
    OfferTotp {
        /// Id of the new credential.
        credential: CredentialId,
        /// Its secret, sealed.
        secret: SealedSecret,
    },
    /// Prove that the offered generator is in the person's hands; it also steps the session up.
    ConfirmTotp {
        /// The offered credential and the step its code matched.
        proof: Proof,
        /// Digest of the session's new handle.
        secret: Digest,
    },
    /// Register an ID card by its serial number. Needs authority to manage.
    RegisterCard {
        /// Id of the new credential.
        credential: CredentialId,
        /// Serial number.
        serial: String,
    },
    /// Remove a factor, in a fresh session; a card needs authority to manage instead.
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
    /// Let it be used again. Needs authority to manage.
    Enable {
        /// Why.
        reason: String,
    },
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
}

/// Which sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sessions {
    /// Every one of the account.
    All,
    /// One.
    One(SessionId),
}
