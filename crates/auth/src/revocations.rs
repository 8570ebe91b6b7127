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

use crate::Principal;

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
    sessions: HashMap<SessionId, Instant>,
    epochs: HashMap<PersonId, (u64, Instant)>,
    swept: Option<Instant>,
}

impl Revocations {
    /// From now on no token of this session is good.
    pub fn revoke_session(&self, session: SessionId) {
        let mut entries = self.write();
        entries.sessions.insert(session, Instant::now() + KEEP);
        entries.sweep();
    }

    /// From now on no token of this person with a lower epoch is good. A lower value than known
    /// changes nothing, so the order in which news arrives does not matter.
    pub fn set_epoch(&self, person: PersonId, epoch: u64) {
        let mut entries = self.write();
        let until = Instant::now() + KEEP;
        entries
            .epochs
            .entry(person)
            .and_modify(|known| *known = (known.0.max(epoch), until))
            .or_insert((epoch, until));
        entries.sweep();
    }

    /// Whether nothing that stands against this principal is known.
    pub fn is_live(&self, principal: &Principal) -> bool {
        let Some(person) = principal.actor.person() else {
            return true;
        };
        let entries = self.read();
        let ended = principal
            .session()
            .is_some_and(|session| entries.sessions.contains_key(session));
        let stale = entries
            .epochs
            .get(person)
            .is_some_and(|(epoch, _)| principal.epoch < *epoch);
        !ended && !stale
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
        leave(&mut self.sessions, |until| *until > now);
        leave(&mut self.epochs, |(_, until)| *until > now);
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

    #[tokio::test]
    async fn an_ended_session_and_an_old_epoch_are_not_live_and_nothing_else() {
        let revocations = Revocations::default();
        revocations.revoke_session(SessionId::try_new("s1").expect("an id"));
        assert!(!revocations.is_live(&person("P1", "s1", 9)));
        assert!(revocations.is_live(&person("P1", "s2", 0)));

        let p1 = PersonId::try_new("P1").expect("an id");
        revocations.set_epoch(p1.clone(), 3);
        revocations.set_epoch(p1, 2);
        assert!(!revocations.is_live(&person("P1", "s2", 2)), "late news");
        assert!(revocations.is_live(&person("P1", "s2", 3)));
        assert!(revocations.is_live(&person("P2", "s2", 0)));
    }

    #[tokio::test(start_paused = true)]
    async fn entries_leave_when_no_token_they_concern_can_be_good() {
        let revocations = Revocations::default();
        for n in 0..100 {
            revocations.revoke_session(SessionId::try_new(format!("s{n}")).expect("an id"));
        }
        tokio::time::advance(KEEP - Duration::from_secs(1)).await;
        revocations.set_epoch(PersonId::try_new("P1").expect("an id"), 1);
        assert_eq!(revocations.len(), 101, "still needed");
        tokio::time::advance(SWEEP_EVERY + Duration::from_secs(1)).await;
        revocations.set_epoch(PersonId::try_new("P2").expect("an id"), 1);
        assert_eq!(revocations.len(), 2);
    }
}
