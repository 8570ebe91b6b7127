//! Identity's records: the organisation, and lost cards (4-4-3).

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use incidents_domain::clauses;
use proto::{identity::v1::CredentialReportedLost, record::Record};
use store::{Unit, facts};

use super::machine::{self, Sign};
use crate::desk::Desk;

/// Learns who holds which post, and opens an incident for every card or factor reported lost.
pub(crate) struct Identity(pub(crate) Desk);

#[async_trait]
impl RecordHandler for Identity {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let changes = directory::organisation_changes(record)?;
        let backend = unit.backend();
        facts::put(unit.tx(), backend, &record.source, record.position, changes).await?;
        match record.event::<CredentialReportedLost>() {
            Some(event) => machine::open(&self.0, unit, record, lost(event?)?).await,
            None => Ok(()),
        }
    }

    fn committed(&self, _position: u64) {
        self.0.known.wake();
    }
}

fn lost(event: CredentialReportedLost) -> Result<Sign, Trouble> {
    let person = machine::optional(&event.person_id)?;
    // The words of the standard where it has some.
    let kind = event.kind.parse::<standard::FactorKind>();
    let kind = kind.map_or(event.kind, |kind| kind.title_ja().to_owned());
    Ok(Sign {
        title: format!("認証要素の紛失（{kind}）"),
        person,
        system: None,
        description: format!(
            "届出者: {}\n認証要素: {}\n状況: {}",
            event.reported_by, event.credential_id, event.circumstances
        ),
        clause: clauses::LOST_CARD,
    })
}
