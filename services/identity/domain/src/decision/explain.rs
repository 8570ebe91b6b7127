//! Why a decision came out as it did: rule by rule, with what it rested on and what would have been
//! enough. It tells of the same weighing the decision itself is concluded from.

use kernel::ClauseId;

use super::{
    Decision, Effect, Facts, Miss, Policy, Reason, RelaxationId, RelaxedBy, Request, Rule, StepUp,
    Used,
    decide::{Weighed, cite, weigh},
    rule::RuleSet,
    rules::RULES,
};

/// A decision, explained.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// Each rule that applied, in the order of the table.
    pub rules: Vec<Judged>,
    /// What would have been enough.
    pub enough: Enough,
    /// What was looked at, known or not.
    pub facts: Vec<Used>,
}

/// A rule that applied, and what came of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The rule.
    pub rule: &'static Rule,
    /// What came of it.
    pub standing: Standing,
}

/// What came of a rule that applied.
#[derive(Debug, Clone)]
pub enum Standing {
    /// It asks for authentication, and the session has it.
    Met,
    /// It would stand in the way, but all its clauses are relaxed.
    Relaxed(Vec<RelaxedBy>),
    /// It stands in the way.
    InTheWay {
        /// The clauses that stand, and what the session lacks.
        reason: Reason,
        /// What names one of those clauses for the system and yet does not apply.
        near: Vec<NearMiss>,
    },
    /// It hinders nothing, but finds a duty undone.
    Undone(Reason),
}

/// An exception or permit that names a clause and does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// Which it is.
    pub id: RelaxationId,
    /// The clause it names.
    pub clause: ClauseId,
    /// Why it does not apply.
    pub miss: Miss,
}

/// What would let the access go on: all of it together, and nothing when it may go on anyway.
#[derive(Debug, Clone, Default)]
pub struct Enough {
    /// This authentication.
    pub authentication: Option<StepUp>,
    /// An exception or permit that relaxes these clauses for the case.
    pub relax: Vec<ClauseId>,
    /// Rules that nothing relaxes: the facts behind them would have to be others.
    pub beyond: Vec<&'static Rule>,
}

/// Decides one access and says why.
pub fn explain(facts: &Facts, policy: &Policy, request: &Request) -> Explanation {
    let weighed = weigh(facts, policy, request, RuleSet::default());
    let rules: Vec<Judged> = (RULES.iter().enumerate())
        .filter(|(row, _)| weighed.matched.contains(*row))
        .map(|(row, rule)| Judged {
            rule,
            standing: standing(&weighed, row, rule, facts),
        })
        .collect();
    let clauses: Vec<&ClauseId> = rules.iter().flat_map(|one| one.rule.clauses).collect();
    Explanation {
        enough: enough(&weighed, policy),
        facts: facts.used(request, &clauses),
        rules,
        decision: weighed.conclude(policy),
    }
}

fn standing(weighed: &Weighed<'_>, row: usize, rule: &'static Rule, facts: &Facts) -> Standing {
    let found = weighed.obstacles.iter().find(|one| one.row == row);
    match (found, rule.effect) {
        (Some(obstacle), _) if obstacle.is_relaxed() => {
            Standing::Relaxed(cite(std::iter::once(obstacle)))
        }
        (Some(obstacle), _) => {
            let reason = obstacle.reason();
            let near = near_misses(&reason, weighed, facts);
            Standing::InTheWay { reason, near }
        }
        (None, Effect::Duty) => Standing::Undone(Reason {
            rule,
            clauses: rule.clauses.to_vec(),
            gap: None,
        }),
        (None, _) => Standing::Met,
    }
}

fn near_misses(reason: &Reason, weighed: &Weighed<'_>, facts: &Facts) -> Vec<NearMiss> {
    if !reason.rule.relaxable {
        return Vec::new();
    }
    let case = &weighed.case;
    let known = facts.relaxations(&case.request.system);
    (reason.clauses.iter())
        .flat_map(|clause| {
            let naming = known.iter().filter(|one| one.clauses.contains(clause));
            naming.filter_map(|one| {
                Some(NearMiss {
                    id: one.id.clone(),
                    clause: clause.clone(),
                    miss: one.misses(case, facts)?,
                })
            })
        })
        .collect()
}

fn enough(weighed: &Weighed<'_>, policy: &Policy) -> Enough {
    let mut enough = Enough::default();
    for obstacle in weighed.obstacles.iter().filter(|one| !one.is_relaxed()) {
        if !obstacle.prohibits() {
            enough.authentication = Some(weighed.asked(policy));
            continue;
        }
        let reason = obstacle.reason();
        if relaxable(&reason, policy) {
            let new = (reason.clauses.into_iter()).filter(|one| !enough.relax.contains(one));
            let new: Vec<ClauseId> = new.collect();
            enough.relax.extend(new);
        } else {
            enough.beyond.push(reason.rule);
        }
    }
    enough
}

fn relaxable(reason: &Reason, policy: &Policy) -> bool {
    let never = |clause| policy.never_relaxed.contains(clause);
    reason.rule.relaxable && !reason.clauses.iter().any(never)
}
