//! Approvals' records: exceptions, and permits that relax clauses.
//!
//! Every event carries the whole permit or exception; what counts is where it stands after it.

use bus::Trouble;
use identity_domain::decision::{
    Fact, FactChange, FactKey, FactKind, Relaxation, RelaxationId, Scope,
};
use kernel::ClauseId;
use proto::{approvals::v1 as event, common::v1 as common, record::Record};

use super::{instant, missing, optional, read, read_all, set, wrong};

pub(super) fn changes(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    let change = match named(record)? {
        Some(Named::Permit(permit)) => from_permit(&permit)?,
        Some(Named::Exception(exception)) => Some(from_exception(&exception)?),
        None => None,
    };
    Ok(change.into_iter().collect())
}

enum Named {
    Permit(event::Permit),
    Exception(event::Exception),
}

fn named(record: &Record) -> Result<Option<Named>, Trouble> {
    macro_rules! one_of {
        ($field:ident, $named:ident: $($event:ident),+) => {
            $(if let Some(event) = record.event::<event::$event>() {
                let whole = event?.$field.ok_or_else(|| missing(stringify!($field)))?;
                return Ok(Some(Named::$named(whole)));
            })+
        };
    }
    one_of!(permit, Permit: PermitGranted, PermitRevoked, PermitExpired, PermitCompleted);
    one_of!(exception, Exception:
        ExceptionGranted, ExceptionInvoked, ExceptionReported, ExceptionEndorsed,
        ExceptionExtended, ExceptionRefused, ExceptionRevoked, ExceptionExpired,
        ExceptionReportOverdue, ExceptionClosed);
    Ok(None)
}

fn from_permit(permit: &event::Permit) -> Result<Option<FactChange>, Trouble> {
    if permit.relaxes.is_empty() {
        return Ok(None);
    }
    let id = RelaxationId::Permit(read(&permit.permit_id)?);
    if permit.state() != event::PermitState::Granted {
        return Ok(Some(over(&id)));
    }
    let subject = permit.subject.clone().unwrap_or_default();
    let person = if subject.person_id.is_empty() {
        &permit.applicant_id
    } else {
        &subject.person_id
    };
    let scope = Scope {
        people: [read(person)?].into(),
        systems: optional(&subject.system_id)?.into_iter().collect(),
        devices: optional(&subject.device_id)?.into_iter().collect(),
        networks: optional(&subject.network_id)?.into_iter().collect(),
        ceiling: permit.information_class().word(),
        ..Scope::default()
    };
    Ok(Some(set(Fact::Relaxation(Relaxation {
        id,
        clauses: permit.relaxes.iter().map(ClauseId::new).collect(),
        scope,
        starts_at: instant(permit.starts_at.as_ref())?.ok_or_else(|| missing("start"))?,
        ends_at: instant(permit.ends_at.as_ref())?,
    }))))
}

fn from_exception(exception: &event::Exception) -> Result<FactChange, Trouble> {
    use event::ExceptionState::{Endorsed, Granted, Invoked, Reported};
    let id = RelaxationId::Exception(read(&exception.exception_id)?);
    if !matches!(exception.state(), Granted | Invoked | Reported | Endorsed) {
        return Ok(over(&id));
    }
    let path = |path: common::AccessPath| path.word().ok_or_else(|| wrong("a path is not given"));
    let scope = Scope {
        people: read_all(&exception.person_ids)?,
        posts: read_all(&exception.post_ids)?,
        sections: read_all(&exception.section_ids)?,
        systems: read_all(&exception.system_ids)?,
        devices: [].into(),
        networks: [].into(),
        paths: exception.paths().map(path).collect::<Result<_, _>>()?,
        ceiling: exception.class_ceiling().word(),
    };
    // An exception without an end would never end: it is no exception (8-4-(1)-1).
    let end = instant(exception.ends_at.as_ref())?.ok_or_else(|| missing("end"))?;
    Ok(set(Fact::Relaxation(Relaxation {
        id,
        clauses: exception.clauses.iter().map(ClauseId::new).collect(),
        scope,
        starts_at: instant(exception.starts_at.as_ref())?.ok_or_else(|| missing("start"))?,
        ends_at: Some(end),
    })))
}

fn over(id: &RelaxationId) -> FactChange {
    FactChange::Removed(FactKey::one(FactKind::Relaxation, id))
}
