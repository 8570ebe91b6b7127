//! Random requests on a city's facts.

use identity::decision::with_authority;
use identity_domain::decision::{Action, Authority, Object, Request};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::{
    City, DEVICES, GRANTS, ITEMS, NETWORKS, OFFICIAL_GRANTS, PEOPLE, PRIVILEGES, SYSTEMS,
    draw::{class, seconds},
    granted,
    ids::{device_id, item_id, item_of, network_id, person_id, session_id, shared_id, system_id},
};

impl City {
    /// The n-th request: mostly in order, with anything that may be wrong wrong now and then. Whose
    /// authority it is, the platform finds.
    pub(crate) fn request(&self, n: u64) -> Request {
        let mut random = StdRng::seed_from_u64(self.seed << 32 | n);
        let grant = match random.random_bool(0.4) {
            true => random.random_range(0..OFFICIAL_GRANTS),
            false => random.random_range(0..GRANTS + PRIVILEGES),
        };
        let (mut person, mut system) = granted(grant);
        if random.random_bool(0.1) {
            system = random.random_range(0..SYSTEMS + 5);
        }
        let session = person;
        if random.random_bool(0.03) {
            person = random.random_range(0..PEOPLE + 50);
        }
        let actions = [
            Action::Use,
            Action::Use,
            Action::Administer,
            Action::Export,
            Action::Record,
            Action::Change,
        ];
        let points = [
            "office", "office", "office", "telework", "public", "nowhere",
        ];
        let pick_device = random.random_bool(0.7);
        let age = match random.random_bool(0.9) {
            true => random.random_range(0..11),
            false => random.random_range(-8..90),
        };
        let request = Request {
            person: person_id(person),
            session: session_id(session),
            epoch: random.random_range(2..6),
            system: system_id(system),
            action: *actions.choose(&mut random).expect("an action"),
            object: object(&mut random, system),
            authority: Authority::None,
            workload: (*points.choose(&mut random).expect("a point")).to_owned(),
            device: pick_device.then(|| device_id(random.random_range(0..DEVICES + 10))),
            class: random.random_bool(0.2).then(|| class(&mut random)),
            automated: random.random_bool(0.1),
            shared_id: random.random_bool(0.2).then(|| shared_id(grant)),
            as_of: random.random_bool(0.97).then(|| self.now - seconds(age)),
            now: self.now,
        };
        with_authority(request, &self.facts, &self.pack)
    }
}

/// Mostly nothing, else mostly something the system keeps.
fn object(random: &mut StdRng, system: usize) -> Option<Object> {
    match random.random_range(0..10) {
        0 => Some(Object::Network(network_id(
            random.random_range(0..NETWORKS + 2),
        ))),
        1 => Some(Object::Terminal(device_id(
            random.random_range(0..DEVICES + 10),
        ))),
        2 | 3 => {
            let any = random.random_range(0..ITEMS + 3);
            let here = item_of(system).filter(|_| random.random_bool(0.9));
            let item = here.unwrap_or(any);
            Some(Object::Item(item_id(item)))
        }
        _ => None,
    }
}
