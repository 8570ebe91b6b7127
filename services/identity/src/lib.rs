//! The identity service: who belongs where, who may sign in how, who may use what.
//!
//! The rules are in `identity-domain`. Here organisation, accounts and grants are kept
//! ([`store`]), people sign in ([`sign_in`]), tables are entered ([`import`]), permits become
//! grants ([`permits`]), and accesses are decided ([`decision`]).

pub mod access;
mod access_reviews;
mod accounts;
mod authority;
mod begun;
mod bootstrap;
mod cards;
mod credentials;
pub mod decision;
pub mod decoders;
mod device_sign_in;
mod emergency;
mod facts;
mod failure;
mod federation;
mod grants;
mod identity;
mod import;
mod metrics;
mod oauth;
mod organisation;
mod pace;
mod pages;
mod passkeys;
mod people;
mod permits;
mod privileges;
mod publish;
mod refresh;
mod refused;
mod restricted_items;
mod rpc;
mod scim;
mod sealing;
mod secrets;
mod service_ids;
mod shared_ids;
mod sign_in;
mod sources;
mod store;
mod subscribe;
mod system_managers;
mod tokens;
mod words;
mod work;

use ::rpc::Endpoint;
use proto::identity::v1::{
    access_decision_server::AccessDecisionServer, decision_analysis_server::DecisionAnalysisServer,
};
use shell::{Platform, Shell, StartError};
use standard::ServiceName;

pub use identity_domain::served;
pub use store::Migrator;

use cards::Cards;
use federation::Federation;
use identity::{Identity, Parts};
use secrets::{Passwords, RelyingParty};
use sources::Sources;
use tokens::Tokens;

/// Starts the service in a process and hands over what it offers there.
///
/// # Errors
/// [`StartError`] if its keys, its database or its peers cannot be set up.
pub async fn start(platform: &Platform) -> Result<Endpoint, StartError> {
    let shell = Shell::open::<Migrator>(platform, ServiceName::Identity).await?;
    metrics::begin();
    let config = &shell.runtime.config.identity;
    let keys = platform.people_keys.clone();
    let keys =
        keys.ok_or_else(|| StartError::Other("there is no key to sign tokens".to_owned()))?;
    let sealing_keys = config.sealing_key_path(&shell.runtime.config.data_dir);
    let context = kernel::Context::new(shell.actor(), shell.runtime.clock.now(), "start");
    let sealing = sealing::prepare(&shell.store, &sealing_keys, context.into()).await?;
    let passwords = Passwords::new(&config.password_hashing);
    let origin = &config.pages.origin;
    let relying_party = RelyingParty::new(origin)
        .map_err(|error| StartError::Other(format!("identity.pages.origin {origin}: {error}")))?;
    let (cards, door) = Cards::open(config)
        .await
        .map_err(|error| StartError::Other(format!("identity.ic_card.{error}")))?;
    let federation = Federation::new(&config.federation, &config.pages)
        .map_err(|error| StartError::Other(format!("identity.federation {error}")))?;
    let known = [ServiceName::Identity, ServiceName::Ledger];
    let identity = Identity::new(Parts {
        directory: shell.snapshot(&known).await?,
        relying_party,
        cards,
        federation,
        begun: begun::Begun::default(),
        sources: Sources::new(),
        store: shell.store.clone(),
        runtime: shell.runtime.clone(),
        revocations: platform.revocations.clone(),
        sealing,
        passwords: passwords.map_err(|error| StartError::Other(error.to_string()))?,
        tokens: Tokens::new(keys, config),
        device_paces: device_sign_in::DevicePaces::default(),
    });
    identity.prepare_bootstrap().await?;
    let access = decision::open(platform, &shell).await?;
    subscribe::subscribe(&shell, &access, &identity.directory)?;
    shell.runtime.tasks.spawn(
        "identity: duties of managers",
        authority::watch::run(identity.clone(), shell.runtime.tasks.shutdown_token()),
    );
    shell.runtime.tasks.spawn(
        "identity: what the clock brings about",
        people::sweep::run(identity.clone(), shell.runtime.tasks.shutdown_token()),
    );
    shell.runtime.tasks.spawn(
        "identity: reviews of access",
        access_reviews::watch::run(identity.clone(), shell.runtime.tasks.shutdown_token()),
    );
    shell.runtime.tasks.spawn(
        "identity: shared IDs",
        shared_ids::watch::run(identity.clone(), shell.runtime.tasks.shutdown_token()),
    );
    shell.runtime.tasks.spawn(
        "identity: IDs for emergencies",
        emergency::readiness::run(identity.clone(), shell.runtime.tasks.shutdown_token()),
    );
    if let Some(door) = door {
        let runtime = &shell.runtime;
        door.serve(
            pages::card_door(&identity),
            runtime.config.limits.clone(),
            &runtime.tasks,
        );
    }
    let routes = rpc::routes(&identity)
        .add_service(AccessDecisionServer::new(access.decisions))
        .add_service(DecisionAnalysisServer::new(access.analysis));
    let endpoint = shell.endpoint(routes, access::ACCESS, served());
    let http = identity
        .tokens
        .key_set()
        .merge(oauth::routes(&identity, &platform.verifier))
        .merge(pages::routes(&identity))
        .merge(scim::routes(
            &identity,
            &platform.verifier,
            shell.recorder(),
        ))
        .merge(federation::routes(&identity))
        .merge(access.authzen.router());
    Ok(endpoint.with_http(http))
}
