//! A shared ID at two places at once: somebody uses it who did not check it out, or one checkout at two machines.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    Seen,
    seen::{Access, Outcome, What},
};

/// Uses of one shared ID that are remembered at once.
const USES: usize = 32;

/// The shared ID a record says something of.
pub(super) fn concerned(seen: &Seen) -> Option<&str> {
    match &seen.what {
        What::Access(access) if access.outcome == Outcome::Allowed => Some(&access.shared_id),
        What::CheckedOut { shared_id, .. } | What::CheckedIn { shared_id, .. } => Some(shared_id),
        _ => None,
    }
}

/// Where and by whom a shared ID was used lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SharedId {
    /// Several may have it at once, each at a place of their own.
    several: bool,
    /// Once for each person and place, oldest first.
    uses: Vec<Use>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Use {
    person: String,
    /// The device, or the enforcement point where none was named.
    place: String,
    at: Timestamp,
    index: u64,
}

impl SharedId {
    /// Takes one more in; both leaves when it is at two places.
    pub(super) fn see(&mut self, seen: &Seen, window: SignedDuration) -> Option<Vec<u64>> {
        match &seen.what {
            What::CheckedOut { beside_others, .. } => {
                self.several = *beside_others;
                None
            }
            // Whoever gave it back is done with it: the next may be elsewhere.
            What::CheckedIn { person, .. } => {
                self.uses.retain(|done| done.person != *person);
                None
            }
            What::Access(access) => self.used(seen, access, window),
            _ => None,
        }
    }

    fn used(&mut self, seen: &Seen, access: &Access, window: SignedDuration) -> Option<Vec<u64>> {
        let place = match access.device.as_str() {
            "" => format!("point:{}", access.point),
            device => device.to_owned(),
        };
        let here = Use {
            person: access.person.clone(),
            place,
            at: seen.at,
            index: seen.index,
        };
        let at_once = |there: &Use| {
            let may = self.several && there.person != here.person;
            let close = here.at.duration_since(there.at).abs() < window;
            there.place != here.place && close && !may
        };
        let other = self.uses.iter().rev().find(|there| at_once(there));
        let found = other.map(|there| vec![there.index, here.index]);
        self.uses.retain(|there| {
            let same = there.person == here.person && there.place == here.place;
            !same && here.at.duration_since(there.at) < window
        });
        if self.uses.len() == USES {
            self.uses.remove(0);
        }
        self.uses.push(here);
        found
    }
}
