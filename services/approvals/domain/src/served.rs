//! Which clauses approvals serves, and how.

use kernel::ClauseId;
use standard::{
    InformationClass, Mode, Pack, Role, Served,
    pack::{Guard, MatrixCell, Rule},
};

/// Clauses served by a step of a route and not by a guard.
const BY_ROUTE: [(&str, &str); 5] = [
    ("2-2-2", "procedure.approve"),
    ("4-2-(2)-1a", "service.terms_only"),
    ("4-2-(3)-1a", "service.negotiated"),
    ("4-2-(4)-1a", "service.government"),
    ("7-2-(6)-2b", "network.external_connection"),
];

/// Section 8-4, served by the exception's own life.
const EXCEPTIONS: [(&str, Mode, &str); 7] = [
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
        "8-4-(2)-1",
        Mode::Record,
        "emergency exception's life as events",
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
const DEPUTIES: [(&str, Mode, &str); 6] = [
    ("2-6-2", Mode::Enforce, "rule permit_principal_not_absent"),
    (
        "2-6-2",
        Mode::Workflow,
        "steps in an absent manager's place",
    ),
    ("2-6-2", Mode::Record, "both names on a step decided"),
    ("2-7-2", Mode::Enforce, "rule permit_not_in_absence_plan"),
    (
        "2-7-2",
        Mode::Workflow,
        "steps in an absent manager's place",
    ),
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
            for (mode, by) in of_guard(guard, pack) {
                let by = format!("{by} of permit kind {}", kind.id);
                all.push(one(guard.clause.clone(), mode, by));
            }
        }
        if let Some(completion) = &kind.completion {
            let by = format!("completion of permit kind {}", kind.id);
            all.push(one(completion.clause.clone(), Mode::Record, by));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// A ticked box is the applicant's word, and so is what they write, which is on record; everything
/// else is held against data. Where the clause asks that people answer for it, what they write is the
/// answer; where it asks for a procedure, whoever decides has the ticked boxes before them.
fn of_guard(guard: &Guard, pack: &Pack) -> Vec<(Mode, &'static str)> {
    let held = match &guard.rule {
        Rule::Checklist(_) => {
            let decided = asks(&guard.clause, Mode::Workflow, pack);
            let decided = decided.then_some((Mode::Workflow, "route, the checklist before it,"));
            return [(Mode::Attest, "checklist")]
                .into_iter()
                .chain(decided)
                .collect();
        }
        Rule::Required(_) | Rule::RequiredOneOf(_) => false,
        Rule::Matrix(service) => refuses(|class| pack.matrix(*service, class)),
        Rule::Channel(channel) => refuses(|class| pack.channel(*channel, class)),
        Rule::AllowedClasses(_) | Rule::RefusesPersonalInformation | Rule::MaxPeriod(_) => true,
    };
    if held {
        return vec![(Mode::Enforce, "guard")];
    }
    let answered = asks(&guard.clause, Mode::Attest, pack);
    let answered = answered.then_some((Mode::Attest, "question"));
    [(Mode::Record, "content")]
        .into_iter()
        .chain(answered)
        .collect()
}

fn asks(clause: &ClauseId, mode: Mode, pack: &Pack) -> bool {
    let known = pack.clause(clause);
    known.is_some_and(|known| known.modes().any(|one| one == mode))
}

/// Whether a matrix keeps any class out; one that does not only asks for words.
fn refuses<'a>(cell: impl Fn(InformationClass) -> &'a MatrixCell) -> bool {
    let classes = InformationClass::ALL;
    classes.iter().any(|class| !cell(*class).allowed())
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
    use standard::{Mode, Pack, coverage};

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

    #[test]
    fn what_only_asks_for_words_is_not_claimed_to_be_enforced() {
        let served = served(&Pack::sendai().expect("the pack"));
        let modes = |clause: &str| -> Vec<Mode> {
            let of_it = served.iter().filter(|one| one.clause.as_str() == clause);
            of_it.map(|one| one.mode).collect()
        };
        for clause in ["3-4-(8)-1", "3-4-(7)-1", "4-2-(1)-1a", "7-1-(7)-6"] {
            assert!(!modes(clause).contains(&Mode::Enforce), "{clause}");
            assert!(modes(clause).contains(&Mode::Record), "{clause}");
        }
        for clause in ["3-4-(6)-1", "7-10-3", "7-1-(7)-7", "7-2-(8)-1b"] {
            assert!(modes(clause).contains(&Mode::Enforce), "{clause}");
        }
        assert_eq!(
            modes("3-4-(4)-3b"),
            [Mode::Record],
            "the disposal's completion"
        );
    }
}
