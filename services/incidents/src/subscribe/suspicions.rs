//! Audit's records: suspicions, and logs that do not hold together.

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use kernel::ClauseId;
use proto::{
    audit::v1::{LogCheckFailed, SourceDiverged, SuspicionRaised},
    record::Record,
};
use store::Unit;

use super::machine::{self, Sign};
use crate::desk::Desk;

/// Records are analysed for misuse.
const ANALYSIS: ClauseId = ClauseId::known("7-1-(4)-4b");
/// Records are protected.
const PROTECTION: ClauseId = ClauseId::known("7-1-(4)-3");

/// Opens an incident for every suspicion and every failed check of the log.
pub(crate) struct Suspicions(pub(crate) Desk);

#[async_trait]
impl RecordHandler for Suspicions {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let sign = if let Some(event) = record.event::<SuspicionRaised>() {
            suspicion(event?)?
        } else if let Some(event) = record.event::<SourceDiverged>() {
            diverged(&event?)
        } else if let Some(event) = record.event::<LogCheckFailed>() {
            check_failed(&event?)
        } else {
            return Ok(());
        };
        machine::open(&self.0, unit, record, sign).await
    }
}

fn suspicion(event: SuspicionRaised) -> Result<Sign, Trouble> {
    let indexes: Vec<_> = event.log_indexes.iter().map(ToString::to_string).collect();
    Ok(Sign {
        title: "不正利用の疑い".to_owned(),
        person: machine::optional(&event.person_id)?,
        system: machine::optional(&event.system_id)?,
        description: format!(
            "{}\n規則: {}\n記録番号: {}",
            event.description,
            event.rule,
            indexes.join("、")
        ),
        clause: ANALYSIS,
    })
}

fn diverged(event: &SourceDiverged) -> Sign {
    let service = event.source.parse::<standard::ServiceName>();
    let source = service.map_or(event.source.as_str(), |service| service.title_ja());
    Sign {
        title: format!("記録の不整合（{source}）"),
        person: None,
        system: None,
        description: format!(
            "{source}の位置{}の記録が保存済みの記録と合いません（{}）。",
            event.position, event.finding
        ),
        clause: PROTECTION,
    }
}

fn check_failed(event: &LogCheckFailed) -> Sign {
    Sign {
        title: "監査ログの検査の不合格".to_owned(),
        person: None,
        system: None,
        description: format!(
            "監査ログが署名済みのチェックポイントと合いません（{}、記録数{}）。",
            event.finding, event.size
        ),
        clause: PROTECTION,
    }
}
