//! Who a verified token speaks for.

use jiff::Timestamp;
use kernel::{Actor, SectionId, SessionId};
use standard::Role;

/// The `acr` of a session in which two different categories were verified (複数要素認証).
pub const TWO_CATEGORIES: &str = "urn:sekisho:aal2";
/// The same, one of them bound to a device that cannot be copied.
const BOUND: &str = "urn:sekisho:aal3";

/// The bearer of a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who acts.
    pub actor: Actor,
    /// The roles of the posts the person holds; empty for machines.
    pub roles: Vec<Role>,
    /// The person's section.
    pub section: Option<SectionId>,
    /// The assurance of the session, `urn:sekisho:aal2`.
    pub acr: Option<String>,
    /// How the person was authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// When the person was last authenticated.
    pub auth_time: Option<Timestamp>,
    /// The subject's epoch: raised whenever what they hold is withdrawn.
    pub epoch: u64,
    /// The `iss` of the token.
    pub issuer: String,
    /// The instant from which the token is no longer good.
    pub expires_at: Timestamp,
}

impl Principal {
    /// The person's session, if a person.
    pub fn session(&self) -> Option<&SessionId> {
        match &self.actor {
            Actor::Person { session, .. } => Some(session),
            _ => None,
        }
    }

    /// Whether two different categories were verified in its session. A level that is not known here
    /// is none.
    pub fn has_two_categories(&self) -> bool {
        matches!(self.acr.as_deref(), Some(TWO_CATEGORIES | BOUND))
    }

    /// Whether it holds any of these roles. Every member of staff holds [`Role::Staff`].
    pub fn has_role(&self, wanted: &[Role]) -> bool {
        let staff = self.actor.person().is_some() && wanted.contains(&Role::Staff);
        staff || self.roles.iter().any(|role| wanted.contains(role))
    }
}
