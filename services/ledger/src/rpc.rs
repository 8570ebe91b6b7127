//! The ledger over gRPC: each method converts in, does its work or asks its query, converts out.

mod connections;
mod convert;
mod devices;
mod import;
mod information;
mod networks;
mod systems;

use proto::ledger::v1::{
    connections_server::ConnectionsServer, devices_server::DevicesServer,
    import_server::ImportServer, information_entries_server::InformationEntriesServer,
    networks_server::NetworksServer, systems_server::SystemsServer,
};
use sea_orm::DatabaseConnection;
use tonic::service::Routes;

use crate::Ledger;

/// A table to import has at most this many bytes.
const MAX_TABLE: usize = 8 << 20;

/// The services of the ledger.
pub fn routes(ledger: &Ledger) -> Routes {
    // Room for the message around the table.
    let import =
        ImportServer::new(ledger.clone()).max_decoding_message_size(MAX_TABLE + (64 << 10));
    Routes::new(SystemsServer::new(ledger.clone()))
        .add_service(InformationEntriesServer::new(ledger.clone()))
        .add_service(NetworksServer::new(ledger.clone()))
        .add_service(ConnectionsServer::new(ledger.clone()))
        .add_service(DevicesServer::new(ledger.clone()))
        .add_service(import)
}

impl Ledger {
    fn read(&self) -> &DatabaseConnection {
        self.store.database().read()
    }
}
