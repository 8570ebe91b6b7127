//! What is begun and waits for the answer of a browser takes room, and anybody may begin a sign-in:
//! so many at once and then one every so often, from each source and by all strangers together.
//! Whoever is signed in has a pace of their own, which no stranger uses up. What may be begun while
//! a challenge is good is all that there ever is of them. Each replica counts for itself.

use std::time::Duration;

use kernel::PersonId;
use store::Failure;

use crate::{
    pace::{Pace, Paces},
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
    sources: Paces<Source>,
    strangers: Pace,
    people: Paces<PersonId>,
}

impl Default for Begun {
    fn default() -> Self {
        Self {
            // An office of thousands behind one address begins its day.
            sources: Paces::new(200, Duration::from_millis(100)),
            // Ten times as much: no source alone keeps the others out.
            strangers: Pace::new(2_000, Duration::from_millis(10)),
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
            // What a source is refused does not count against all.
            Who::Stranger(source) => self
                .sources
                .take(source)
                .and_then(|()| self.strangers.take()),
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

    #[tokio::test(start_paused = true)]
    async fn a_flood_from_everywhere_holds_up_strangers_for_moments_and_nobody_who_is_in() {
        let begun = Begun::default();
        for n in 0..2_000 {
            assert_eq!(wait(&begun, Who::Stranger(&source(n))), None);
        }
        let next = source(5_000);
        let moment = Duration::from_millis(10);
        assert_eq!(wait(&begun, Who::Stranger(&next)), Some(moment));
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
        tokio::time::advance(moment).await;
        assert_eq!(wait(&begun, Who::Stranger(&next)), None);
    }
}
