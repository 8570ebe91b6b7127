//! What the outside directory says of members of staff.

use identity_domain::provisioning::Event;
use kernel::ClauseId;
use proto::{identity::v1 as wire, record::Outgoing};

const ID_LIFECYCLE: ClauseId = ClauseId::known("7-2-(9)-1");

pub(crate) fn provisioning(event: &Event) -> Outgoing {
    let Event::Linked {
        person,
        external_id,
    } = event;
    let public = wire::PersonLinked {
        person_id: person.to_string(),
        external_id: external_id.clone().unwrap_or_default(),
    };
    Outgoing::new(&public, [ID_LIFECYCLE])
}
