//! A whole process of the platform inside a test: real ports, real database, real broker.

use std::{path::Path, sync::Arc};

use auth::{PersonClaims, SigningKey};
use jiff::Timestamp;
use kernel::{Actor, Clock, ManualClock, PersonId, SectionId, SessionId};
use rpc::client::{Channel, Credentials, channel};
use runtime::{
    Config, Runtime, Secret,
    config::{IssuerKind, TokenAlgorithm, TrustedIssuer},
};
use shell::{Platform, Serving, Start};
use standard::{Pack, Role, ServiceName};
use tempfile::TempDir;

use crate::{Neighbours, database::postgres_options, shared_nats};

/// The instant at which every test's clock starts: a Wednesday in the office.
pub(crate) const START: &str = "2026-04-01T01:00:00Z";

/// On which database a test process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite files of its own.
    Sqlite,
    /// Schemas of its own on the shared server.
    Postgres,
}

/// A process that serves some services; the others are [`Neighbours`] whose events a test says.
pub struct TestProcess {
    /// Turn it by hand.
    pub clock: ManualClock,
    /// What the services that do not run here have said.
    pub neighbours: Neighbours,
    serving: Serving,
    people: SigningKey,
    issuer: String,
    _directory: TempDir,
}

impl TestProcess {
    /// Starts the services on free ports, with a database and a prefix on the broker of its own.
    pub async fn start(engine: Engine, services: &[(ServiceName, Start)]) -> Self {
        Self::start_after(engine, services, async |_| ()).await
    }

    /// The same after the neighbours have been prepared: what they say there, the services find.
    pub async fn start_after(
        engine: Engine,
        services: &[(ServiceName, Start)],
        prepare: impl AsyncFn(&Neighbours),
    ) -> Self {
        Self::start_with(engine, services, prepare, |_| ()).await
    }

    /// The same with some of the configuration changed.
    pub async fn start_configured(
        engine: Engine,
        services: &[(ServiceName, Start)],
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        Self::start_with(engine, services, async |_| (), configure).await
    }

    async fn start_with(
        engine: Engine,
        services: &[(ServiceName, Start)],
        prepare: impl AsyncFn(&Neighbours),
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let clock = ManualClock::new(START.parse().expect("an instant"));
        let names: Vec<_> = services.iter().map(|(name, _)| *name).collect();
        let neighbours = Neighbours::start(directory.path(), &names, &clock).await;
        prepare(&neighbours).await;

        let mut config = base_config(&directory.path().join("process"), neighbours.prefix());
        config.services = names;
        config.workload_key_file = Some(neighbours.workload_key_path());
        config.peers = neighbours.addresses();
        if engine == Engine::Postgres {
            use_postgres(&mut config);
        }
        configure(&mut config);
        std::fs::create_dir_all(&config.data_dir).expect("its data directory");
        let key_path = config.identity.signing_key_path(&config.data_dir);
        let people = SigningKey::load_or_create(&key_path).expect("a signing key");
        if !config.runs(ServiceName::Identity) {
            config.issuers.push(people_issuer(&config, &people));
        }
        let issuer = config.identity.issuer.clone();
        let serving = serve(config, &clock, services).await;
        Self {
            clock,
            neighbours,
            serving,
            people,
            issuer,
            _directory: directory,
        }
    }

    /// Where it answers gRPC, as a URI.
    pub fn uri(&self) -> String {
        format!("http://{}", self.serving.grpc)
    }

    /// Where it answers HTTP, as a URI.
    pub fn http_uri(&self) -> String {
        format!("http://{}", self.serving.http)
    }

    /// The process's clock, tasks, pack and configuration.
    pub fn runtime(&self) -> &Runtime {
        &self.serving.runtime
    }

    /// Calls as nobody.
    pub fn anonymous(&self) -> Channel {
        self.with(Credentials::anonymous())
    }

    /// Calls with a token as it is.
    pub fn bearer(&self, token: impl Into<String>) -> Channel {
        self.with(Credentials::bearer(token))
    }

    /// Calls as a member of staff who signed in with two factors just now.
    pub fn person(&self, id: &str, section: &str, roles: &[Role]) -> Channel {
        self.bearer(self.person_token(id, section, roles))
    }

    /// The token behind [`TestProcess::person`].
    pub fn person_token(&self, id: &str, section: &str, roles: &[Role]) -> String {
        let now = self.clock.now();
        self.claims(id, section, roles, now).mint(&self.people)
    }

    /// Calls as a member of staff who has verified one category and no more.
    pub fn weak_person(&self, id: &str, section: &str, roles: &[Role]) -> Channel {
        let mut claims = self.claims(id, section, roles, self.clock.now());
        "urn:sekisho:aal1".clone_into(&mut claims.acr);
        self.bearer(claims.mint(&self.people))
    }

    /// Calls as a machine: an enforcement point.
    pub fn workload(&self, name: &str) -> Channel {
        self.machine(Actor::Workload(name.to_owned()))
    }

    /// The token behind [`TestProcess::workload`].
    pub fn workload_token(&self, name: &str) -> String {
        let actor = Actor::Workload(name.to_owned());
        self.serving.workload_key.mint(&actor, self.clock.now())
    }

    /// Calls as another service of the platform.
    pub fn service(&self, name: ServiceName) -> Channel {
        self.machine(Actor::Service(name.as_str().to_owned()))
    }

    /// Stops the services and starts them again on the same data, after what is done to it while they rest.
    /// They answer elsewhere then.
    pub async fn restarted(
        self,
        services: &[(ServiceName, Start)],
        meanwhile: impl FnOnce(&Config),
    ) -> Self {
        let Self {
            clock,
            neighbours,
            serving,
            people,
            issuer,
            _directory,
        } = self;
        let config = serving.runtime.config.clone();
        serving.runtime.readiness.stop();
        serving.runtime.tasks.stop().await;
        // With it goes its lock on the data directory.
        drop(serving);
        meanwhile(&config);
        let serving = serve(Config::clone(&config), &clock, services).await;
        Self {
            clock,
            neighbours,
            serving,
            people,
            issuer,
            _directory,
        }
    }

    /// Stops everything in order.
    pub async fn stop(self) {
        self.serving.runtime.readiness.stop();
        self.serving.runtime.tasks.stop().await;
        self.neighbours.stop().await;
    }

    fn machine(&self, actor: Actor) -> Channel {
        let clock = Arc::new(self.clock.clone());
        let key = self.serving.workload_key.clone();
        self.with(Credentials::minted(key, actor, clock))
    }

    fn with(&self, credentials: Credentials) -> Channel {
        channel(&self.uri(), credentials).expect("an address")
    }

    fn claims(&self, id: &str, section: &str, roles: &[Role], now: Timestamp) -> PersonClaims {
        let second = now.as_second();
        PersonClaims {
            iss: self.issuer.clone(),
            sub: PersonId::try_new(id).expect("a staff number"),
            aud: auth::AUDIENCE.to_owned(),
            exp: second + 300,
            iat: second,
            auth_time: second,
            acr: "urn:sekisho:aal2".to_owned(),
            amr: vec!["pwd".to_owned(), "otp".to_owned()],
            sid: SessionId::try_new(format!("session-{id}")).expect("a session id"),
            epoch: 0,
            roles: roles.to_vec(),
            section: Some(SectionId::try_new(section).expect("a section")),
            client_id: "test".to_owned(),
            jti: runtime::new_id().to_string(),
        }
    }
}

/// The clause pack of the tests: the built-in one.
pub(crate) fn pack() -> Pack {
    Pack::sendai().expect("the built-in clause pack")
}

pub(crate) fn base_config(data_dir: &Path, prefix: &str) -> Config {
    let mut config = Config::defaults_for_embedded(data_dir);
    config.listen.grpc.set_port(0);
    config.listen.http.set_port(0);
    config.nats.url = Some(Secret::new(shared_nats().to_owned()));
    prefix.clone_into(&mut config.nats.prefix);
    config.shutdown.drain_seconds = 0;
    // Password hashing is tested for what it decides, not for how long it takes.
    config.identity.password_hashing.memory_kib = 1024;
    config.identity.password_hashing.iterations = 1;
    config
}

/// A database of its own per service would be slow to make: one schema prefix per process.
fn use_postgres(config: &mut Config) {
    let options = postgres_options();
    let schema = options.schema.unwrap_or_default();
    config.database.url = Some(Secret::new(options.url));
    config.database.schema_prefix = format!("{schema}_");
    // One for each consumer, and some for everything else.
    config.database.max_connections = 12;
    config.database.migrate = Some(true);
}

fn people_issuer(config: &Config, people: &SigningKey) -> TrustedIssuer {
    let path = config.data_dir.join("people-jwks.json");
    std::fs::write(&path, people.jwks()).expect("the public keys");
    TrustedIssuer {
        issuer: config.identity.issuer.clone(),
        audience: auth::AUDIENCE.to_owned(),
        kind: IssuerKind::People,
        jwks_url: None,
        jwks_file: Some(path),
        algorithms: vec![TokenAlgorithm::Es256],
        jwks_bearer_file: None,
        jwks_ca_file: None,
        subjects: std::collections::BTreeMap::new(),
    }
}

/// A process of these services.
async fn serve(config: Config, clock: &ManualClock, services: &[(ServiceName, Start)]) -> Serving {
    let starts: Vec<_> = services.iter().map(|(_, start)| *start).collect();
    let runtime = Runtime::with(config, pack(), Arc::new(clock.clone()));
    let platform = Platform::open(runtime).await.expect("a platform");
    let serving = shell::serve(platform, &starts).await;
    serving.expect("its services")
}
