//! How many connections there are from where.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// The network that one caller may have all addresses of: of IPv6, its 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
    const HOST: u128 = u64::MAX as u128;
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & !HOST).into(),
        four => four,
    }
}

/// Connections by network, each at most so many.
pub(super) struct Places {
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
}

/// One of them; given back when it is dropped.
pub(super) struct Place {
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    network: IpAddr,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
        }
    }

    /// One for a connection from there, if its network has not as many already.
    pub(super) fn take(&self, from: IpAddr) -> Option<Place> {
        let network = network(from);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(network).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place {
            taken: Arc::clone(&self.taken),
            network,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        // Networks that are gone are not remembered.
        if let Some(count) = taken.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_a_mapped_address_is_its_own() {
        assert_eq!(network(at("2001:db8:0:1::1")), at("2001:db8:0:1::"));
        assert_eq!(network(at("::ffff:192.0.2.1")), at("192.0.2.1"));
    }

    #[test]
    fn a_network_has_so_many_places_and_gets_them_back() {
        let places = Places::new(2);
        let first = places.take(at("2001:db8::1")).expect("a place");
        let _second = places.take(at("2001:db8::2")).expect("a place");
        assert!(places.take(at("2001:db8::3")).is_none());
        let _other = places.take(at("192.0.2.1")).expect("another network's");
        drop(first);
        let again = places.take(at("2001:db8::3"));
        drop((again.expect("free again"), _second, _other));
        assert!(places.taken.lock().expect("not poisoned").is_empty());
    }
}
