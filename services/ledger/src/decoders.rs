//! What comes to the ledger from outside, read as it is before anything is done with it.
//!
//! For whoever tries the decoders on any bytes (`tests/fuzz`): none of them panics or goes on for long,
//! and each says whether what it was given was any good.

use crate::{
    store::{Connections, Devices, InformationEntries, Networks, Systems},
    tables::{Tabled, read},
};

/// A table, by its name in `sekisho import`: `systems`, `networks`, `connections`, `information`,
/// `devices`. Good if it has a good row.
pub fn table(name: &str, content: &[u8]) -> bool {
    match name {
        "systems" => rows::<Systems>(content),
        "networks" => rows::<Networks>(content),
        "connections" => rows::<Connections>(content),
        "information" => rows::<InformationEntries>(content),
        "devices" => rows::<Devices>(content),
        _ => false,
    }
}

fn rows<T: Tabled>(content: &[u8]) -> bool {
    read::<T>(content).is_ok_and(|contents| !contents.is_empty())
}
