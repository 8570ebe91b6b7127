//! The approvals service: permits with their routes, and exceptions with their whole life.
//!
//! [`start`] is the only place where its parts are put together.

pub mod access;
pub mod desk;
pub mod due;
pub mod known;
mod publish;
pub mod rpc;
pub mod store;
mod subscribe;
#[cfg(test)]
mod who_may;
mod wire;

use std::sync::Arc;

use bus::Learn;
use proto::approvals::v1::{exceptions_server::ExceptionsServer, permits_server::PermitsServer};
use runtime::CancellationToken;
use shell::{Platform, Shell, StartError};
use standard::ServiceName;
use tonic::service::Routes;

pub use approvals_domain::served;
pub use store::Migrator;

use crate::{desk::Desk, known::Known};

/// Opens the store, begins to listen, and hands over the RPCs.
///
/// # Errors
/// What of it could not be opened.
pub async fn start(platform: &Platform) -> Result<::rpc::Endpoint, StartError> {
    let shell = Shell::open::<Migrator>(platform, ServiceName::Approvals).await?;
    let known = shell
        .snapshot::<Known>(&[ServiceName::Identity, ServiceName::Ledger])
        .await?;
    let desk = Desk {
        store: shell.store.clone(),
        known: Arc::clone(&known),
        pack: Arc::clone(&shell.runtime.pack),
        clock: Arc::clone(&shell.runtime.clock),
    };
    for (source, changes) in subscribe::CHANGES {
        let learn = Learn::new(changes, Arc::clone(&known));
        let desk = desk.clone();
        shell.consume(source, subscribe::Heard { learn, desk })?;
    }
    let stop: CancellationToken = shell.runtime.tasks.shutdown_token();
    let due = due::run(desk.clone(), stop);
    shell.runtime.tasks.spawn("approvals: scheduled work", due);
    let routes = Routes::new(PermitsServer::new(rpc::Permits::new(desk.clone())))
        .add_service(ExceptionsServer::new(rpc::Exceptions::new(desk)));
    let served = served(&shell.runtime.pack);
    Ok(shell.endpoint(routes, access::ACCESS, served))
}
