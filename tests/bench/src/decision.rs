//! Row 1: one decision in memory, and Cedar with the same policies on the same facts.

mod cedar;
mod city;
mod oracle;

use std::{hint::black_box, time::Instant};

use identity_domain::decision::decide;

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
    found.push(oracle::disagreements(COMPARED) as f64);
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
