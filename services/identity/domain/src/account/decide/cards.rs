//! Staff ID cards.

use super::Asked;
use crate::account::{CardCertificate, CredentialId, CredentialStanding, Event, Factor, Refusal};

impl Asked<'_> {
    /// One card, one person (4-4-1); a card once lost stays lost (4-4-4).
    pub(super) fn register_card(
        &self,
        credential: &CredentialId,
        serial: &str,
        certificate: Option<&CardCertificate>,
    ) -> Result<Vec<Event>, Refusal> {
        self.manager_freshly()?;
        if self.facts.card_holder.is_some() {
            return Err(Refusal::CardTaken);
        }
        for known in self.account.credentials.values() {
            let Factor::IcCard {
                serial: printed,
                certificate: on_it,
            } = &known.factor
            else {
                continue;
            };
            let same = (printed == serial, on_it.as_ref() == certificate);
            let shared = same.0 || (same.1 && certificate.is_some());
            match (known.standing, shared) {
                (CredentialStanding::Lost, true) => return Err(Refusal::FactorLost),
                (CredentialStanding::Lost, false) => {}
                _ if same == (true, true) => return Ok(vec![]),
                _ => return Err(Refusal::HasCard),
            }
        }
        let card = Factor::IcCard {
            serial: serial.to_owned(),
            certificate: certificate.cloned(),
        };
        Ok(vec![self.enrolled(credential, card, false)])
    }
}
