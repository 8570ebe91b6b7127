//! The ledger service (台帳): systems, information, networks, connections, devices, take-outs.
//!
//! The rules are in `ledger-domain`; here they are kept ([`store`]), asked for over gRPC ([`rpc`])
//! or by table ([`tables`]), and told of what approvals granted ([`subscribe`]). Everything that
//! changes the ledger is a piece of work ([`work`]) in one transaction.

pub mod access;
pub mod decoders;
mod publish;
pub mod rpc;
pub mod store;
pub mod subscribe;
mod tables;
mod wire;
mod work;

use std::sync::Arc;

use ::rpc::Endpoint;
use bus::Learn;
use directory::{Directory, organisation_changes};
use shell::{Platform, Shell, StartError};
use standard::ServiceName;

pub use ledger_domain::served;
pub use store::Migrator;
pub use work::Ledger;

/// Starts the service in a process and hands over what it offers there.
///
/// # Errors
/// [`StartError`] if its database or its peers cannot be set up.
pub async fn start(platform: &Platform) -> Result<Endpoint, StartError> {
    let shell = Shell::open::<Migrator>(platform, ServiceName::Ledger).await?;
    let directory = shell
        .snapshot::<Directory>(&[ServiceName::Identity])
        .await?;
    shell.consume(
        ServiceName::Identity,
        Learn::new(organisation_changes, Arc::clone(&directory)),
    )?;
    shell.consume(
        ServiceName::Approvals,
        subscribe::Approvals::new(Arc::clone(&directory)),
    )?;
    let clock = Arc::clone(&shell.runtime.clock);
    let ledger = Ledger::new(shell.store.clone(), directory, clock);
    Ok(shell.endpoint(rpc::routes(&ledger), access::ACCESS, served()))
}
