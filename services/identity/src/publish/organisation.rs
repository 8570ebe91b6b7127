//! Organisation.

use identity_domain::organisation::{bureau, person, post, section};
use kernel::{ClauseId, PersonId, SectionId, Timeline};
use proto::{common::v1::AccessPath, identity::v1 as wire, record::Outgoing, timestamp};

const POST: ClauseId = ClauseId::known("1-1-1");
const ID_LIFECYCLE: ClauseId = ClauseId::known("7-2-(9)-1");

pub(crate) fn bureau(event: &bureau::Event) -> Outgoing {
    let bureau::Event::Recorded(record) = event;
    let public = wire::BureauRecorded {
        bureau_id: record.id.to_string(),
        name: record.name.clone(),
        ward: record.ward,
    };
    Outgoing::new(&public, [ClauseId::known("1-2-1")])
}

pub(crate) fn section(event: &section::Event) -> Outgoing {
    let section::Event::Recorded(record) = event;
    let public = wire::SectionRecorded {
        section_id: record.id.to_string(),
        bureau_id: record.bureau.to_string(),
        name: record.name.clone(),
        parent_section_id: record
            .parent
            .as_ref()
            .map_or(String::new(), ToString::to_string),
    };
    Outgoing::new(&public, [ClauseId::known("1-3-1")])
}

pub(crate) fn person(event: &person::Event) -> Outgoing {
    match event {
        person::Event::Registered(record) => {
            let public = wire::PersonRegistered {
                person_id: record.id.to_string(),
                display_name: record.name.clone(),
                section_id: section_said(record),
                non_regular: record.non_regular,
                robot_path: robot_path(record).into(),
                emergency: record.kind == person::Kind::Emergency,
                memberships: memberships(&record.memberships),
            };
            Outgoing::new(&public, [ID_LIFECYCLE])
        }
        person::Event::Transferred { record, from, to } => {
            let public = wire::PersonTransferred {
                person: Some(person_said(record)),
                from_section_id: from.to_string(),
                section_id: to.value.to_string(),
                since: Some(timestamp(to.since)),
            };
            Outgoing::new(&public, [ID_LIFECYCLE])
        }
        person::Event::Left { record, at } => {
            let public = wire::PersonLeft {
                person: Some(person_said(record)),
                at: Some(timestamp(*at)),
            };
            Outgoing::new(&public, [ID_LIFECYCLE])
        }
    }
}

fn robot_path(record: &person::Record) -> AccessPath {
    match record.kind {
        person::Kind::Robot { path } => AccessPath::from(path),
        person::Kind::Staff | person::Kind::Emergency => AccessPath::Unspecified,
    }
}

fn person_said(record: &person::Record) -> wire::Person {
    wire::Person {
        person_id: record.id.to_string(),
        display_name: record.name.clone(),
        section_id: section_said(record),
        non_regular: record.non_regular,
        posts: Vec::new(),
        memberships: memberships(&record.memberships),
    }
}

/// The section as the event is decided: what was before it is forgotten.
fn section_said(record: &person::Record) -> String {
    let first = record.memberships.spells().first();
    first.map_or(String::new(), |spell| spell.value.to_string())
}

pub(crate) fn memberships(known: &Timeline<SectionId>) -> Vec<wire::Membership> {
    let spells = known.spells().iter();
    spells
        .map(|spell| wire::Membership {
            section_id: spell.value.to_string(),
            since: Some(timestamp(spell.since)),
            until: spell.until.map(timestamp),
        })
        .collect()
}

pub(crate) fn holdings(known: &Timeline<PersonId>) -> Vec<wire::Holding> {
    let spells = known.spells().iter();
    spells
        .map(|spell| wire::Holding {
            person_id: spell.value.to_string(),
            since: Some(timestamp(spell.since)),
            until: spell.until.map(timestamp),
        })
        .collect()
}

pub(crate) fn post(event: &post::Event, state: &post::State) -> Outgoing {
    let recorded = state.recorded.as_ref();
    let post_id = recorded.map_or(String::new(), |record| record.id.to_string());
    match event {
        post::Event::Recorded(record) => {
            let place = &record.place;
            let public = wire::PostRecorded {
                post_id: record.id.to_string(),
                title: record.title.clone(),
                section_id: place.section().map_or(String::new(), ToString::to_string),
                bureau_id: place.bureau().map_or(String::new(), ToString::to_string),
                roles: record.roles.iter().map(ToString::to_string).collect(),
            };
            Outgoing::new(&public, [POST])
        }
        post::Event::Assigned { holding, .. } => {
            let public = wire::PostAssigned {
                post_id,
                person_id: holding.value.to_string(),
                since: Some(timestamp(holding.since)),
                until: holding.until.map(timestamp),
                holdings: holdings(&state.holders),
            };
            Outgoing::new(&public, [POST])
        }
        post::Event::Vacated { from, person } => {
            let public = wire::PostVacated {
                post_id,
                from: Some(timestamp(*from)),
                person_id: person.as_ref().map_or(String::new(), ToString::to_string),
                holdings: holdings(&state.holders),
            };
            Outgoing::new(&public, [POST])
        }
    }
}
