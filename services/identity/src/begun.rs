//! What is begun and waits for the answer of a browser takes room, and anybody may begin a sign-in: so
//! strangers have their pace, and whoever is signed in has one that no stranger uses up. What may be
//! begun while a challenge is good is all that there ever is of them. Each replica counts for itself.

use std::time::Duration;

use kernel::PersonId;
use store::Failure;

use crate::{
    pace::{Pace, Paces, Strangers},
    refused::Refused,
    sources::Source,
};

/// Who begins something.
#[derive(Clone, Copy)]
pub(crate) enum Who<'a> {
    /// Nobody knows who, from there.
    Stranger(&'a Source),
    /// Somebody in a session or with an enrolment's code.
    Person(&'a PersonId),
}

/// How often what is begun.
pub(crate) struct Begun {
    strangers: Strangers<Source>,
    people: Paces<PersonId>,
}

impl Default for Begun {
    fn default() -> Self {
        Self {
            strangers: Strangers {
                // An office of thousands behind one address begins its day.
                sources: Paces::new(200, Duration::from_millis(100)),
                // Ten times as much: no source alone is more than the city bears.
                usual: Pace::new(2_000, Duration::from_millis(10)),
                shares: Paces::new(10, Duration::from_secs(10)),
                // As much as the shares of thousands of sources.
                most: Pace::new(50_000, Duration::from_millis(1)),
            },
            people: Paces::new(20, Duration::from_secs(3)),
        }
    }
}

impl Begun {
    /// Lets somebody begin.
    ///
    /// # Errors
    /// [`Refused::TooManyBegun`].
    pub(crate) fn take(&self, who: Who<'_>) -> Result<(), Failure<Refused>> {
        let taken = match who {
            Who::Stranger(source) => self.strangers.take(source),
            Who::Person(person) => self.people.take(person),
        };
        taken.map_err(|wait| Failure::Refused(Refused::TooManyBegun(wait)))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn source(n: u32) -> Source {
        Source::address(IpAddr::V4(n.into()))
    }

    fn wait(begun: &Begun, who: Who<'_>) -> Option<Duration> {
        match begun.take(who) {
            Ok(()) => None,
            Err(Failure::Refused(Refused::TooManyBegun(wait))) => Some(wait),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_holds_up_its_own_source_and_nobody_else() {
        let begun = Begun::default();
        let (flood, office) = (source(1), source(2));
        let person = PersonId::try_new("S1").expect("an id");
        let tries = (0..10_000).map(|_| wait(&begun, Who::Stranger(&flood)));
        assert_eq!(tries.flatten().count(), 9_800);
        for _ in 0..200 {
            assert_eq!(wait(&begun, Who::Stranger(&office)), None);
        }
        assert_eq!(wait(&begun, Who::Person(&person)), None);
        tokio::time::advance(Duration::from_millis(100)).await;
        assert_eq!(wait(&begun, Who::Stranger(&flood)), None);
    }

    /// So many begin, each from elsewhere, that strangers have begun all that is usual.
    fn flood(begun: &Begun) {
        for n in 0..2_000 {
            assert_eq!(wait(begun, Who::Stranger(&source(n))), None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_flood_from_everywhere_whoever_begins_little_notices_nothing() {
        let begun = Begun::default();
        flood(&begun);
        let (quiet, flooder) = (source(5_000), source(7));
        for _ in 0..10 {
            assert_eq!(wait(&begun, Who::Stranger(&flooder)), None);
        }
        let held = Some(Duration::from_secs(10));
        assert_eq!(wait(&begun, Who::Stranger(&flooder)), held);
        assert_eq!(wait(&begun, Who::Stranger(&quiet)), None);
        let person = PersonId::try_new("S1").expect("an id");
        for _ in 0..20 {
            assert_eq!(wait(&begun, Who::Person(&person)), None);
        }
        let own = wait(&begun, Who::Person(&person));
        assert_eq!(
            own,
            Some(Duration::from_secs(3)),
            "nor do they write without end"
        );
        // The flood lasts, and takes up whatever comes free.
        for round in 0..60 {
            tokio::time::advance(Duration::from_secs(10)).await;
            let tries = (0..3_000).map(|n| wait(&begun, Who::Stranger(&source(n % 600))));
            let held = tries.flatten().count();
            // Their first shares are used up by then.
            assert!(round < 5 || held > 1_000, "{held} in round {round}");
            assert_eq!(wait(&begun, Who::Stranger(&quiet)), None, "{round}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_all_strangers_begin_has_an_end_from_however_many_sources() {
        let begun = Begun::default();
        let tries = (0..60_000).map(|n| wait(&begun, Who::Stranger(&source(n))));
        assert_eq!(tries.flatten().count(), 60_000 - 52_000);
        let person = PersonId::try_new("S1").expect("an id");
        assert_eq!(wait(&begun, Who::Person(&person)), None);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(wait(&begun, Who::Stranger(&source(70_000))), None);
    }
}
