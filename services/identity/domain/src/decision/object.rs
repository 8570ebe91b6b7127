//! What an access is about beside the system it goes through, and whose word it is whether that is
//! changed.

use kernel::{AbsenceId, DeviceId, NetworkId, PersonId, RestrictedItemId, SectionId, SystemId};
use serde::{Deserialize, Serialize};

use super::{Action, Facts, Request};

/// Something managed or kept by means of the system asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A network of the city, to be changed or operated (2-5-1).
    Network(NetworkId),
    /// A terminal whose protection against malware is to be set otherwise (7-4-(1)-5).
    Terminal(DeviceId),
    /// A specification, shared folder, piece of equipment or medium that only those admitted to it
    /// may see or use (7-1-(3)-2, 7-2-(5)-1, 2-3-1).
    Item(RestrictedItemId),
}

/// What somebody's authority is asked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over<'a> {
    /// A system's development, change and operation (2-3-3, 2-4-1).
    System(&'a SystemId),
    /// A network's change and operation (2-5-1).
    Network(&'a NetworkId),
    /// The protection settings of a section's terminals (7-4-(1)-5).
    TerminalsOf(&'a SectionId),
}

/// What gives somebody that authority at the decision's instant. It is found from posts, absences and
/// plans by the one function that says who may do what, before the rules are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// Nothing, or none is asked for.
    #[default]
    None,
    /// A post, or being named to the role.
    Own,
    /// A recorded absence and the plan written before it (2-6-2, 2-7-2).
    Acting {
        /// Who is absent.
        principal: PersonId,
        /// The absence.
        absence: AbsenceId,
    },
}

impl Request {
    /// What the person's authority must be known over to decide it; nothing for most accesses.
    pub fn over<'a>(&'a self, facts: &'a Facts) -> Option<Over<'a>> {
        match &self.object {
            Some(Object::Network(network)) => Some(Over::Network(network)),
            Some(Object::Terminal(terminal)) => {
                let known = facts.device(terminal).filter(|device| !device.retired)?;
                known.section.as_ref().map(Over::TerminalsOf)
            }
            Some(Object::Item(_)) | None => {
                (self.action == Action::Change).then_some(Over::System(&self.system))
            }
        }
    }
}
