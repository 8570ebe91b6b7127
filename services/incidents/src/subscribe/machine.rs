//! An incident that opens by itself. Its id says what opens it, so that one cause opens one.

use bus::Trouble;
use directory::kind;
use incidents_domain::incident::{Command, Origin, Report};
use jiff::Timestamp;
use kernel::{ClauseId, PersonId, SystemId};
use proto::record::Record;
use store::{Unit, facts::get};

use crate::{desk::Desk, facts, store::Incidents};

/// What a machine event says.
pub(super) struct Sign {
    pub(super) title: String,
    pub(super) person: Option<PersonId>,
    pub(super) system: Option<SystemId>,
    pub(super) description: String,
    pub(super) clause: ClauseId,
}

/// Longest text taken over from an event, in characters.
pub(super) const MAX_CHARS: usize = 2_000;

/// Opens the incident of an event, whose id is its own.
pub(super) async fn open(
    desk: &Desk,
    unit: &mut Unit,
    record: &Record,
    sign: Sign,
) -> Result<(), Trouble> {
    open_as(desk, unit, &record.id, record.time, sign).await
}

/// Opens an incident, in the consumer's own transaction and by what is known in it. The section is
/// the system's, else the person's.
pub(super) async fn open_as(
    desk: &Desk,
    unit: &mut Unit,
    id: &str,
    noticed_at: Timestamp,
    sign: Sign,
) -> Result<(), Trouble> {
    let (tx, backend) = (unit.tx(), unit.backend());
    let system = match &sign.system {
        Some(id) => get::<directory::System>(tx, backend, kind::SYSTEM, id.as_str()).await?,
        None => None,
    };
    let person = match &sign.person {
        Some(id) => get::<directory::Person>(tx, backend, kind::PERSON, id.as_str()).await?,
        None => None,
    };
    let owner = system.as_ref().map(|system| system.owner.clone());
    let section = owner.or_else(|| person?.section(noticed_at).cloned());
    let concerned = sign.system.clone().zip(system.as_ref());
    let facts = facts::of_machine(concerned, &desk.pack);
    let report = Report {
        id: id.parse().map_err(trouble)?,
        title: sign.title,
        origin: Origin::Machine,
        section,
        system: sign.system,
        person: sign.person,
        description: sign.description.chars().take(MAX_CHARS).collect(),
        noticed_at: noticed_at.min(unit.context().now),
        clause: sign.clause,
    };
    let command = Command::Report(Box::new(report));
    unit.execute::<Incidents>(id, &command, &facts).await?;
    Ok(())
}

/// An id in an event; empty means none.
pub(super) fn optional<T>(text: &str) -> Result<Option<T>, Trouble>
where
    T: std::str::FromStr<Err = kernel::IdSyntax>,
{
    (!text.is_empty())
        .then(|| text.parse().map_err(trouble))
        .transpose()
}

fn trouble(error: kernel::IdSyntax) -> Trouble {
    Trouble::Record(error.to_string())
}
