//! What a run is to be like: `SEKISHO_FAULTS="kills=1000 commands=1000000 seed=7 scenario=clock,poison"`.
//! Where nobody says, a little.

use std::{fmt, time::Duration};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::row::Row;

/// Of every kind of fault something, in about a minute.
const A_LITTLE: &str = "kills=4 commands=2000 scenario=kills-sqlite,disk-full,postgres-killed";

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Wishes {
    /// Kills in all, at least.
    pub(crate) kills: usize,
    /// Commands in all, at least.
    pub(crate) commands: u64,
    /// From which all choices are drawn.
    pub(crate) seed: u64,
    /// How long the broker is away in `broker-outage`.
    pub(crate) outage: Duration,
    /// Only these scenarios; empty = all.
    scenarios: Vec<String>,
}

impl Wishes {
    /// Reads them; what is not wished for is small enough for a few minutes.
    ///
    /// # Panics
    /// When there is a word that is no wish.
    pub(crate) fn read() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own knob, not the platform's"
        )]
        let text = std::env::var("SEKISHO_FAULTS").unwrap_or_else(|_| A_LITTLE.to_owned());
        let mut wishes = Self {
            kills: 40,
            commands: 4_000,
            seed: rand::rng().next_u64() >> 32,
            outage: Duration::from_secs(5),
            scenarios: Vec::new(),
        };
        for word in text.split_whitespace() {
            let (name, value) = word.split_once('=').expect("name=value");
            let number = || -> u64 { value.parse().unwrap_or_else(|_| panic!("{word}: a number")) };
            match name {
                "kills" => wishes.kills = usize::try_from(number()).expect("a number"),
                "commands" => wishes.commands = number(),
                "seed" => wishes.seed = number(),
                "outage" => wishes.outage = Duration::from_secs(number()),
                "scenario" => wishes.scenarios = value.split(',').map(str::to_owned).collect(),
                _ => panic!("{name}: kills, commands, seed, outage or scenario"),
            }
        }
        wishes
    }

    pub(super) fn wants(&self, scenario: &str) -> bool {
        self.scenarios.is_empty() || self.scenarios.iter().any(|one| one == scenario)
    }

    /// What one of so many scenarios is to add to these rows.
    pub(super) fn share(&self, so_far: &Row, scenarios: usize) -> Self {
        let kills = self.kills.saturating_sub(so_far.kills());
        let commands = self.commands.saturating_sub(so_far.commands);
        Self {
            kills: kills.div_ceil(scenarios),
            commands: commands.div_ceil(scenarios as u64),
            ..self.clone()
        }
    }

    /// Dice of this run's seed, for one round of a scenario.
    pub(super) fn dice(&self, round: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_add(round))
    }
}

/// The command that makes the same run again.
impl fmt::Display for Wishes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kills,
            commands,
            seed,
            outage,
            scenarios,
        } = self;
        let outage = outage.as_secs();
        write!(
            f,
            "make faults kills={kills} commands={commands} seed={seed} outage={outage}"
        )?;
        match scenarios.is_empty() {
            true => Ok(()),
            false => write!(f, " scenario={}", scenarios.join(",")),
        }
    }
}
