//! How the ledger is kept: one table per aggregate, and one for what approvals granted.

pub(crate) mod allowances;
mod connections;
mod devices;
mod information;
mod migrations;
mod networks;
pub(crate) mod query;
mod systems;
mod takeouts;

pub use connections::Connections;
pub use devices::Devices;
pub use information::InformationEntries;
pub use migrations::Migrator;
pub use networks::Networks;
pub use systems::Systems;
pub use takeouts::Takeouts;

/// A name as it is searched by: width, case and white space do not matter.
pub(crate) fn name_key(name: &str) -> String {
    sheet::heading(name)
}
