//! Which clauses access decisions carry out.

use kernel::ClauseId;
use standard::{Mode, Served};

use super::{Effect, RULES};

/// One declaration per rule and clause; duties found undone are named but not carried out here.
pub fn served() -> Vec<Served> {
    let rules = RULES
        .iter()
        .filter(|rule| rule.effect != Effect::Duty)
        .flat_map(|rule| {
            rule.clauses.iter().map(|clause| Served {
                clause: clause.clone(),
                mode: Mode::Enforce,
                by: format!("identity: decision rule {}", rule.id),
            })
        });
    let exceptions = ["8-4-(1)-1", "8-4-(2)-1"].map(|clause| Served {
        clause: ClauseId::known(clause),
        mode: Mode::Enforce,
        by: "identity: scope and end of an exception judged at every decision".to_owned(),
    });
    let duties_only = Served {
        clause: ClauseId::known("4-5-2"),
        mode: Mode::Enforce,
        by: "identity: decision rule entitlement_missing, for what one's duties do not need"
            .to_owned(),
    };
    rules.chain(exceptions).chain([duties_only]).collect()
}
