//! What identity says of people and posts, as it says it.

use jiff::Timestamp;
use proto::{
    identity::v1::{Holding, Membership, PersonRegistered, PostAssigned},
    timestamp,
};

/// A member of staff belongs to a section from that instant on.
pub fn registered(person: &str, section: &str, since: Timestamp) -> PersonRegistered {
    let membership = Membership {
        section_id: section.to_owned(),
        since: Some(timestamp(since)),
        until: None,
    };
    PersonRegistered {
        person_id: person.to_owned(),
        display_name: person.to_owned(),
        section_id: section.to_owned(),
        memberships: vec![membership],
        ..PersonRegistered::default()
    }
}

/// A person holds a post from that instant on, and nobody else is to.
pub fn assigned(post: &str, person: &str, since: Timestamp) -> PostAssigned {
    let holding = Holding {
        person_id: person.to_owned(),
        since: Some(timestamp(since)),
        until: None,
    };
    PostAssigned {
        post_id: post.to_owned(),
        person_id: person.to_owned(),
        since: Some(timestamp(since)),
        until: None,
        holdings: vec![holding],
    }
}
