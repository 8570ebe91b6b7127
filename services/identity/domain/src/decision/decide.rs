//! The join of all rules that apply.

use std::sync::Arc;

use kernel::ClauseId;

use super::{
    Case, Decision, Effect, Facts, Gap, Outcome, Policy, RULES, Reason, RelaxedBy, Request, Rule,
    StepUp, relaxation::Relaxation, rule::RuleSet, rules::rows,
};

/// A rule that stands in the way, with what was found to relax its clauses.
pub(super) struct Obstacle {
    pub(super) row: usize,
    rule: &'static Rule,
    gap: Option<Gap>,
    relaxed: Vec<(&'static ClauseId, Arc<Relaxation>)>,
}

/// A case held against every rule, before anything is concluded.
pub(super) struct Weighed<'a> {
    pub(super) case: Case<'a>,
    pub(super) matched: RuleSet,
    pub(super) obstacles: Vec<Obstacle>,
    duties: Vec<Reason>,
}

/// Decides one access.
pub fn decide(facts: &Facts, policy: &Policy, request: &Request) -> Decision {
    weigh(facts, policy, request, RuleSet::default()).conclude(policy)
}

/// Holds a request against every rule but those left out.
pub(super) fn weigh<'a>(
    facts: &'a Facts,
    policy: &Policy,
    request: &'a Request,
    left_out: RuleSet,
) -> Weighed<'a> {
    let case = Case::new(facts, policy, request);
    let mut matched = RuleSet::default();
    let mut obstacles = Vec::new();
    let mut duties = Vec::new();
    for (row, rule) in RULES.iter().enumerate() {
        if left_out.contains(row) || !(rule.when)(&case) {
            continue;
        }
        matched.insert(row);
        let gap = match rule.effect {
            Effect::Prohibit => None,
            Effect::Require(asked) => match asked.gap(case.factors(), case.now, policy) {
                None => continue,
                gap => gap,
            },
            Effect::Duty => {
                duties.push(Reason {
                    rule,
                    clauses: rule.clauses.to_vec(),
                    gap: None,
                });
                continue;
            }
        };
        obstacles.push(Obstacle {
            row,
            rule,
            gap,
            relaxed: relaxations(rule, &case, facts, policy),
        });
    }

    Weighed {
        case,
        matched,
        obstacles,
        duties,
    }
}

impl Weighed<'_> {
    /// The rules that apply and that nothing relaxes.
    pub(super) fn kept(&self) -> RuleSet {
        let mut kept = self.matched;
        for obstacle in self.obstacles.iter().filter(|one| one.is_relaxed()) {
            kept.remove(obstacle.row);
        }
        kept
    }

    /// All that is asked and not relaxed, whether met already or not.
    pub(super) fn asked(&self, policy: &Policy) -> StepUp {
        strictest(self.kept(), &self.case, policy)
    }

    pub(super) fn conclude(self, policy: &Policy) -> Decision {
        let kept = self.kept();
        let Self {
            case,
            matched,
            obstacles,
            duties,
        } = self;
        let (relaxed, standing): (Vec<_>, Vec<_>) =
            obstacles.into_iter().partition(Obstacle::is_relaxed);
        let refused = standing.iter().any(Obstacle::prohibits);
        let relaxed_by = match refused {
            true => Vec::new(),
            false => cite(relaxed.iter()),
        };
        let outcome = match (refused, standing.is_empty()) {
            (true, _) => Outcome::Deny,
            (false, false) => Outcome::StepUp,
            (false, true) if relaxed_by.iter().any(RelaxedBy::is_exception) => {
                Outcome::AllowByException
            }
            (false, true) => Outcome::Allow,
        };
        Decision {
            outcome,
            class: case.class,
            path: case.path(),
            step_up: (outcome == Outcome::StepUp).then(|| strictest(kept, &case, policy)),
            reasons: standing
                .iter()
                .filter(|one| !refused || one.prohibits())
                .map(Obstacle::reason)
                .collect(),
            duties,
            relaxed_by,
            authority: case.request.authority.clone(),
            pack_version: Arc::clone(&policy.pack_version),
            decided_at: case.now,
            matched,
        }
    }
}

impl Obstacle {
    pub(super) fn prohibits(&self) -> bool {
        self.rule.effect == Effect::Prohibit
    }

    /// Every clause of it is relaxed.
    pub(super) fn is_relaxed(&self) -> bool {
        self.relaxed.len() == self.rule.clauses.len()
    }

    /// The rule with those of its clauses that still stand.
    pub(super) fn reason(&self) -> Reason {
        let still_stands =
            |clause: &&ClauseId| !self.relaxed.iter().any(|(relaxed, _)| relaxed == clause);
        Reason {
            rule: self.rule,
            clauses: (self.rule.clauses.iter())
                .filter(still_stands)
                .cloned()
                .collect(),
            gap: self.gap,
        }
    }
}

/// For each clause of the rule the first thing in force that relaxes it.
fn relaxations(
    rule: &'static Rule,
    case: &Case<'_>,
    facts: &Facts,
    policy: &Policy,
) -> Vec<(&'static ClauseId, Arc<Relaxation>)> {
    if !rule.relaxable {
        return Vec::new();
    }
    let known = facts.relaxations(&case.request.system);
    (rule.clauses.iter())
        .filter(|clause| !policy.never_relaxed.contains(clause))
        .filter_map(|clause| {
            let found = known.iter().find(|one| one.relaxes(clause, case, facts))?;
            Some((clause, Arc::clone(found)))
        })
        .collect()
}

/// The join of everything these rules ask, whether met already or not.
fn strictest(kept: RuleSet, case: &Case<'_>, policy: &Policy) -> StepUp {
    rows(kept).fold(StepUp::new(case.factors()), |join, rule| {
        match rule.effect {
            Effect::Require(asked) => join.join(asked, policy),
            Effect::Prohibit | Effect::Duty => join,
        }
    })
}

/// Names each exception or permit once, with the clauses it relaxed.
pub(super) fn cite<'a>(relaxed: impl Iterator<Item = &'a Obstacle>) -> Vec<RelaxedBy> {
    let mut cited: Vec<RelaxedBy> = Vec::new();
    for (clause, by) in relaxed.flat_map(|obstacle| &obstacle.relaxed) {
        let clause = ClauseId::clone(clause);
        match cited.iter_mut().find(|one| one.id == by.id) {
            Some(known) if known.clauses.contains(&clause) => {}
            Some(known) => known.clauses.push(clause),
            None => cited.push(RelaxedBy {
                id: by.id.clone(),
                clauses: vec![clause],
                ends_at: by.ends_at,
            }),
        }
    }
    cited
}
