//! Row 1: one decision in memory, and Cedar with the same policies on the same facts.

mod cedar;
mod city;

use std::{hint::black_box, thread, time::Instant};

use cedar_policy::Decision as CedarDecision;
use identity_domain::decision::{Outcome, decide};

use crate::{
    measure::{Compared, ROUNDS, Rounds},
    table::{Goal, Line},
};
use cedar::Cedar;
use city::City;

/// Requests asked in turn.
const REQUESTS: usize = 2_000;
/// Random requests on which both must agree.
const COMPARED: usize = 1_000_000;
/// Cities they are spread over.
const CITIES: u64 = 10;
/// Cities compared at the same time.
const LANES: u64 = 4;

pub(crate) fn row() -> Vec<Line> {
    let city = City::random(1);
    let requests: Vec<_> = (0..REQUESTS as u64).map(|n| city.request(n)).collect();
    let cedar = Cedar::new(&city);
    let theirs: Vec<_> = requests.iter().map(|one| cedar.request(one)).collect();

    let (mut attributes, mut policies) = (Compared::default(), Compared::default());
    for _ in 0..ROUNDS {
        let ours = rate(requests.len() * 50, |n| {
            black_box(decide(
                &city.facts,
                &city.policy,
                &requests[n % requests.len()],
            ));
        });
        let with_attributes = rate(theirs.len(), |n| {
            black_box(cedar.by_attributes(&theirs[n]));
        });
        let with_policies = rate(theirs.len() / 10, |n| {
            black_box(cedar.by_policies(&theirs[n]));
        });
        attributes.by(ours, with_attributes);
        policies.by(ours, with_policies);
    }
    let mut found = Rounds::default();
    found.push(disagreements(COMPARED) as f64);
    vec![
        Line::ratio(
            1,
            "decision in memory; Cedar: 1,000 grants as 1,000 policies",
            policies,
            "/s",
            Goal::AtLeast(100.0),
        ),
        Line::ratio(
            1,
            format!(
                "decision in memory; Cedar: the grants as attributes, {} policies",
                cedar.policies()
            ),
            attributes,
            "/s",
            Goal::Told,
        ),
        Line::alone(
            1,
            format!("disagreements with Cedar in {COMPARED} random requests"),
            found,
            "",
            Goal::AtMost(0.0),
        ),
    ]
}

fn rate(count: usize, mut one: impl FnMut(usize)) -> f64 {
    let began = Instant::now();
    for n in 0..count {
        one(n);
    }
    count as f64 / began.elapsed().as_secs_f64()
}

/// How often the two do not come to the same outcome; the first few are shown.
fn disagreements(requests: usize) -> usize {
    let each = requests as u64 / CITIES;
    let compared: Vec<(usize, [u64; 4])> = thread::scope(|scope| {
        let lanes = (0..LANES).map(|lane| {
            let cities = (lane..CITIES).step_by(LANES as usize);
            scope.spawn(move || {
                cities
                    .map(|seed| compare(100 + seed, each))
                    .collect::<Vec<_>>()
            })
        });
        let lanes: Vec<_> = lanes.collect();
        let done = lanes.into_iter().map(|lane| lane.join().expect("no panic"));
        done.flatten().collect()
    });
    let mut outcomes = [0; 4];
    for (_, counted) in &compared {
        for (all, one) in outcomes.iter_mut().zip(counted) {
            *all += one;
        }
    }
    eprintln!("  outcomes: allow, by exception, step-up, deny = {outcomes:?}");
    // An agreement on nothing but refusals would prove little.
    assert!(
        outcomes.iter().all(|count| *count >= requests as u64 / 200),
        "{outcomes:?}"
    );
    compared.iter().map(|(found, _)| found).sum()
}

/// In one city: how many disagree, and what the others came to.
fn compare(seed: u64, requests: u64) -> (usize, [u64; 4]) {
    let city = City::random(seed);
    let cedar = Cedar::new(&city);
    let (mut found, mut outcomes) = (0, [0; 4]);
    for n in 0..requests {
        let request = city.request(n);
        let ours = decide(&city.facts, &city.policy, &request).outcome;
        outcomes[ours as usize] += 1;
        let asked = cedar.request(&request);
        let theirs = cedar.outcome(&asked);
        // A sample of the slow form: it only says whether the access may go on as the rules stand.
        let alike = n % 1_000 != 0
            || (cedar.by_policies(&asked).decision() == CedarDecision::Allow)
                == (ours == Outcome::Allow);
        if ours != theirs || !alike {
            found += 1;
            if found == 1 {
                eprintln!("  ours {ours:?}, Cedar {theirs:?}: {request:#?}");
            }
        }
    }
    (found, outcomes)
}

#[cfg(test)]
mod tests {
    /// As many as a test judges in bounded time; the bench asks a million.
    const REQUESTS: usize = 200_000;

    // An oracle that shares no code with the rules: the same policies in Cedar's own language.
    #[test]
    fn cedar_comes_to_the_same_outcome_on_every_random_request() {
        assert_eq!(super::disagreements(REQUESTS), 0);
    }
}
