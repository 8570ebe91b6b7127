//! The records of approvals, in the ledger's own words.

use std::str::FromStr;

use bus::Trouble;
use jiff::Timestamp;
use kernel::{ClauseId, PermitId};
use ledger_domain::{
    allowance::{Exception, Permit, Term},
    takeout,
};
use proto::{approvals::v1 as wire, common::v1::InformationClass, record::Record};
use standard::pack::Effect;

/// What a record tells the ledger.
pub(super) enum Told {
    /// A permit was granted.
    PermitGranted(Box<Granted>),
    /// A permit was revoked, reached its end, or was carried out to the end.
    PermitEnded(Permit),
    /// An exception is in force from its start, in its latest form.
    ExceptionInForce(Exception),
    /// An exception was revoked or reached its end.
    ExceptionEnded(Exception),
    /// Nothing the ledger goes by.
    Nothing,
}

/// A granted permit and what it brings about.
pub(super) struct Granted {
    pub(super) permit: Permit,
    pub(super) effect: Option<Effect>,
    /// The take-out it allows, when it names a device.
    pub(super) takeout: Option<takeout::Record>,
}

/// Reads a record.
pub(super) fn told(record: &Record) -> Result<Told, Trouble> {
    if let Some(event) = record.event::<wire::PermitGranted>() {
        return granted(event?.permit);
    }
    if let Some(event) = record.event::<wire::PermitRevoked>() {
        return Ok(Told::PermitEnded(permit(&named(event?.permit)?)?));
    }
    if let Some(event) = record.event::<wire::PermitExpired>() {
        return Ok(Told::PermitEnded(permit(&named(event?.permit)?)?));
    }
    if let Some(event) = record.event::<wire::PermitCompleted>() {
        return Ok(Told::PermitEnded(permit(&named(event?.permit)?)?));
    }
    let in_force = [
        exception_of(record, |event: wire::ExceptionGranted| event.exception)?,
        exception_of(record, |event: wire::ExceptionInvoked| event.exception)?,
        exception_of(record, |event: wire::ExceptionReported| event.exception)?,
        exception_of(record, |event: wire::ExceptionEndorsed| event.exception)?,
        exception_of(record, |event: wire::ExceptionExtended| event.exception)?,
    ];
    if let Some(exception) = in_force.into_iter().flatten().next() {
        return Ok(Told::ExceptionInForce(exception));
    }
    let ended = [
        exception_of(record, |event: wire::ExceptionRevoked| event.exception)?,
        exception_of(record, |event: wire::ExceptionExpired| event.exception)?,
        exception_of(record, |event: wire::ExceptionClosed| event.exception)?,
    ];
    if let Some(exception) = ended.into_iter().flatten().next() {
        return Ok(Told::ExceptionEnded(exception));
    }
    Ok(Told::Nothing)
}

fn granted(message: Option<wire::Permit>) -> Result<Told, Trouble> {
    let message = named(message)?;
    let permit = permit(&message)?;
    let effect = (!message.effect.is_empty())
        .then(|| message.effect.parse::<Effect>().map_err(unreadable))
        .transpose()?;
    let subject = message.subject.clone().unwrap_or_default();
    let person = match subject.person_id.as_str() {
        "" => &message.applicant_id,
        other => other,
    };
    let takeout = match &permit.device {
        Some(device) if effect == Some(Effect::TakeoutRecord) => Some(takeout::Record {
            permit: permit.id.clone(),
            device: device.clone(),
            person: id(person)?,
            section: id(&message.section_id)?,
            due_back_at: permit.term.ends_at,
        }),
        _ => None,
    };
    Ok(Told::PermitGranted(Box::new(Granted {
        permit,
        effect,
        takeout,
    })))
}

fn permit(message: &wire::Permit) -> Result<Permit, Trouble> {
    let subject = message.subject.clone().unwrap_or_default();
    let satisfies = message.clauses.iter().chain(&message.relaxes);
    Ok(Permit {
        id: id::<PermitId>(&message.permit_id)?,
        system: optional(&subject.system_id)?,
        network: optional(&subject.network_id)?,
        device: optional(&subject.device_id)?,
        satisfies: satisfies.map(ClauseId::new).collect(),
        term: term(message.starts_at.as_ref(), message.ends_at.as_ref())?,
    })
}

fn exception_of<E: proto::Event + Default>(
    record: &Record,
    exception: fn(E) -> Option<wire::Exception>,
) -> Result<Option<Exception>, Trouble> {
    let Some(event) = record.event::<E>() else {
        return Ok(None);
    };
    let message = named(exception(event?))?;
    let narrowed = !message.person_ids.is_empty()
        || !message.post_ids.is_empty()
        || !message.section_ids.is_empty()
        || !message.paths.is_empty();
    if narrowed {
        return Ok(None);
    }
    let systems = message.system_ids.iter().map(|system| id(system));
    Ok(Some(Exception {
        id: id(&message.exception_id)?,
        systems: systems.collect::<Result<_, _>>()?,
        clauses: message.clauses.iter().map(ClauseId::new).collect(),
        class_ceiling: InformationClass::word_of(message.class_ceiling),
        term: term(message.starts_at.as_ref(), message.ends_at.as_ref())?,
    }))
}

fn term(
    starts_at: Option<&prost_types::Timestamp>,
    ends_at: Option<&prost_types::Timestamp>,
) -> Result<Term, Trouble> {
    let instant = |at: &prost_types::Timestamp| -> Result<Timestamp, Trouble> {
        proto::instant(at).ok_or_else(|| unreadable("not an instant"))
    };
    Ok(Term {
        starts_at: starts_at
            .map(instant)
            .transpose()?
            .ok_or_else(|| unreadable("it has no start"))?,
        ends_at: ends_at.map(instant).transpose()?,
    })
}

fn named<T>(message: Option<T>) -> Result<T, Trouble> {
    message.ok_or_else(|| unreadable("the event names nothing"))
}

fn id<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(unreadable)
}

fn optional<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<Option<T>, Trouble> {
    (!text.is_empty()).then(|| id(text)).transpose()
}

fn unreadable(error: impl std::fmt::Display) -> Trouble {
    Trouble::Record(error.to_string())
}
