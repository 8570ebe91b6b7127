//! A target, run for a moment.

use std::time::{Duration, Instant};

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngSeed, TestError, TestRunner},
};

use crate::{Target, named, spoil::spoilt};

/// How long each is run.
const MOMENT: Duration = Duration::from_secs(1);
/// Inputs between two looks at the clock.
const ROUND: u32 = 64;
/// How long one input may take, on a busy machine and without optimisation.
const LONG: Duration = Duration::from_secs(10);

/// Runs the target of that name on its seeds, and for a moment on seeds that were spoilt.
///
/// # Panics
/// With the input, when one panics, takes long, or is a seed and not good. The number it tells, as
/// `PROPTEST_RNG_SEED`, begins with the same inputs again.
pub fn run(name: &str) {
    let target = named(name);
    for seed in (target.seeds)() {
        assert!(
            read(target, &seed),
            "{name}: not good: {}",
            seed.escape_ascii()
        );
    }
    let inputs = spoilt(target);
    let begun = Instant::now();
    let mut number = first();
    while begun.elapsed() < MOMENT {
        let mut runner = TestRunner::new(Config {
            cases: ROUND,
            rng_seed: RngSeed::Fixed(number),
            failure_persistence: None,
            ..Config::default()
        });
        let tried = runner.run(&inputs, |input| {
            read(target, &input);
            Ok(())
        });
        match tried {
            Ok(()) => number = number.wrapping_add(1),
            Err(TestError::Fail(why, input)) => panic!(
                "{name}: {why}\non {}\nagain: PROPTEST_RNG_SEED={number} cargo test -p sekisho-fuzz {name}",
                input.escape_ascii()
            ),
            Err(TestError::Abort(why)) => panic!("{name}: {why}"),
        }
    }
}

fn read(target: &Target, input: &[u8]) -> bool {
    let begun = Instant::now();
    let good = (target.read)(input);
    let took = begun.elapsed();
    assert!(took < LONG, "it took {took:?}");
    good
}

/// The number in `PROPTEST_RNG_SEED`, or any.
fn first() -> u64 {
    let config = Config::default();
    if let RngSeed::Fixed(number) = config.rng_seed {
        return number;
    }
    let drawn = any::<u64>().new_tree(&mut TestRunner::new(config));
    drawn.expect("a number").current()
}
