//! Live sessions. Most end by themselves and nobody says so: they are forgotten in passing.

use jiff::Timestamp;

use super::{Session, table::Table};

/// Sessions are looked through for ended ones when there are twice as many as after the last time.
const AT_LEAST: usize = 1024;

#[derive(Debug, Clone, Default)]
pub(super) struct Sessions {
    table: Table<Session>,
    count: usize,
    after_sweep: usize,
    /// The latest verification seen: the present has come at least so far.
    latest: Timestamp,
}

impl Sessions {
    pub(super) fn get(&self, id: &str) -> Option<&Session> {
        self.table.get(id)
    }

    pub(super) fn insert(&mut self, session: Session) {
        let verified = session.factors.iter().map(|factor| factor.at).max();
        self.latest = self.latest.max(verified.unwrap_or(self.latest));
        let id = session.id.clone();
        if self.table.insert(id.as_str(), session).is_none() {
            self.count += 1;
        }
        if self.count >= 2 * self.after_sweep.max(AT_LEAST) {
            self.sweep();
        }
    }

    pub(super) fn remove(&mut self, id: &str) {
        if self.table.remove(id).is_some() {
            self.count -= 1;
        }
    }

    fn sweep(&mut self) {
        let ended: Vec<String> = (self.table.values())
            .filter(|session| session.ends_at <= self.latest)
            .map(|session| session.id.to_string())
            .collect();
        for id in &ended {
            self.remove(id);
        }
        self.after_sweep = self.count;
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use kernel::{PersonId, SessionId};
    use standard::FactorKind;

    use super::*;
    use crate::account::{CredentialId, Verified};

    #[test]
    fn sessions_that_ended_by_themselves_are_forgotten_and_live_ones_kept() {
        let mut sessions = Sessions::default();
        let start: Timestamp = "2026-06-01T00:00:00Z".parse().expect("an instant");
        let hours = |hours| SignedDuration::from_hours(hours);
        for n in 0..10_000_i64 {
            // One sign-in an hour, each session good for eight.
            let at = start + hours(n);
            sessions.insert(Session {
                id: SessionId::try_new(format!("s{n}")).expect("an id"),
                person: PersonId::try_new("S0001").expect("an id"),
                factors: vec![Verified {
                    credential: CredentialId::new("c"),
                    kind: FactorKind::Password,
                    at,
                    beside_only: false,
                }],
                ends_at: at + hours(8),
            });
            assert!(sessions.count <= 2 * AT_LEAST);
        }
        assert_eq!(sessions.table.values().count(), sessions.count);
        for live in 9_992..10_000 {
            assert!(sessions.get(&format!("s{live}")).is_some(), "s{live}");
        }
        assert!(sessions.get("s0").is_none());
    }
}
