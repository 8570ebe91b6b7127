//! The incidents service: reports, the chain with its clocks, containment, recovery (clause 8-3).

mod access;
mod desk;
mod due;
mod facts;
mod known;
mod publish;
mod rpc;
mod scope;
mod store;
mod subscribe;
#[cfg(test)]
mod who_may;
mod wire;

use std::sync::Arc;

use proto::incidents::v1::incidents_server::IncidentsServer;
use shell::{Platform, Shell, StartError};
use standard::{Served, ServiceName};
use tonic::service::Routes;

use crate::{desk::Desk, known::Known, rpc::Incidents};

pub use crate::{access::ACCESS, store::Migrator};

/// Starts the service in a process: the only wiring.
pub async fn start(platform: &Platform) -> Result<::rpc::Endpoint, StartError> {
    use ServiceName::{Audit, Identity, Ledger};
    let shell = Shell::open::<Migrator>(platform, ServiceName::Incidents).await?;
    let known = shell.snapshot::<Known>(&[Identity, Ledger]).await?;
    let machines = shell.runtime.config.incidents.machines.clone();
    let desk = Desk {
        store: shell.store.clone(),
        known: known.clone(),
        clock: shell.runtime.clock.clone(),
        pack: shell.runtime.pack.clone(),
        machines: Arc::new(machines.into_iter().collect()),
    };
    shell.consume(Ledger, bus::Learn::new(directory::system_changes, known))?;
    shell.consume(Identity, subscribe::Identity(desk.clone()))?;
    shell.consume(Audit, subscribe::Suspicions(desk.clone()))?;
    due::watch(&shell, desk.clone());
    let routes = Routes::new(IncidentsServer::new(Incidents(desk)));
    Ok(shell.endpoint(routes, ACCESS, served()))
}

/// The clauses this service serves.
pub fn served() -> Vec<Served> {
    incidents_domain::served()
}
