//! The identity service: who belongs where, who may sign in how, who may use what.
//!
//! The rules are in `identity-domain`. Here organisation, accounts and grants are kept
//! ([`store`]), people sign in ([`sign_in`]), tables are entered ([`import`]), permits become
//! grants ([`grants`]), and accesses are decided ([`decision`]).

pub mod access;
mod bootstrap;
mod credentials;
pub mod decision;
mod facts;
mod failure;
mod grants;
mod identity;
mod import;
mod organisation;
mod publish;
mod refused;
mod rpc;
mod sealing;
mod secrets;
mod sign_in;
mod store;
mod subscribe;
mod tokens;
mod words;
mod work;

use ::rpc::Endpoint;
use proto::identity::v1::access_decision_server::AccessDecisionServer;
use shell::{Platform, Shell, StartError};
use standard::ServiceName;

pub use identity_domain::served;
pub use store::Migrator;

use identity::{Identity, Parts};
use secrets::Passwords;
use tokens::Tokens;

/// Starts the service in a process and hands over what it offers there.
///
/// # Errors
/// [`StartError`] if its keys, its database or its peers cannot be set up.
pub async fn start(platform: &Platform) -> Result<Endpoint, StartError> {
    let shell = Shell::open::<Migrator>(platform, ServiceName::Identity).await?;
    let config = &shell.runtime.config.identity;
    let key = platform.people_key.clone();
    let key = key.ok_or_else(|| StartError::Other("there is no key to sign tokens".to_owned()))?;
    let sealing_keys = config.sealing_key_path(&shell.runtime.config.data_dir);
    let context = kernel::Context::new(shell.actor(), shell.runtime.clock.now(), "start");
    let sealing = sealing::prepare(&shell.store, &sealing_keys, context.into()).await?;
    let passwords = Passwords::new(&config.password_hashing);
    let identity = Identity::new(Parts {
        store: shell.store.clone(),
        runtime: shell.runtime.clone(),
        revocations: platform.revocations.clone(),
        sealing,
        passwords: passwords.map_err(|error| StartError::Other(error.to_string()))?,
        tokens: Tokens::new(key, config),
    });
    identity.prepare_bootstrap().await?;
    let access = decision::open(platform, &shell).await?;
    subscribe::subscribe(&shell, &access)?;
    let routes = rpc::routes(&identity).add_service(AccessDecisionServer::new(access.decisions));
    let endpoint = shell.endpoint(routes, access::ACCESS, served());
    Ok(endpoint.with_http(identity.tokens.key_set()))
}
