//! Accounts that nobody uses, and those of people who are not in service: what the clock has brought
//! about is put on record. Neither waits for that: every sign-in looks at the clock itself.

use super::Asked;
use crate::account::{Dormancy, Event, Standing, Why};

/// Why sessions are revoked, on record.
const NOT_IN_SERVICE: &str = "the person is not in service";

impl Asked<'_> {
    pub(super) fn note_dormancy(&self) -> Vec<Event> {
        let now = self.context.now;
        let Some(found) = self.dormancy().filter(|_| !self.account.dormant) else {
            return vec![];
        };
        if found.stops_at <= now {
            let laid = Event::LaidDormant {
                used_at: found.used_at,
                epoch: self.next_epoch(),
            };
            let revoked = self.revoke_where("nobody used the account", |_, _| true);
            return revoked.into_iter().chain([laid]).collect();
        }
        if found.flagged_from <= now && self.account.flagged_at.is_none() {
            return vec![Event::FoundUnused {
                used_at: found.used_at,
                stops_at: found.stops_at,
                at: now,
            }];
        }
        vec![]
    }

    pub(super) fn end_service(&self) -> Vec<Event> {
        if self.facts.in_service {
            return vec![];
        }
        let revoked = self.revoke_where(NOT_IN_SERVICE, |_, _| true);
        revoked.into_iter().collect()
    }

    /// Whether anybody may sign in to it now.
    pub(super) fn usable(&self) -> Result<(), Why> {
        match self.account.standing {
            _ if self.lies_dormant() => Err(Why::Dormant),
            Standing::Absent => Err(Why::NoFactor),
            Standing::Disabled => Err(Why::Disabled),
            Standing::Active if !self.facts.in_service => Err(Why::NotInService),
            Standing::Active => Ok(()),
        }
    }

    /// Whether nobody has used it for too long, on record or not.
    pub(super) fn lies_dormant(&self) -> bool {
        let over = |found: Dormancy| found.stops_at <= self.context.now;
        self.account.dormant || self.dormancy().is_some_and(over)
    }

    /// An account that was stopped for lying unused goes on when its owner enrols anew with a code.
    pub(super) fn enabled_by_code(&self) -> Option<Event> {
        self.account.dormant.then(|| Event::Enabled {
            reason: "enrolled anew".to_owned(),
            at: self.context.now,
        })
    }

    fn dormancy(&self) -> Option<Dormancy> {
        self.account.dormancy(self.facts.dormant_by.as_ref()?)
    }
}
