//! Audit's records: suspicions, and logs that do not hold together.

use async_trait::async_trait;
use bus::{Contradiction, RecordHandler, Trouble};
use incidents_domain::{
    clauses,
    incident::{Command, Suspicion},
};
use kernel::ClauseId;
use proto::{
    audit::v1::{LogCheckFailed, SourceDiverged, SuspicionRaised},
    instant,
    record::Record,
};
use standard::pack::Severity;
use store::Unit;

use super::{
    contradiction,
    machine::{self, MAX_CHARS, Sign},
};
use crate::{desk::Desk, facts, store::Incidents};

/// Records are protected.
pub(super) const PROTECTION: ClauseId = ClauseId::known("7-1-(4)-3");

/// Opens an incident for every suspicion that belongs to no open one, for every failed check of the
/// log, and where audit itself was put back.
pub(crate) struct Suspicions(pub(crate) Desk);

#[async_trait]
impl RecordHandler for Suspicions {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let sign = if let Some(event) = record.event::<SuspicionRaised>() {
            return suspicion(&self.0, unit, record, event?).await;
        } else if let Some(event) = record.event::<SourceDiverged>() {
            diverged(&event?)
        } else if let Some(event) = record.event::<LogCheckFailed>() {
            check_failed(&event?)
        } else {
            return Ok(());
        };
        machine::open(&self.0, unit, record, sign).await
    }

    async fn contradicted(
        &self,
        unit: &mut Unit,
        contradiction: Contradiction,
    ) -> Result<(), Trouble> {
        contradiction::open(&self.0, unit, contradiction).await
    }
}

/// Adds it to the open incident of the same rule and subject, or opens one. A notice is only on record.
async fn suspicion(
    desk: &Desk,
    unit: &mut Unit,
    record: &Record,
    event: SuspicionRaised,
) -> Result<(), Trouble> {
    if event.severity == Severity::Notice.as_str() {
        return Ok(());
    }
    let suspicion = Suspicion {
        record: record.id.clone(),
        seen_at: event
            .seen_at
            .as_ref()
            .and_then(instant)
            .unwrap_or(record.time),
        description: event.description.chars().take(MAX_CHARS).collect(),
        rule: event.rule,
        subject: event.subject,
        log_indexes: event.log_indexes,
    };
    let open = Incidents::suspected(unit, &suspicion.rule, &suspicion.subject).await?;
    let id = match open {
        Some(id) => id,
        None => {
            let severity = event.severity.parse::<Severity>();
            let severity = severity.map_or("疑い", Severity::title_ja);
            let indexes = suspicion.log_indexes.iter().map(ToString::to_string);
            let sign = Sign {
                title: format!("不正利用の疑い［{severity}］{}", event.title_ja),
                person: machine::optional(&event.person_id)?,
                system: machine::optional(&event.system_id)?,
                description: format!(
                    "{}\n規則: {}\n対象: {}\n記録番号: {}",
                    suspicion.description,
                    suspicion.rule,
                    suspicion.subject,
                    indexes.collect::<Vec<_>>().join("、")
                ),
                clause: record.clauses.first().cloned().unwrap_or(clauses::ANALYSIS),
            };
            machine::open(desk, unit, record, sign).await?;
            record.id.clone()
        }
    };
    let facts = facts::of_machine(None, &desk.pack);
    let command = Command::Suspect(Box::new(suspicion));
    unit.execute::<Incidents>(&id, &command, &facts).await?;
    Ok(())
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
    let (finding, size) = (&event.finding, event.size);
    Sign {
        title: "監査ログの検査の不合格".to_owned(),
        person: None,
        system: None,
        description: match finding.as_str() {
            "other_index" => format!(
                "監査ログの索引が記録と合わず、検索から漏れる記録がありました（{finding}、記録数{size}）。索引は作り直しました。"
            ),
            _ => format!(
                "監査ログが署名済みのチェックポイントと合いません（{finding}、記録数{size}）。"
            ),
        },
        clause: PROTECTION,
    }
}
