//! Entering one row: the same commands as a request of its own would lead to.

use std::sync::Arc;

use identity_domain::{
    grant::{Command, GrantKind, Ground, Means, Subject},
    organisation::{Place, post, section},
};
use kernel::{BureauId, Decider, Refusal, SectionId};
use standard::Pack;
use store::{Done, Failure, Unit};

use super::{
    WhyNot,
    row::{Row, Seat},
};
use crate::{
    grants, organisation,
    store::{Bureaus, Sections, query},
};

/// What a row did.
pub(super) enum Entered {
    Created,
    Changed,
    Unchanged,
}

/// Judges the row and stages what it leads to; a refused row stages nothing.
pub(super) async fn enter(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    row: &Row,
) -> Result<Entered, Failure<WhyNot>> {
    match row.clone() {
        Row::Bureau(record) => outcome(organisation::record_bureau(unit, record).await),
        Row::Section { id, name, bureau } => {
            let record = section::Record {
                id,
                bureau,
                name,
                parent: None,
            };
            outcome(organisation::record_section(unit, record).await)
        }
        Row::Office { id, name, parent } => {
            let bureau = bureau_of(unit, &parent).await?;
            let record = section::Record {
                id,
                bureau: bureau.ok_or_else(|| no_parent(&parent))?,
                name,
                parent: Some(parent),
            };
            outcome(organisation::record_section(unit, record).await)
        }
        Row::Person { mut entry, hired } => {
            // Somebody hired for a day to come belongs to the section from that day.
            let now = unit.context().now;
            entry.since = entry.since.or(hired.filter(|hired| now < *hired));
            outcome(organisation::register_person(unit, pack, entry).await)
        }
        Row::Post {
            id,
            title,
            seat,
            roles,
            seating,
        } => {
            let record = post::Record {
                id,
                title,
                place: place(unit, seat).await?,
                roles,
            };
            outcome(organisation::record_post(unit, pack, record, seating).await)
        }
        Row::Entitlement {
            person,
            system,
            ends_at,
        } => {
            let ground = Ground {
                kind: GrantKind::Use,
                permit: None,
                starts_at: unit.context().now,
                ends_at,
            };
            let subject = Subject {
                person,
                system,
                item: None,
            };
            let grant = Command::Grant {
                ground,
                means: Means::Ordinary,
            };
            outcome(grants::execute(unit, pack, &subject, &grant).await)
        }
        // Orders are entered together, not row by row.
        Row::Transfer(_) => Ok(Entered::Unchanged),
    }
}

fn outcome<S: Decider, R: Into<WhyNot>>(
    done: Result<Done<S>, Failure<R>>,
) -> Result<Entered, Failure<WhyNot>> {
    let done = done.map_err(|failure| failure.map(Into::into))?;
    Ok(match (done.events.len(), done.version) {
        (0, _) => Entered::Unchanged,
        (_, 1) => Entered::Created,
        _ => Entered::Changed,
    })
}

async fn bureau_of(unit: &Unit, section: &SectionId) -> Result<Option<BureauId>, Failure<WhyNot>> {
    let state = query::one::<Sections, WhyNot>(unit.tx(), section.as_str()).await?;
    Ok(state.recorded.map(|record| record.bureau))
}

async fn place(unit: &Unit, seat: Seat) -> Result<Place, Failure<WhyNot>> {
    match seat {
        Seat::City => Ok(Place::City),
        Seat::Bureau(bureau) => Ok(Place::Bureau(bureau)),
        Seat::Section(section) => in_section(unit, section).await,
        Seat::Unit(code) => {
            let bureau = query::one::<Bureaus, WhyNot>(unit.tx(), &code).await?;
            match (bureau.recorded, SectionId::try_new(code)) {
                (Some(bureau), _) => Ok(Place::Bureau(bureau.id)),
                (None, Ok(section)) => in_section(unit, section).await,
                (None, Err(_)) => Err(refused(post::Refusal::PlaceUnknown)),
            }
        }
    }
}

async fn in_section(unit: &Unit, section: SectionId) -> Result<Place, Failure<WhyNot>> {
    match bureau_of(unit, &section).await? {
        Some(bureau) => Ok(Place::Section { section, bureau }),
        None => Err(refused(post::Refusal::PlaceUnknown)),
    }
}

fn no_parent(parent: &SectionId) -> Failure<WhyNot> {
    refused(section::Refusal::ParentUnknown(parent.clone()))
}

fn refused(refusal: impl Refusal) -> Failure<WhyNot> {
    Failure::Refused(WhyNot::from(refusal))
}
