//! The ledger as a service: a real process, a real broker, SQLite and PostgreSQL.

#[path = "suite/access.rs"]
mod access;
#[path = "suite/city.rs"]
mod city;
#[path = "suite/connections.rs"]
mod connections;
#[path = "suite/devices.rs"]
mod devices;
#[path = "suite/information.rs"]
mod information;
#[path = "suite/networks.rs"]
mod networks;
#[path = "suite/quarantine.rs"]
mod quarantine;
#[path = "suite/systems.rs"]
mod systems;
#[path = "suite/tables.rs"]
mod tables;
