//! Identity's records: the organisation, lost cards (4-4-3), and IDs for emergencies that are opened.

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use incidents_domain::clauses;
use kernel::ClauseId;
use proto::{
    identity::v1::{CredentialReportedLost, EmergencyAccessOpened},
    record::Record,
};
use store::{Unit, facts};

use super::machine::{self, Sign};
use crate::desk::Desk;

/// An ID for emergencies is opened for privileged work, outside the usual ways.
const EMERGENCY: ClauseId = ClauseId::known("7-2-(8)-1b");

/// Learns who holds which post, and opens an incident for every card or factor reported lost and for
/// every ID for emergencies that is opened.
pub(crate) struct Identity(pub(crate) Desk);

#[async_trait]
impl RecordHandler for Identity {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let changes = directory::organisation_changes(record)?;
        let backend = unit.backend();
        facts::put(unit.tx(), backend, &record.source, record.position, changes).await?;
        let sign = if let Some(event) = record.event::<CredentialReportedLost>() {
            lost(event?)?
        } else if let Some(event) = record.event::<EmergencyAccessOpened>() {
            opened(&event?)?
        } else {
            return Ok(());
        };
        machine::open(&self.0, unit, record, sign).await
    }

    fn committed(&self, _position: u64) {
        self.0.known.wake();
    }
}

fn opened(event: &EmergencyAccessOpened) -> Result<Sign, Trouble> {
    // Of several systems the first tells whose matter it is; all are in the description.
    let first = event.system_ids.first().map_or("", String::as_str);
    Ok(Sign {
        title: format!("緊急用IDの使用（{}）", event.emergency_id),
        person: machine::optional(&event.asked_by)?,
        system: machine::optional(first)?,
        description: format!(
            "使用者: {}\n承認者: {}\n情報システム: {}\n理由: {}",
            event.asked_by,
            event.approved_by.join("、"),
            event.system_ids.join("、"),
            event.reason
        ),
        clause: EMERGENCY,
    })
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
