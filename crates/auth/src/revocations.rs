//! What has been withdrawn while tokens for it are still about: ended sessions, raised epochs.
//!
//! Held in memory by every process and fed by the bus (guarantee G6). An entry is kept until the
//! last token it could concern has expired, measured by the monotonic clock, so that no change of
//! the wall clock brings a token back.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use kernel::{PersonId, SessionId};
use tokio::time::Instant;

use crate::{Principal, refused::Withdrawn};

/// How long an entry stays: the longest life of a token (900 s by configuration), and as much
/// again for clocks that differ.
const KEEP: Duration = Duration::from_secs(1800);
/// How often entries are looked through for those that may leave.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// The set, shared by its clones.
#[derive(Debug, Clone, Default)]
pub struct Revocations(Arc<RwLock<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    sessions: HashMap<SessionId, (Withdrawn, Instant)>,
    epochs: HashMap<PersonId, Epoch>,
    swept: Option<Instant>,
}

/// Below which a person's tokens are no longer good.
#[derive(Debug)]
struct Epoch {
    least: u64,
    /// The same by the last loss alone.
    least_by_loss: u64,
    until: Instant,
}

impl Revocations {
    /// From now on no token of this session is good.
    pub fn revoke_session(&self, session: SessionId, by: Withdrawn) {
        let mut entries = self.write();
        let until = Instant::now() + KEEP;
        let known = entries.sessions.entry(session).or_insert((by, until));
        *known = (known.0.max(by), until);
        entries.sweep();
    }

    /// From now on no token of this person with a lower epoch is good. A lower value than known
    /// changes nothing, so the order in which news arrives does not matter.
    pub fn set_epoch(&self, person: PersonId, epoch: u64, by: Withdrawn) {
        let mut entries = self.write();
        let until = Instant::now() + KEEP;
        let known = entries.epochs.entry(person).or_insert(Epoch {
            least: epoch,
            least_by_loss: 0,
            until,
        });
        known.least = known.least.max(epoch);
        if by == Withdrawn::Lost {
            known.least_by_loss = known.least_by_loss.max(epoch);
        }
        known.until = until;
        entries.sweep();
    }

    /// What is known to stand against this principal; a loss before anything else.
    pub fn against(&self, principal: &Principal) -> Option<Withdrawn> {
        let person = principal.actor.person()?;
        let entries = self.read();
        let by_session = (principal.session())
            .and_then(|session| entries.sessions.get(session))
            .map(|(by, _)| *by);
        let by_epoch = (entries.epochs.get(person))
            .filter(|known| principal.epoch < known.least)
            .map(|known| match principal.epoch < known.least_by_loss {
                true => Withdrawn::Lost,
                false => Withdrawn::Ended,
            });
        by_session.max(by_epoch)
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        let entries = self.read();
        entries.sessions.len() + entries.epochs.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn sweep(&mut self) {
        let now = Instant::now();
        if self.swept.is_some_and(|at| now - at < SWEEP_EVERY) {
            return;
        }
        self.swept = Some(now);
        leave(&mut self.sessions, |(_, until)| *until > now);
        leave(&mut self.epochs, |known| known.until > now);
    }
}

fn leave<K: Eq + Hash, V>(entries: &mut HashMap<K, V>, stays: impl Fn(&V) -> bool) {
    entries.retain(|_, value| stays(value));
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::Actor;

    use super::*;

    fn person(id: &str, session: &str, epoch: u64) -> Principal {
        Principal {
            actor: Actor::Person {
                id: PersonId::try_new(id).expect("an id"),
                session: SessionId::try_new(session).expect("an id"),
            },
            roles: Vec::new(),
            section: None,
            acr: None,
            amr: Vec::new(),
            auth_time: None,
            epoch,
            issuer: String::new(),
            expires_at: Timestamp::MAX,
        }
    }

    fn session(id: &str) -> SessionId {
        SessionId::try_new(id).expect("an id")
    }

    #[tokio::test]
    async fn an_ended_session_and_an_old_epoch_are_not_live_and_nothing_else() {
        let revocations = Revocations::default();
        let against = |who: &str, session: &str, epoch: u64| {
            revocations.against(&person(who, session, epoch))
        };
        revocations.revoke_session(session("s1"), Withdrawn::Ended);
        assert_eq!(against("P1", "s1", 9), Some(Withdrawn::Ended));
        assert_eq!(against("P1", "s2", 0), None);

        let p1 = PersonId::try_new("P1").expect("an id");
        revocations.set_epoch(p1.clone(), 3, Withdrawn::Ended);
        revocations.set_epoch(p1, 2, Withdrawn::Ended);
        assert_eq!(against("P1", "s2", 2), Some(Withdrawn::Ended), "late news");
        assert_eq!(against("P1", "s2", 3), None);
        assert_eq!(against("P2", "s2", 0), None);
    }

    // 4-4-4: what a loss ended stays ended by it, whatever ends it once more, in any order.
    #[tokio::test]
    async fn what_a_loss_ended_was_ended_by_the_loss() {
        let revocations = Revocations::default();
        let p1 = PersonId::try_new("P1").expect("an id");
        for by in [Withdrawn::Ended, Withdrawn::Lost, Withdrawn::Ended] {
            revocations.revoke_session(session("s1"), by);
        }
        assert_eq!(
            revocations.against(&person("P1", "s1", 0)),
            Some(Withdrawn::Lost)
        );
        revocations.set_epoch(p1.clone(), 4, Withdrawn::Ended);
        revocations.set_epoch(p1, 3, Withdrawn::Lost);
        for (epoch, by) in [
            (2, Some(Withdrawn::Lost)),
            (3, Some(Withdrawn::Ended)),
            (4, None),
        ] {
            assert_eq!(revocations.against(&person("P1", "s2", epoch)), by);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn entries_leave_when_no_token_they_concern_can_be_good() {
        let revocations = Revocations::default();
        for n in 0..100 {
            revocations.revoke_session(session(&format!("s{n}")), Withdrawn::Ended);
        }
        tokio::time::advance(KEEP - Duration::from_secs(1)).await;
        revocations.set_epoch(PersonId::try_new("P1").expect("an id"), 1, Withdrawn::Ended);
        assert_eq!(revocations.len(), 101, "still needed");
        tokio::time::advance(SWEEP_EVERY + Duration::from_secs(1)).await;
        revocations.set_epoch(PersonId::try_new("P2").expect("an id"), 1, Withdrawn::Ended);
        assert_eq!(revocations.len(), 2);
    }
}
