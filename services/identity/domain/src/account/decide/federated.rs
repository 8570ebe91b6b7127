//! Links to accounts at providers, and what is verified there.

use jiff::Timestamp;
use standard::FactorKind;

use super::Asked;
use crate::account::{
    Assurance, CredentialId, CredentialStanding, Event, Factor, Refusal, Upstream, Verified, Why,
};

impl Asked<'_> {
    /// A link opens the account as a factor does: whoever makes one for themselves verifies two
    /// categories, however few the account has.
    pub(super) fn link_upstream(
        &self,
        credential: &CredentialId,
        upstream: &Upstream,
    ) -> Result<Vec<Event>, Refusal> {
        if self.by_owner() {
            self.fresh_session_of(Assurance::Aal2)?;
        } else {
            self.manager_freshly()?;
        }
        let mut links = self.account.links();
        if let Some((_, known)) = links.find(|(_, known)| known.provider == upstream.provider) {
            return match known == upstream {
                true => Ok(vec![]),
                false => Err(Refusal::UpstreamLinked),
            };
        }
        let mut known = self.account.credentials.values();
        let own = known.any(|known| known.factor == Factor::Federated(upstream.clone()));
        if own || self.facts.upstream_taken {
            return Err(Refusal::UpstreamTaken);
        }
        let link = Factor::Federated(upstream.clone());
        Ok(vec![self.enrolled(credential, link, false)])
    }

    /// A provider's word opens no account that waits after failures: what is held back here is not
    /// to be tried by way of another house.
    pub(super) fn upstream(
        &self,
        credential: Option<&CredentialId>,
        proven: &[FactorKind],
        at: Timestamp,
        standing: CredentialStanding,
    ) -> Result<Vec<Verified>, Why> {
        let now = self.context.now;
        self.need_not_wait()?;
        let (id, factor) = self.known(credential, standing)?;
        let Factor::Federated(_) = factor else {
            return Err(Why::NoFactor);
        };
        let verified = proven.iter().map(|kind| Verified {
            credential: id.clone(),
            kind: *kind,
            // A provider's clock that is ahead makes nothing fresher.
            at: at.min(now),
            beside_only: false,
        });
        let verified: Vec<_> = verified.collect();
        if verified.is_empty() {
            return Err(Why::NothingProven);
        }
        Ok(verified)
    }
}
