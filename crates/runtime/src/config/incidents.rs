//! Settings of the incidents service.

use serde::{Deserialize, Serialize};

use super::names;

/// The incidents section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IncidentsSection {
    /// Names of the workloads that may report what they found (a SIEM, a gateway); none = only the
    /// platform itself reports machine events.
    pub machines: Vec<String>,
}

impl IncidentsSection {
    pub(super) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        names::check("incidents.machines", &self.machines, problem);
    }
}
