//! Row 4: changing a system in the ledger, against its SQL by itself.

mod bare;

use std::sync::Arc;

use kernel::{Actor, Clock as _, Context, SystemId};
use ledger::store::{Migrator, Systems};
use ledger_domain::system::{Command, Entry, Facts};
use proto::{
    common::v1 as common,
    identity::v1 as identity,
    ledger::v1::{
        ChangeSystemRequest, RegisterSystemRequest, SystemEntry, systems_client::SystemsClient,
    },
};
use rpc::client::Channel;
use runtime::SystemClock;
use shell::Start;
use standard::{NetworkClass, Role, ServiceName};
use store::{Request, Store};
use testkit::{Engine, TestProcess, assigned, eventually_ok};

use crate::{
    engine,
    measure::{Compared, ROUNDS, SPAN, load},
    table::{Goal, Line},
};
use bare::Bare;

/// Commands under way at a time, each on systems of its caller's own.
pub(crate) const IN_FLIGHT: usize = 8;
const SECTION: &str = "1301";
const MANAGER: &str = "S1301";

pub(crate) async fn row() -> Vec<Line> {
    let mut lines = Vec::new();
    for engine in engine::BOTH {
        let city = City::start(engine).await;
        let (_files, database) = engine::database::<Migrator>(engine).await;
        let store = Arc::new(Store::new(database, "ledger"));
        for n in 0..IN_FLIGHT {
            register(&store, &system(n)).await;
        }
        let bare = Arc::new(Bare::new(store.database(), &system(0)).await);
        let (mut whole, mut only_store) = (Compared::default(), Compared::default());
        for round in 0..=ROUNDS {
            let span = if round == 0 { SPAN / 4 } else { SPAN };
            let over_grpc = city.load(span).await;
            let in_store = {
                let store = Arc::clone(&store);
                let call = move |caller: usize, count: u64| {
                    let store = Arc::clone(&store);
                    async move { change(&store, &system(caller), count).await }
                };
                load(IN_FLIGHT, span, call).await.per_second
            };
            let in_sql = {
                let bare = Arc::clone(&bare);
                let call = move |caller: usize, _| {
                    let bare = Arc::clone(&bare);
                    async move { bare.transact(&system(caller)).await }
                };
                load(IN_FLIGHT, span, call).await.per_second
            };
            if round > 0 {
                whole.by(over_grpc, in_sql);
                only_store.by(in_store, in_sql);
            }
        }
        city.process.stop().await;
        let name = engine::name(engine);
        lines.push(Line::ratio(
            4,
            format!("a whole command over gRPC, {name}, {IN_FLIGHT} in flight; its SQL by sqlx"),
            whole,
            "/s",
            Goal::AtLeast(0.35),
        ));
        lines.push(Line::ratio(
            4,
            format!("store::execute alone, {name}; its SQL by sqlx"),
            only_store,
            "/s",
            Goal::AtLeast(0.7),
        ));
    }
    lines
}

fn system(n: usize) -> String {
    format!("SYS-{n}")
}

/// Two names in turn, so that every command changes something.
fn title(count: u64) -> &'static str {
    ["施設予約システム", "施設予約サービス"][(count % 2) as usize]
}

fn entry(name: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        owner_section: SECTION.parse().expect("an id"),
        network_class: NetworkClass::Internet,
        cloud: false,
        telework: false,
        personal_information: false,
        used_by: Default::default(),
        outage_impact: None,
        discretion: None,
    }
}

fn request() -> Request {
    let actor = Actor::Service("ledger".to_owned());
    let id = runtime::new_id().to_string();
    Context::new(actor, SystemClock.now(), id).into()
}

async fn register(store: &Store, id: &str) {
    let command = Command::Register {
        id: SystemId::try_new(id).expect("an id"),
        entry: entry("始まり"),
    };
    execute(store, id, &command).await;
}

async fn change(store: &Store, id: &str, count: u64) {
    let entry = entry(title(count));
    execute(store, id, &Command::Change { entry }).await;
}

async fn execute(store: &Store, id: &str, command: &Command) {
    let facts = Facts::default();
    let done = store
        .execute::<Systems>(id, command, &facts, &request())
        .await;
    done.unwrap_or_else(|failure| panic!("{id}: {failure}"));
}

/// A ledger process in which one manager keeps a few systems.
struct City {
    process: TestProcess,
    client: SystemsClient<Channel>,
}

impl City {
    async fn start(engine: Engine) -> Self {
        let start: Start = |platform| Box::pin(ledger::start(platform));
        let process = TestProcess::start(engine, &[(ServiceName::Ledger, start)]).await;
        let section = identity::SectionRecorded {
            section_id: SECTION.to_owned(),
            bureau_id: "1300".to_owned(),
            name: "施設課".to_owned(),
            parent_section_id: String::new(),
        };
        let post = identity::PostRecorded {
            post_id: "post".to_owned(),
            title: "課長".to_owned(),
            section_id: SECTION.to_owned(),
            bureau_id: String::new(),
            roles: vec![Role::InformationManager.as_str().to_owned()],
        };
        let assigned = assigned("post", MANAGER, process.clock.now());
        let (said, to) = (&process.neighbours, ServiceName::Identity);
        said.say(to, "section", SECTION, &section, &[]).await;
        said.say(to, "post", "post", &post, &[]).await;
        said.say(to, "post", "post", &assigned, &[]).await;
        let client =
            SystemsClient::new(process.person(MANAGER, SECTION, &[Role::InformationManager]));
        for n in 0..IN_FLIGHT {
            eventually_ok("the ledger knows the manager", async || {
                let request = RegisterSystemRequest {
                    system_id: system(n),
                    entry: Some(on_wire("始まり")),
                };
                client.clone().register_system(request).await
            })
            .await;
        }
        Self { process, client }
    }

    async fn load(&self, span: std::time::Duration) -> f64 {
        let client = self.client.clone();
        let call = move |caller: usize, count: u64| {
            let mut client = client.clone();
            async move {
                let request = ChangeSystemRequest {
                    system_id: system(caller),
                    entry: Some(on_wire(title(count))),
                };
                client.change_system(request).await.expect("a change");
            }
        };
        load(IN_FLIGHT, span, call).await.per_second
    }
}

fn on_wire(name: &str) -> SystemEntry {
    SystemEntry {
        name: name.to_owned(),
        owner_section_id: SECTION.to_owned(),
        network_class: common::NetworkClass::Internet.into(),
        ..SystemEntry::default()
    }
}
