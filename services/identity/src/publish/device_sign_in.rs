//! Devices that were let in, or not.

use identity_domain::device_sign_in::{Event, State};
use proto::{identity::v1 as wire, record::Outgoing, timestamp};

use super::ACCESS_RESTRICTED;

pub(crate) fn device_sign_in(event: &Event, state: &State) -> Outgoing {
    let client = state.asked.as_ref().map(|asked| asked.client().to_string());
    let client_id = client.unwrap_or_default();
    match event {
        Event::Asked(asked) => {
            let public = wire::DeviceSignInAsked {
                client_id,
                ends_at: Some(timestamp(asked.ends_at)),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::Approved { person, session } => {
            let public = wire::DeviceSignInApproved {
                client_id,
                person_id: person.to_string(),
                session_id: session.to_string(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
        Event::Denied { person } => {
            let public = wire::DeviceSignInDenied {
                client_id,
                person_id: person.to_string(),
            };
            Outgoing::new(&public, [ACCESS_RESTRICTED])
        }
    }
}
