//! The same accesses decided as things are and as they are supposed to be.

use std::collections::BTreeMap;

use identity_domain::decision::{Outcome, WhatIf};
use proto::identity::v1::{ChangedDecision, OutcomeChange, SimulateResponse};

use super::{Past, outcome};

/// Most examples told.
const EXAMPLES: usize = 20;

pub(super) fn compare(
    sample: Vec<Past>,
    mut as_is: WhatIf,
    mut supposed: WhatIf,
    looked: usize,
) -> SimulateResponse {
    let mut changes: BTreeMap<(Outcome, Outcome), u32> = BTreeMap::new();
    let mut answer = SimulateResponse {
        sampled: count(sample.len()),
        looked_through: count(looked),
        ..SimulateResponse::default()
    };
    for past in sample {
        for change in past.then {
            as_is.apply(change.clone());
            supposed.apply(change);
        }
        let (before, after) = (
            as_is.decide(&past.request).outcome,
            supposed.decide(&past.request),
        );
        if past.outcome != Some(before) {
            answer.changed_since += 1;
        }
        if before == after.outcome {
            continue;
        }
        *changes.entry((before, after.outcome)).or_default() += 1;
        if answer.examples.len() < EXAMPLES {
            answer.examples.push(ChangedDecision {
                decision_id: past.decision_id,
                person_id: past.request.person.to_string(),
                system_id: past.request.system.to_string(),
                from: outcome(before).into(),
                to: outcome(after.outcome).into(),
                reasons: (after.reasons.iter())
                    .map(|reason| reason.rule.id.to_owned())
                    .collect(),
            });
        }
    }
    let changes = changes
        .into_iter()
        .map(|((from, to), count)| OutcomeChange {
            from: outcome(from).into(),
            to: outcome(to).into(),
            count,
        });
    answer.changes = changes.collect();
    answer
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
