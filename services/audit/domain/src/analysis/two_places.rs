//! One person at two places, sooner than anybody gets from one to the other.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use standard::{
    AccessPath,
    pack::{Apart, Place},
};

use super::{
    Seen,
    seen::{Access, What},
};

/// Places of one person that are remembered at once; nobody goes through more in a window.
const PLACES: usize = 16;

/// Whether an access says where its person is. A refused one does too: its token was good.
pub(super) fn tells_a_place(access: &Access) -> bool {
    access.path.is_some() && !access.automated
}

/// Where a person was lately, once for each enforcement point.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TwoPlaces {
    sightings: Vec<Sighting>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sighting {
    path: AccessPath,
    point: String,
    at: Timestamp,
    index: u64,
}

impl Sighting {
    fn is_at(&self, place: &Place) -> bool {
        match place {
            Place::Path(path) => self.path == *path,
            Place::Point(point) => self.point == *point,
        }
    }
}

impl TwoPlaces {
    /// Takes one more in; both leaves when they are too far apart for their times.
    pub(super) fn see(
        &mut self,
        seen: &Seen,
        apart: &[Apart],
        window: SignedDuration,
    ) -> Option<Vec<u64>> {
        let What::Access(access) = &seen.what else {
            return None;
        };
        let here = Sighting {
            path: access.path?,
            point: access.point.clone(),
            at: seen.at,
            index: seen.index,
        };
        let mut elsewhere = self.sightings.iter().rev();
        let contradicts =
            elsewhere.find(|there| apart.iter().any(|apart| is_apart(apart, &here, there)));
        let found = contradicts.map(|there| vec![there.index, here.index]);
        self.sightings.retain(|other| {
            let same = other.path == here.path && other.point == here.point;
            !same && here.at.duration_since(other.at) < window
        });
        if self.sightings.len() == PLACES {
            self.sightings.remove(0);
        }
        self.sightings.push(here);
        found
    }
}

fn is_apart(apart: &Apart, here: &Sighting, there: &Sighting) -> bool {
    let [one, other] = &apart.between;
    let between = here.is_at(one) && there.is_at(other) || here.is_at(other) && there.is_at(one);
    between && here.at.duration_since(there.at).abs() < apart.within
}
