//! Settings of provisioning by SCIM.

use serde::{Deserialize, Serialize};

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
        for (at, client) in self.clients.iter().enumerate() {
            if client.is_empty() {
                problem("identity.scim.clients", "a name is empty".into());
            }
            if self.clients[..at].contains(client) {
                problem(
                    "identity.scim.clients",
                    format!("{client:?} is there twice"),
                );
            }
        }
    }
}
