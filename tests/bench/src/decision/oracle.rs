//! Our decisions held against Cedar's, on random requests in random cities.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

use cedar_policy::Decision as CedarDecision;
use identity_domain::decision::{Decision, Effect, Outcome, RULES, Rule, decide};
use kernel::ClauseId;

use super::{
    cedar::{Answer, Cedar},
    city::City,
};

/// Cities the requests are spread over.
const CITIES: u64 = 40;
/// Cities compared at the same time.
const LANES: u64 = 2;

/// On how many requests the two do not come to the same; the first of each city is shown.
///
/// # Panics
/// When the requests do not bring about every outcome, and every rule in every way: an agreement on nothing
/// but refusals would prove little.
pub(super) fn disagreements(requests: usize) -> usize {
    let each = requests as u64 / CITIES;
    let tally = thread::scope(|scope| {
        let lanes = (0..LANES).map(|lane| {
            let cities = (lane..CITIES).step_by(LANES as usize);
            scope.spawn(move || {
                let compared = cities.map(|seed| compare(100 + seed, each));
                compared.fold(Tally::default(), Tally::with)
            })
        });
        let lanes: Vec<_> = lanes.collect();
        let done = lanes.into_iter().map(|lane| lane.join().expect("no panic"));
        done.fold(Tally::default(), Tally::with)
    });
    tally.must_cover(requests as u64);
    tally.disagreements
}

fn compare(seed: u64, requests: u64) -> Tally {
    let city = City::random(seed);
    let cedar = Cedar::new(&city);
    let mut tally = Tally::default();
    for n in 0..requests {
        let request = city.request(n);
        let ours = decide(&city.facts, &city.policy, &request);
        let asked = cedar.request(&request);
        let theirs = cedar.answer(&asked);
        // A sample of the slow form: it only says whether the access may go on as the rules stand, without
        // anything that relaxes them.
        let alike = n % 1_000 != 0
            || (cedar.by_policies(&asked).decision() == CedarDecision::Allow)
                == (ours.outcome == Outcome::Allow && ours.relaxed_by.is_empty());
        if !alike || !same(&ours, &theirs) {
            tally.disagreements += 1;
            if tally.disagreements == 1 {
                let (outcome, rules) = (ours.outcome, rules(&ours));
                eprintln!("  city {seed}: {request:?}\n  ours {outcome:?} {rules:?}\n  {theirs:?}");
            }
        }
        tally.count(&ours, &theirs);
    }
    tally
}

/// The same outcome, for the same rules, or with the same clauses relaxed.
fn same(ours: &Decision, theirs: &Answer<'_>) -> bool {
    let relaxed = ours.relaxed_by.iter().flat_map(|one| &one.clauses);
    ours.outcome == theirs.outcome
        && match ours.outcome {
            Outcome::Allow | Outcome::AllowByException => {
                relaxed.map(ClauseId::as_str).collect::<BTreeSet<_>>() == theirs.clauses
            }
            Outcome::StepUp | Outcome::Deny => rules(ours) == theirs.rules,
        }
}

fn rules(ours: &Decision) -> BTreeSet<&'static str> {
    ours.reasons.iter().map(|reason| reason.rule.id).collect()
}

/// What the requests came to.
#[derive(Debug, Default)]
struct Tally {
    disagreements: usize,
    /// Allowed, by exception, step-up, refused.
    outcomes: [u64; 4],
    rules: BTreeMap<String, Seen>,
}

/// How often a rule applied, decided the outcome, and was relaxed so that the access is allowed.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    applied: u64,
    decided: u64,
    relaxed: u64,
}

impl Tally {
    fn count(&mut self, ours: &Decision, theirs: &Answer<'_>) {
        self.outcomes[ours.outcome as usize] += 1;
        for rule in ours.rules() {
            self.rule(rule.id).applied += 1;
        }
        for reason in &ours.reasons {
            self.rule(reason.rule.id).decided += 1;
        }
        if ours.outcome.allows() {
            for rule in &theirs.rules {
                self.rule(rule).relaxed += 1;
            }
        }
    }

    fn rule(&mut self, id: &str) -> &mut Seen {
        self.rules.entry(id.to_owned()).or_default()
    }

    fn with(mut self, other: Self) -> Self {
        self.disagreements += other.disagreements;
        for (all, one) in self.outcomes.iter_mut().zip(other.outcomes) {
            *all += one;
        }
        for (rule, seen) in other.rules {
            let all = self.rule(&rule);
            all.applied += seen.applied;
            all.decided += seen.decided;
            all.relaxed += seen.relaxed;
        }
        self
    }

    fn must_cover(&self, requests: u64) {
        let outcomes = self.outcomes;
        eprintln!("  outcomes: allow, by exception, step-up, deny = {outcomes:?}");
        assert!(
            outcomes.iter().all(|count| *count >= requests / 200),
            "{outcomes:?}"
        );
        let seldom = RULES.iter().filter(|rule| !self.has_seen(rule, requests));
        let seldom: Vec<_> = seldom
            .map(|rule| (rule.id, self.rules.get(rule.id)))
            .collect();
        assert!(seldom.is_empty(), "seen too seldom: {seldom:#?}");
    }

    /// It applied and did not, it decided, and it was relaxed, as far as it ever does.
    fn has_seen(&self, rule: &Rule, requests: u64) -> bool {
        let seen = self.rules.get(rule.id).copied().unwrap_or_default();
        let enough = requests / 10_000;
        // Whoever is let in proved who they are.
        let always = rule.id == "authentication";
        seen.applied >= enough
            && (always || seen.applied < requests)
            && (rule.effect == Effect::Duty || seen.decided >= enough)
            && (!rule.relaxable || seen.relaxed > 0)
    }
}

#[cfg(test)]
mod tests {
    /// As many as a debug build answers in a minute or two; a million would take it twenty. The bench asks a
    /// million.
    const REQUESTS: usize = 60_000;

    // An oracle that shares no code with the rules: the same policies in Cedar's own language, on facts whose
    // meaning is said once more.
    #[test]
    fn cedar_comes_to_the_same_answer_on_every_random_request() {
        assert_eq!(super::disagreements(REQUESTS), 0);
    }
}
