//! Settings of provisioning by SCIM.

use serde::{Deserialize, Serialize};

use super::names;

/// Who keeps members of staff from outside. Without clients, nobody does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScimSection {
    /// Names of the workloads that may read and change users and groups. What they may is far more
    /// than what an enforcement point may: name none that is one.
    pub clients: Vec<String>,
}

impl ScimSection {
    pub(super) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        names::check("identity.scim.clients", &self.clients, problem);
    }
}
