//! Who belongs where and who holds what, as the records of identity say it.

use bus::Trouble;
use jiff::Timestamp;
use kernel::{PersonId, PostId, SectionId, Spell, Timeline};
use proto::{identity::v1 as identity, record::Record};

use crate::{
    Person,
    changes::{id, unknown},
};

/// A person as a record leaves them; none if it is about nobody's place.
pub fn person_said(record: &Record) -> Result<Option<(PersonId, Person)>, Trouble> {
    if let Some(event) = record.event::<identity::PersonRegistered>() {
        let event = event?;
        let mut memberships = memberships(&event.memberships)?;
        if memberships.spells().is_empty() {
            memberships = from_then_on(id(&event.section_id)?, record.time, None);
        }
        let person = Person {
            name: event.display_name,
            memberships,
            non_regular: event.non_regular,
            robot: event.robot,
        };
        return Ok(Some((id(&event.person_id)?, person)));
    }
    let said = if let Some(event) = record.event::<identity::PersonTransferred>() {
        event?.person
    } else if let Some(event) = record.event::<identity::PersonLeft>() {
        event?.person
    } else {
        return Ok(None);
    };
    let said = said.ok_or_else(|| unknown("the event names no person"))?;
    let person = Person {
        name: said.display_name,
        memberships: memberships(&said.memberships)?,
        non_regular: said.non_regular,
        // A service ID belongs to no office and is not transferred.
        robot: false,
    };
    Ok(Some((id(&said.person_id)?, person)))
}

/// A post's holders as a record leaves them; none if it is about no post's holders.
pub fn holders_said(record: &Record) -> Result<Option<(PostId, Timeline<PersonId>)>, Trouble> {
    if let Some(event) = record.event::<identity::PostAssigned>() {
        let event = event?;
        let mut holders = holders(&event.holdings)?;
        if holders.spells().is_empty() {
            let since = instant(event.since.as_ref())?.unwrap_or(record.time);
            let until = instant(event.until.as_ref())?;
            holders = from_then_on(id(&event.person_id)?, since, until);
        }
        return Ok(Some((id(&event.post_id)?, holders)));
    }
    if let Some(event) = record.event::<identity::PostVacated>() {
        let event = event?;
        return Ok(Some((id(&event.post_id)?, holders(&event.holdings)?)));
    }
    Ok(None)
}

fn memberships(said: &[identity::Membership]) -> Result<Timeline<SectionId>, Trouble> {
    let spells = said.iter().map(|one| {
        Ok(Spell {
            value: id(&one.section_id)?,
            since: instant(one.since.as_ref())?.ok_or_else(no_beginning)?,
            until: instant(one.until.as_ref())?,
        })
    });
    spells.collect()
}

fn holders(said: &[identity::Holding]) -> Result<Timeline<PersonId>, Trouble> {
    let spells = said.iter().map(|one| {
        Ok(Spell {
            value: id(&one.person_id)?,
            since: instant(one.since.as_ref())?.ok_or_else(no_beginning)?,
            until: instant(one.until.as_ref())?,
        })
    });
    spells.collect()
}

/// What a record says that knows of one spell only.
fn from_then_on<T>(value: T, since: Timestamp, until: Option<Timestamp>) -> Timeline<T> {
    let spell = Spell {
        value,
        since,
        until,
    };
    [spell].into_iter().collect()
}

pub(crate) fn instant(at: Option<&prost_types::Timestamp>) -> Result<Option<Timestamp>, Trouble> {
    at.map(|at| proto::instant(at).ok_or_else(|| unknown("an instant is out of range")))
        .transpose()
}

pub(crate) fn no_beginning() -> Trouble {
    unknown("a spell has no beginning")
}
