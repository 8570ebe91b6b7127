//! Forms, as the endpoints read them.

use super::{device, introspect, revoke, token};
use crate::decoders;

/// A form that some endpoint reads.
pub fn form(body: &[u8]) -> bool {
    let read = [
        decoders::form::<token::Asked>(body).is_some(),
        decoders::form::<device::Asked>(body).is_some(),
        decoders::form::<introspect::Asked>(body).is_some(),
        decoders::form::<revoke::Asked>(body).is_some(),
    ];
    read.contains(&true)
}
