//! Decisions made earlier, as they are on record.

use jiff::Timestamp;
use kernel::DecisionId;
use prost::Message as _;
use proto::{
    identity::v1::AccessEvaluated,
    io::cloudevents::v1::{CloudEvent, cloud_event::Data, cloud_event_attribute_value::Attr},
};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};
use store::Database;

/// A decision on record.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// What was decided.
    pub event: AccessEvaluated,
    /// When.
    pub decided_at: Timestamp,
}

/// Finds decisions in the journal by their id.
#[derive(Debug)]
pub struct DecisionIndex;

impl MigrationName for DecisionIndex {
    fn name(&self) -> &str {
        "m0002_decision_index"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for DecisionIndex {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE INDEX journal_decision ON journal (subject) WHERE aggregate = 'decision'",
            )
            .await?;
        Ok(())
    }
}

/// Looks a decision up; also one the relay has not stamped yet.
pub async fn recorded(database: &Database, id: &DecisionId) -> Result<Option<Recorded>, DbErr> {
    let row = database
        .read()
        .query_one_raw(Statement::from_sql_and_values(
            database.backend().sea(),
            "SELECT record FROM journal WHERE aggregate = 'decision' AND subject = $1",
            [id.as_str().into()],
        ))
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let bytes: Vec<u8> = row.try_get("", "record")?;
    read(&bytes)
        .map(Some)
        .ok_or_else(|| DbErr::Type(format!("decision {id} is not on record as one")))
}

/// The newest decisions before one, or of all, the newest first: their ids are in order of time.
pub(super) async fn newest(
    database: &Database,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Recorded>, DbErr> {
    // Above every id: they are written in hexadecimal digits.
    let before = before.unwrap_or("g");
    let rows = database
        .read()
        .query_all_raw(Statement::from_sql_and_values(
            database.backend().sea(),
            "SELECT record FROM journal WHERE aggregate = 'decision' AND subject < $1 \
             ORDER BY subject DESC LIMIT $2",
            [before.into(), i64::from(limit).into()],
        ))
        .await?;
    let decisions = rows.iter().map(|row| {
        let bytes: Vec<u8> = row.try_get("", "record")?;
        read(&bytes).ok_or_else(|| DbErr::Type("a record is not one of a decision".to_owned()))
    });
    decisions.collect()
}

fn read(bytes: &[u8]) -> Option<Recorded> {
    let event = CloudEvent::decode(bytes).ok()?;
    let Some(Attr::CeTimestamp(at)) = event.attributes.get("time")?.attr.clone() else {
        return None;
    };
    let Some(Data::BinaryData(data)) = event.data else {
        return None;
    };
    Some(Recorded {
        event: AccessEvaluated::decode(data.as_slice()).ok()?,
        decided_at: proto::instant(&at)?,
    })
}
