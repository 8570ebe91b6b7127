//! The platform as real processes: started, asked, killed, started again.

mod means;
mod second;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{ExitStatus, Output},
    sync::Arc,
    time::{Duration, Instant},
};

use auth::{PersonClaims, SigningKey, WorkloadKey};
use kernel::{Actor, Clock as _, PersonId, SectionId, SessionId};
use rpc::client::{Channel, Credentials, channel};
use runtime::SystemClock;
use standard::{Role, ServiceName};
use tempfile::TempDir;
use testkit::{
    NatsServer, PostgresServer, Program, eventually, free_port, shared_nats, shared_postgres,
};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{binaries::binary, databases::Databases};

/// How long a process may take to serve, and whatever else is waited for to come: longer than on a
/// busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(20);

/// How long the tokens are good that tests make, in seconds.
const LIFETIME: i64 = 300;

/// A process and what runs in it.
struct Process {
    services: Vec<ServiceName>,
    program: Program,
    grpc: String,
    http: String,
    data: PathBuf,
}

/// What a platform of five processes stands on.
#[derive(Default)]
pub(crate) struct Ground {
    /// A broker that the test may kill; none = the shared one.
    pub(crate) nats: Option<NatsServer>,
    /// Where the services find the broker, if not there.
    pub(crate) nats_url: Option<String>,
    /// A database server that the test may kill; none = the shared one.
    pub(crate) postgres: Option<PostgresServer>,
    /// Where the services find it, if not there.
    pub(crate) postgres_url: Option<String>,
    /// Where services stand for each other; of those not named, where they serve.
    pub(crate) peers: BTreeMap<ServiceName, Peer>,
}

/// A service with something between it and the others.
pub(crate) struct Peer {
    /// Where it answers gRPC.
    pub(crate) serves: String,
    /// Where the others find it.
    pub(crate) found: String,
}

/// A running platform in one of its two shapes. Dropped, nothing of it is left.
pub(crate) struct Platform {
    processes: Vec<Process>,
    pub(crate) databases: Databases,
    pub(crate) workload_key: WorkloadKey,
    people: SigningKey,
    /// The broker, where the test may kill it.
    pub(crate) nats: Option<NatsServer>,
    /// The database server, where the test may kill it.
    pub(crate) postgres: Option<PostgresServer>,
    pub(crate) nats_prefix: String,
    directory: TempDir,
}

impl Platform {
    /// One `sekisho up` with SQLite and a broker of its own as its child.
    pub(crate) async fn embedded(more: &[&str]) -> Self {
        Self::embedded_after(more, async |_, _| ()).await
    }

    /// The same after its program was started and killed as this says, on the same data directory.
    pub(crate) async fn embedded_after(
        more: &[&str],
        before: impl AsyncFnOnce(&mut Program, &Path),
    ) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let data = directory.path().to_owned();
        let (grpc, http) = (address(), address());
        let mut arguments = words(&["up", "--lang", "en", "--log", "warn", "--data"]);
        arguments.push(text(&data));
        arguments.extend(words(&["--grpc", &grpc, "--http", &http]));
        arguments.extend(words(more));
        let mut program = Program::new(&binary("sekisho"), arguments, &data.join("sekisho.log"));
        before(&mut program, &data).await;
        let process = Process {
            services: ServiceName::ALL.to_vec(),
            program,
            grpc: format!("http://{grpc}"),
            http,
            data: data.clone(),
        };
        let databases = Databases::Sqlite(data);
        let ground = Ground::default();
        Self::open(vec![process], databases, ground, String::new(), directory).await
    }

    /// Five processes on PostgreSQL and a broker: the shared one, or one the test may kill.
    pub(crate) async fn cluster(nats: Option<NatsServer>) -> Self {
        Self::cluster_on(Ground {
            nats,
            ..Ground::default()
        })
        .await
    }

    /// Five processes on what is given.
    pub(crate) async fn cluster_on(ground: Ground) -> Self {
        let each: Vec<_> = ServiceName::ALL.iter().map(std::slice::from_ref).collect();
        Self::apart(ground, &each, &[]).await
    }

    /// Processes on what is given: of one service its own program, of several `sekisho up`.
    pub(crate) async fn apart(ground: Ground, processes: &[&[ServiceName]], more: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let name = runtime::new_id().simple().to_string();
        let database_url = ground
            .postgres
            .as_ref()
            .map_or_else(|| shared_postgres().to_owned(), PostgresServer::url);
        let schema_prefix = format!("p{name}_");
        let nats_prefix = format!("p{name}-");
        let nats = ground.nats.as_ref();
        let nats_url = nats.map_or_else(|| shared_nats().to_owned(), NatsServer::url);
        let nats_url = ground.nats_url.clone().unwrap_or(nats_url);
        let found_url = ground.postgres_url.as_ref().unwrap_or(&database_url);
        let serves = |service| ground.peers.get(service).map(|peer| peer.serves.clone());
        let places: Vec<_> = processes
            .iter()
            .map(|services| {
                let grpc = services.first().and_then(serves).unwrap_or_else(address);
                (*services, grpc, address())
            })
            .collect();
        let identity_http = places
            .iter()
            .find(|(services, _, _)| services.contains(&ServiceName::Identity))
            .map(|(_, _, http)| format!("http://{http}"))
            .expect("identity");
        let key = text(&directory.path().join("workload-key.pem"));
        let mut processes = Vec::new();
        for (services, grpc, http) in &places {
            let names: Vec<_> = services.iter().map(|service| service.as_str()).collect();
            let data = directory.path().join(names.join("-"));
            std::fs::create_dir(&data).expect("a directory");
            let (program, mut arguments) = match names.as_slice() {
                [one] => (format!("sekisho-{one}"), Vec::new()),
                several => {
                    let up = ["up", "--lang", "en", "--services", &several.join(",")];
                    ("sekisho".to_owned(), words(&up))
                }
            };
            arguments.extend(words(&["--log", "warn", "--migrate", "--data"]));
            arguments.push(text(&data));
            arguments.extend(words(&["--grpc", grpc, "--http", http]));
            arguments.extend(words(&["--database-url", found_url]));
            arguments.extend(words(&["--schema-prefix", &schema_prefix]));
            arguments.extend(words(&["--nats-url", &nats_url]));
            arguments.extend(words(&["--nats-prefix", &nats_prefix]));
            arguments.extend(words(&["--workload-key", &key]));
            for (peers, grpc, _) in places.iter().filter(|(peers, _, _)| peers != services) {
                for peer in *peers {
                    let grpc = ground.peers.get(peer).map_or(grpc, |peer| &peer.found);
                    arguments.extend(words(&["--peer", &format!("{peer}=http://{grpc}")]));
                }
            }
            if !services.contains(&ServiceName::Identity) {
                arguments.extend(words(&["--identity-http", &identity_http]));
            }
            arguments.extend(words(more));
            let program = Program::new(&binary(&program), arguments, &data.join("log"));
            processes.push(Process {
                services: services.to_vec(),
                program,
                grpc: format!("http://{grpc}"),
                http: http.clone(),
                data,
            });
        }
        let databases = Databases::Postgres {
            url: database_url,
            schema_prefix,
        };
        Self::open(processes, databases, ground, nats_prefix, directory).await
    }

    async fn open(
        processes: Vec<Process>,
        databases: Databases,
        ground: Ground,
        nats_prefix: String,
        directory: TempDir,
    ) -> Self {
        // What the tests ask over HTTP, they ask with the platform's provider of TLS.
        runtime::crypto::install();
        // Made here, so that the tests can speak for anybody without a sign-in.
        let identity = |process: &&Process| process.services.contains(&ServiceName::Identity);
        let data = processes.iter().find(identity).map(|process| &process.data);
        let data = data.expect("identity runs somewhere");
        let key_path = directory.path().join("workload-key.pem");
        let workload_key = WorkloadKey::load_or_create(&key_path).expect("the workload key");
        let people_path = data.join("identity-signing-key.pem");
        let people = SigningKey::load_or_create(&people_path).expect("a signing key");
        let mut platform = Self {
            processes,
            databases,
            workload_key,
            people,
            nats: ground.nats,
            postgres: ground.postgres,
            nats_prefix,
            directory,
        };
        for process in &mut platform.processes {
            process.program.start();
        }
        for process in &platform.processes {
            serves(&process.grpc, &process.program).await;
        }
        platform
    }

    fn process(&self, service: ServiceName) -> &Process {
        let found = self
            .processes
            .iter()
            .find(|process| process.services.contains(&service));
        found.expect("every service runs somewhere")
    }

    /// kill -9 of the process in which a service runs.
    pub(crate) fn kill(&mut self, service: ServiceName) {
        let found = self
            .processes
            .iter_mut()
            .find(|process| process.services.contains(&service));
        found.expect("it runs somewhere").program.kill();
    }

    /// SIGTERM to it; returns how it ended.
    pub(crate) async fn stop(&mut self, service: ServiceName) -> ExitStatus {
        let found = self
            .processes
            .iter_mut()
            .find(|process| process.services.contains(&service));
        found.expect("it runs somewhere").program.stop().await
    }

    /// Starts it again with the same arguments.
    pub(crate) fn start(&mut self, service: ServiceName) {
        let found = self
            .processes
            .iter_mut()
            .find(|process| process.services.contains(&service));
        found.expect("it runs somewhere").program.start();
    }

    /// Returns when it says that it serves.
    ///
    /// # Panics
    /// When it has ended, or does not serve within two minutes.
    pub(crate) async fn ready(&self, service: ServiceName) {
        let process = self.process(service);
        serves(&process.grpc, &process.program).await;
    }

    /// Returns when a process has printed this, for what it does after it serves.
    ///
    /// # Panics
    /// When it has ended, or does not print it within two minutes.
    pub(crate) async fn said(&self, service: ServiceName, words: &str) {
        let process = self.process(service);
        let began = Instant::now();
        while !process.program.log().contains(words) {
            let alive = process.program.is_running() && began.elapsed() < PATIENCE;
            assert!(alive, "{words:?} was not said:\n{}", process.program.log());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// A file of the test's own, gone with the platform.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Where a service answers gRPC.
    pub(crate) fn address(&self, service: ServiceName) -> &str {
        &self.process(service).grpc
    }

    /// A line to a service as nobody.
    pub(crate) fn anonymous(&self, service: ServiceName) -> Channel {
        self.line(service, Credentials::anonymous())
    }

    /// A line to a service with a token as it is.
    pub(crate) fn bearer(&self, service: ServiceName, token: &str) -> Channel {
        self.line(service, Credentials::bearer(token))
    }

    /// A line to a service as a machine or another service.
    pub(crate) fn machine(&self, service: ServiceName, actor: Actor) -> Channel {
        let key = self.workload_key.clone();
        self.line(
            service,
            Credentials::minted(key, actor, Arc::new(SystemClock)),
        )
    }

    fn line(&self, service: ServiceName, credentials: Credentials) -> Channel {
        channel(self.address(service), credentials).expect("an address")
    }

    /// An access token of a member of staff with these roles, good for five minutes.
    pub(crate) fn token(&self, person: &str, section: &str, roles: &[Role]) -> String {
        self.claims(person, section, roles, 0).mint(&self.people)
    }

    /// The same, over since so many seconds.
    pub(crate) fn ended_token(
        &self,
        person: &str,
        section: &str,
        roles: &[Role],
        since: i64,
    ) -> String {
        let ago = LIFETIME + since;
        self.claims(person, section, roles, ago).mint(&self.people)
    }

    fn claims(&self, person: &str, section: &str, roles: &[Role], ago: i64) -> PersonClaims {
        let issued = SystemClock.now().as_second() - ago;
        PersonClaims {
            iss: "urn:sekisho:identity".to_owned(),
            sub: PersonId::try_new(person).expect("a staff number"),
            aud: auth::AUDIENCE.to_owned(),
            exp: issued + LIFETIME,
            iat: issued,
            auth_time: issued,
            acr: "urn:sekisho:aal2".to_owned(),
            amr: vec!["pwd".to_owned(), "otp".to_owned()],
            sid: SessionId::try_new(format!("session-{person}")).expect("a session id"),
            epoch: 0,
            roles: roles.to_vec(),
            section: Some(SectionId::try_new(section).expect("a section")),
            client_id: "test".to_owned(),
            jti: runtime::new_id().to_string(),
        }
    }

    /// `sekisho COMMAND` against this platform, to be run.
    pub(crate) fn command(&self, command: &[&str], more: &[&str]) -> tokio::process::Command {
        let mut line = tokio::process::Command::new(binary("sekisho"));
        line.args(command)
            .args(["--lang", "en", "--data"])
            .arg(self.directory.path());
        match self.processes.as_slice() {
            [all] => drop(line.args(["--address", &all.grpc])),
            _ => {
                for service in ServiceName::ALL {
                    line.arg("--at")
                        .arg(format!("{service}={}", self.address(*service)));
                }
            }
        }
        line.args(more).kill_on_drop(true);
        line
    }

    /// Runs `sekisho COMMAND` against this platform to its end.
    ///
    /// # Panics
    /// When it does not end well.
    pub(crate) async fn sekisho(&self, command: &[&str], more: &[&str]) -> String {
        let mut line = self.command(command, more);
        let Output {
            status,
            stdout,
            stderr,
        } = line.output().await.expect("sekisho runs");
        let (told, wrong) = (
            String::from_utf8_lossy(&stdout).into_owned(),
            String::from_utf8_lossy(&stderr).into_owned(),
        );
        assert!(
            status.success(),
            "sekisho {command:?}: {status}\n{told}\n{wrong}\n{}",
            self.logs()
        );
        told
    }

    /// Stops every process at once and hands the files over.
    pub(crate) fn halt(mut self) -> TempDir {
        for process in &mut self.processes {
            process.program.kill();
        }
        self.directory
    }

    /// What the processes have said, for a test that fails.
    pub(crate) fn logs(&self) -> String {
        let tail = |process: &Process| {
            let log = process.program.log();
            let lines: Vec<_> = log.lines().collect();
            let from = lines.len().saturating_sub(30);
            format!("--- {:?}\n{}", process.services, lines[from..].join("\n"))
        };
        let tails: Vec<_> = self.processes.iter().map(tail).collect();
        tails.join("\n")
    }

    /// Waits for something that every process but a dead one brings about.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let logs = LogsOnPanic(self);
        let found = eventually(what, look).await;
        drop(logs);
        found
    }
}

/// Returns when a program that answers gRPC there says that it serves.
async fn serves(address: &str, program: &Program) {
    let line = channel(address, Credentials::anonymous()).expect("an address");
    let began = Instant::now();
    loop {
        let request = HealthCheckRequest::default();
        let answer = HealthClient::new(line.clone()).check(request).await;
        if answer.is_ok_and(|a| a.into_inner().status() == ServingStatus::Serving) {
            return;
        }
        let alive = program.is_running() && began.elapsed() < PATIENCE;
        assert!(alive, "it does not serve:\n{}", program.log());
        tokio::time::sleep(LOOK).await;
    }
}

/// Shows the logs when the test fails while this is held.
struct LogsOnPanic<'a>(&'a Platform);

impl Drop for LogsOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0.logs());
        }
    }
}

fn address() -> String {
    format!("127.0.0.1:{}", free_port())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn text(path: &Path) -> String {
    path.to_str()
        .expect("a path of plain characters")
        .to_owned()
}
