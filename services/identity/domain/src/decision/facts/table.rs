//! A map from ids to entries that is cheap to clone and cheap to change after cloning.

use std::{collections::HashMap, sync::Arc};

/// Enough that a shard of a large city's staff stays at some hundred entries, few enough that
/// cloning all of them is a matter of microseconds.
const SHARDS: usize = 256;

/// A sharded map whose clones share every shard until one of them changes it.
#[derive(Debug, Clone)]
pub(super) struct Table<V> {
    shards: Vec<Arc<HashMap<Arc<str>, Arc<V>>>>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            shards: vec![Arc::default(); SHARDS],
        }
    }
}

impl<V> Table<V> {
    pub(super) fn get(&self, id: &str) -> Option<&V> {
        self.shards[shard(id)].get(id).map(Arc::as_ref)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.shards
            .iter()
            .flat_map(|shard| shard.values().map(Arc::as_ref))
    }

    /// Gives back what was there before.
    pub(super) fn insert(&mut self, id: &str, value: V) -> Option<Arc<V>> {
        Arc::make_mut(&mut self.shards[shard(id)]).insert(Arc::from(id), Arc::new(value))
    }

    /// Gives back what was there.
    pub(super) fn remove(&mut self, id: &str) -> Option<Arc<V>> {
        self.get(id)?;
        Arc::make_mut(&mut self.shards[shard(id)]).remove(id)
    }
}

impl<V: Clone> Table<V> {
    /// The entry to change, if there is one.
    pub(super) fn change(&mut self, id: &str) -> Option<&mut V> {
        self.get(id)?;
        Arc::make_mut(&mut self.shards[shard(id)])
            .get_mut(id)
            .map(Arc::make_mut)
    }
}

impl<V: Clone + Default> Table<V> {
    /// The entry to change or to fill.
    pub(super) fn entry(&mut self, id: &str) -> &mut V {
        let entries = Arc::make_mut(&mut self.shards[shard(id)]);
        Arc::make_mut(entries.entry(Arc::from(id)).or_default())
    }
}

/// FNV-1a: spreads ids over shards. Within a shard the standard, seeded hash protects against
/// chosen ids.
fn shard(id: &str) -> usize {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low byte: the last characters, in which ids differ most, hardly reach the high ones.
    (hash % SHARDS as u64) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_in_a_row_spread_over_the_shards() {
        let mut count = vec![0_u32; SHARDS];
        for n in 0..25_600 {
            count[shard(&format!("S{n:06}"))] += 1;
        }
        let fullest = count.iter().max().copied().expect("shards");
        assert!(fullest < 300, "fullest shard holds {fullest}, evenly 100");
    }

    proptest! {
        // A clone stays as it was whatever happens to the original, and the original behaves like
        // a plain map.
        #[test]
        fn behaves_like_a_map_and_clones_do_not_change(
            steps in prop::collection::vec((0_u8..20, any::<Option<u32>>()), 1..200),
            split in 0_usize..200,
        ) {
            let mut table = Table::<u32>::default();
            let mut model = BTreeMap::new();
            let mut kept = None;
            for (at, (id, value)) in steps.into_iter().enumerate() {
                if at == split {
                    kept = Some((table.clone(), model.clone()));
                }
                let id = id.to_string();
                match value {
                    Some(value) => {
                        if value % 2 == 0 {
                            table.insert(&id, value);
                        } else {
                            *table.entry(&id) = value;
                        }
                        model.insert(id, value);
                    }
                    None => {
                        table.remove(&id);
                        model.remove(&id);
                    }
                }
            }
            for (table, model) in std::iter::once((table, model)).chain(kept) {
                for id in (0..20).map(|id: u8| id.to_string()) {
                    prop_assert_eq!(table.get(&id), model.get(&id));
                }
                prop_assert_eq!(table.values().count(), model.len());
            }
        }
    }
}
