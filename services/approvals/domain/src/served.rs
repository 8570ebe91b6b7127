//! Which clauses approvals serves, and how.

use kernel::ClauseId;
use standard::{Mode, Pack, Role, Served, pack::Rule};

/// Clauses served by a step of a route and not by a guard.
const BY_ROUTE: [(&str, &str); 2] = [
    ("2-2-2", "procedure.approve"),
    ("7-2-(6)-2b", "network.external_connection"),
];

/// Section 8-4, served by the exception's own life.
const EXCEPTIONS: [(&str, Mode, &str); 6] = [
    (
        "8-4-(1)-1",
        Mode::Workflow,
        "exception applied for and decided",
    ),
    (
        "8-4-(1)-1",
        Mode::Enforce,
        "exception's clauses, scope and end",
    ),
    ("8-4-(1)-1", Mode::Record, "exception's life as events"),
    (
        "8-4-(2)-1",
        Mode::Enforce,
        "emergency exception's scope and hard end",
    ),
    (
        "8-4-(2)-2",
        Mode::Workflow,
        "emergency exception's report to the CISO",
    ),
    (
        "8-4-(2)-2",
        Mode::Schedule,
        "emergency exception's overdue report",
    ),
];

/// Deputies who decide in the place of an absent manager.
const DEPUTIES: [(&str, Mode, &str); 4] = [
    ("2-6-2", Mode::Enforce, "rule permit_principal_not_absent"),
    ("2-6-2", Mode::Record, "both names on a step decided"),
    ("2-7-2", Mode::Enforce, "rule permit_not_in_absence_plan"),
    ("2-7-2", Mode::Record, "both names on a step decided"),
];

/// What approvals serves of a pack: the clause that asks for each kind of permit, the clauses of
/// the guards judged before its route, the consultations on it, and section 8-4.
pub fn served(pack: &Pack) -> Vec<Served> {
    let mut all: Vec<Served> = EXCEPTIONS
        .iter()
        .chain(&DEPUTIES)
        .map(|(clause, mode, by)| one(ClauseId::known(clause), *mode, (*by).to_owned()))
        .collect();
    for (clause, kind) in BY_ROUTE {
        let steps = pack.permit_kind(kind).is_some();
        let by = format!("route of permit kind {kind}");
        all.extend(steps.then(|| one(ClauseId::known(clause), Mode::Workflow, by)));
    }
    let permits = pack
        .permit_kinds()
        .iter()
        .filter(|kind| kind.applicant == Role::Staff);
    for kind in permits {
        if let Some(asks) = kind.clauses.first() {
            let by = format!("permit kind {}", kind.id);
            all.push(one(asks.clone(), Mode::Workflow, by));
        }
        for guard in &kind.guards {
            // A ticked box is the applicant's word, and so is what they write, which is on record;
            // everything else is held against data.
            let (mode, by) = match guard.rule {
                Rule::Checklist(_) => (Mode::Attest, "checklist"),
                Rule::Required(_) | Rule::RequiredOneOf(_) => (Mode::Record, "content"),
                _ => (Mode::Enforce, "guard"),
            };
            let by = format!("{by} of permit kind {}", kind.id);
            all.push(one(guard.clause.clone(), mode, by));
        }
    }
    all.sort();
    all.dedup();
    all
}

fn one(clause: ClauseId, mode: Mode, by: String) -> Served {
    Served {
        clause,
        mode,
        by: format!("approvals: {by}"),
    }
}

#[cfg(test)]
mod tests {
    use standard::{Pack, coverage};

    use super::served;

    #[test]
    fn every_clause_approvals_claims_stands_in_the_pack() {
        let pack = Pack::sendai().expect("the pack");
        let served = served(&pack);
        assert!(coverage(&pack, &served).unknown.is_empty());
        for clause in ["3-4-(6)-1", "7-2-(6)-2b", "8-4-(2)-2"] {
            assert!(
                served.iter().any(|one| one.clause.as_str() == clause),
                "{clause}"
            );
        }
    }
}
