//! Organisation.

use identity_domain::organisation::{bureau, person, post, section};
use kernel::{ClauseId, PostId};
use proto::{identity::v1 as wire, record::Outgoing};

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
    let person::Event::Registered(record) = event;
    let public = wire::PersonRegistered {
        person_id: record.id.to_string(),
        display_name: record.name.clone(),
        section_id: record.section.to_string(),
        non_regular: record.non_regular,
        robot: false,
    };
    Outgoing::new(&public, [ClauseId::known("7-2-(9)-1")])
}

pub(crate) fn post(event: &post::Event, state: &post::State) -> Outgoing {
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
            Outgoing::new(&public, [ClauseId::known("1-1-1")])
        }
        post::Event::Assigned(holder) => {
            let record = state.recorded.as_ref();
            let public = wire::PostAssigned {
                post_id: record
                    .map_or(PostId::default(), |record| record.id.clone())
                    .to_string(),
                person_id: holder.person.to_string(),
                since: Some(proto::timestamp(holder.since)),
            };
            Outgoing::new(&public, [ClauseId::known("1-1-1")])
        }
    }
}
