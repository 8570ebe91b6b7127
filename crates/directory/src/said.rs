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
        let robot = event.robot_path().word();
        let person = Person {
            name: event.display_name,
            memberships: memberships(&event.memberships)?,
            non_regular: event.non_regular,
            robot,
            emergency: event.emergency,
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
        // Only a member of staff is transferred or leaves.
        robot: None,
        emergency: false,
    };
    Ok(Some((id(&said.person_id)?, person)))
}

/// A post's holders as a record leaves them; none if it is about no post's holders.
pub fn holders_said(record: &Record) -> Result<Option<(PostId, Timeline<PersonId>)>, Trouble> {
    if let Some(event) = record.event::<identity::PostAssigned>() {
        let event = event?;
        return Ok(Some((id(&event.post_id)?, holders(&event.holdings)?)));
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

pub(crate) fn instant(at: Option<&prost_types::Timestamp>) -> Result<Option<Timestamp>, Trouble> {
    at.map(|at| proto::instant(at).ok_or_else(|| unknown("an instant is out of range")))
        .transpose()
}

pub(crate) fn no_beginning() -> Trouble {
    unknown("a spell has no beginning")
}

#[cfg(test)]
mod tests {
    use proto::{Event, record::Outgoing};

    use super::*;

    fn record(event: &impl Event) -> Record {
        let outgoing = Outgoing::new(event, []);
        Record {
            id: "1".to_owned(),
            source: "identity".to_owned(),
            kind: outgoing.kind,
            subject: "1".to_owned(),
            time: Timestamp::UNIX_EPOCH,
            position: 1,
            previous: proto::record::NO_HASH,
            actor: kernel::Actor::Anonymous,
            correlation: "1".to_owned(),
            causation: None,
            traceparent: None,
            clauses: Vec::new(),
            data: outgoing.data,
        }
    }

    #[test]
    fn who_belongs_where_and_holds_what_is_what_the_spells_say_and_nothing_else() {
        let registered = identity::PersonRegistered {
            person_id: "S1".to_owned(),
            section_id: "tax".to_owned(),
            ..identity::PersonRegistered::default()
        };
        let said = person_said(&record(&registered)).expect("read");
        let (_, person) = said.expect("of a person");
        assert_eq!(person.section(Timestamp::UNIX_EPOCH), None);
        let assigned = identity::PostAssigned {
            post_id: "tax-head".to_owned(),
            person_id: "S1".to_owned(),
            ..identity::PostAssigned::default()
        };
        let said = holders_said(&record(&assigned)).expect("read");
        let (_, holders) = said.expect("of a post");
        assert_eq!(holders.spells(), []);
    }
}
