//! Exceptions have rules of their own; they ask for all that the pack's guards of the two kinds name.

use jiff::SignedDuration;
use standard::pack::Rule;

use super::*;

type Change = fn(&mut Terms);
type Way = fn(Terms) -> Command;

/// Where the terms hold what a field of the pack is about, and how to take it away.
fn without(field: &str) -> (&'static str, Change) {
    match field {
        "deviating_clauses" => ("clauses", |terms| terms.clauses.clear()),
        "ground" | "urgency" => ("ground", |terms| terms.ground.clear()),
        "substitute_measure" => ("substitute_measure", |terms| {
            terms.substitute_measure.clear();
        }),
        "scope" => ("scope", |terms| {
            terms.scope.sections.clear();
            terms.scope.systems.clear();
        }),
        other => panic!("the terms of an exception hold no {other}"),
    }
}

#[test]
fn an_exception_meets_every_guard_of_its_kind_8_4() {
    let facts = facts();
    let ways: [(&str, Terms, Way); 2] = [
        ("exception", terms(), apply),
        ("exception.emergency", urgent(), invoke),
    ];
    for (id, good, command) in ways {
        let told = |terms: Terms| -> Vec<String> {
            let decided = Exception::default().decide(&command(terms), &facts, &by("BM1", 0));
            let Err(refusal) = decided else {
                return Vec::new();
            };
            let Reason::RulesNotMet(violations) = refusal.reason else {
                panic!("{id}: {:?}", refusal.reason);
            };
            let told = violations.iter();
            told.map(|one| format!("{} {} {}", one.field, one.problem.code(), one.clause))
                .collect()
        };
        assert_eq!(told(good.clone()), [""; 0], "{id}");
        let kind = facts.pack.permit_kind(id).expect("the pack's");
        for guard in &kind.guards {
            let clause = &guard.clause;
            match &guard.rule {
                Rule::Required(fields) => {
                    for field in fields {
                        let (field, take) = without(field);
                        let mut terms = good.clone();
                        take(&mut terms);
                        let expected = format!("{field} missing {clause}");
                        assert_eq!(told(terms), [expected], "{id}");
                    }
                }
                Rule::MaxPeriod(period) => {
                    let latest = facts.pack.period(*period);
                    let latest = latest.end(at(0), facts.pack.calendar());
                    let ending = |ends_at| Terms {
                        ends_at: Some(ends_at),
                        ..good.clone()
                    };
                    assert_eq!(told(ending(latest)), [""; 0], "{id}");
                    let over = latest + SignedDuration::from_secs(1);
                    let expected = format!("ends_at period_too_long {clause}");
                    assert_eq!(told(ending(over)), [expected], "{id}");
                }
                other => panic!("{id}: exceptions know no rule {other:?}"),
            }
        }
    }
}
