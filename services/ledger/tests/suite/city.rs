//! A small city around a ledger process: two sections, an office, their managers, the network
//! manager; and what approvals says.

use std::pin::Pin;

use futures::TryStreamExt as _;
use jiff::Timestamp;
use kernel::Clock as _;
use proto::{
    Event,
    approvals::v1 as approvals,
    identity::v1 as identity,
    journal::v1::{ReadRequest, journal_client::JournalClient},
    ledger::v1::{
        RegisterNetworkRequest, RegisterSystemRequest, System, SystemEntry,
        connections_client::ConnectionsClient, devices_client::DevicesClient,
        import_client::ImportClient, information_entries_client::InformationEntriesClient,
        networks_client::NetworksClient, systems_client::SystemsClient,
    },
    record::Record,
};
use rpc::client::Channel;
use shell::{Platform, StartError};
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, assigned, eventually, eventually_ok};

type Starting<'a> = Pin<Box<dyn Future<Output = Result<rpc::Endpoint, StartError>> + Send + 'a>>;

fn start(platform: &Platform) -> Starting<'_> {
    Box::pin(ledger::start(platform))
}

/// See the module.
pub(crate) struct City {
    pub(crate) process: TestProcess,
}

/// Runs a test on SQLite and then on PostgreSQL.
pub(crate) async fn on_both(test: impl AsyncFn(&City)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let city = City::start(engine).await;
        test(&city).await;
        city.process.stop().await;
    }
}

impl City {
    /// Sections 1301 (with the office 1302) and 1401; their managers S1301 and S1401, the deputy
    /// D1301, the network manager N0001 and a plain member of staff P0001.
    pub(crate) async fn start(engine: Engine) -> Self {
        let process = TestProcess::start(engine, &[(ServiceName::Ledger, start)]).await;
        let city = Self { process };
        city.section("1301", "").await;
        city.section("1302", "1301").await;
        city.section("1401", "").await;
        city.holds("S1301", "1301", Role::InformationManager).await;
        city.holds("D1301", "1301", Role::DeputyInformationManager)
            .await;
        city.holds("S1401", "1401", Role::InformationManager).await;
        city.holds("P0001", "1301", Role::Staff).await;
        // Said last: when the ledger knows this one, it knows them all.
        city.holds("N0001", "1401", Role::NetworkManager).await;
        eventually_ok("the ledger knows the city", async || {
            city.network("NW-KNOWN", 4, false).await
        })
        .await;
        city
    }

    pub(crate) async fn section(&self, id: &str, parent: &str) {
        let event = identity::SectionRecorded {
            section_id: id.to_owned(),
            bureau_id: "1300".to_owned(),
            name: format!("課{id}"),
            parent_section_id: parent.to_owned(),
        };
        self.say(ServiceName::Identity, "section", id, &event).await;
    }

    async fn holds(&self, person: &str, section: &str, role: Role) {
        let post = format!("post-{person}");
        let recorded = identity::PostRecorded {
            post_id: post.clone(),
            title: role.title_ja().to_owned(),
            section_id: section.to_owned(),
            bureau_id: String::new(),
            roles: vec![role.as_str().to_owned()],
        };
        self.say(ServiceName::Identity, "post", &post, &recorded)
            .await;
        let assigned = assigned(&post, person, self.process.clock.now());
        self.say(ServiceName::Identity, "post", &post, &assigned)
            .await;
    }

    pub(crate) async fn say<E: Event>(
        &self,
        service: ServiceName,
        aggregate: &'static str,
        subject: &str,
        event: &E,
    ) {
        let neighbours = &self.process.neighbours;
        neighbours
            .say(service, aggregate, subject, event, &[])
            .await;
    }

    /// The information manager of section 1301 and its office.
    pub(crate) fn manager(&self) -> Channel {
        self.process
            .person("S1301", "1301", &[Role::InformationManager])
    }

    /// The information manager of section 1401.
    pub(crate) fn stranger(&self) -> Channel {
        self.process
            .person("S1401", "1401", &[Role::InformationManager])
    }

    /// The network manager.
    pub(crate) fn network_manager(&self) -> Channel {
        self.process
            .person("N0001", "1401", &[Role::NetworkManager])
    }

    /// A member of staff without a role.
    pub(crate) fn staff(&self) -> Channel {
        self.process.person("P0001", "1301", &[])
    }

    /// The platform, as the command line speaks for it.
    pub(crate) fn platform(&self) -> Channel {
        self.process.service(ServiceName::Approvals)
    }

    pub(crate) fn systems(&self, channel: Channel) -> SystemsClient<Channel> {
        SystemsClient::new(channel)
    }

    pub(crate) fn information(&self, channel: Channel) -> InformationEntriesClient<Channel> {
        InformationEntriesClient::new(channel)
    }

    pub(crate) fn networks(&self, channel: Channel) -> NetworksClient<Channel> {
        NetworksClient::new(channel)
    }

    pub(crate) fn connections(&self, channel: Channel) -> ConnectionsClient<Channel> {
        ConnectionsClient::new(channel)
    }

    pub(crate) fn devices(&self, channel: Channel) -> DevicesClient<Channel> {
        DevicesClient::new(channel)
    }

    pub(crate) fn tables(&self, channel: Channel) -> ImportClient<Channel> {
        ImportClient::new(channel)
            .max_decoding_message_size(16 << 20)
            .max_encoding_message_size(16 << 20)
    }

    /// A network entered by the network manager; `class` as on the wire.
    pub(crate) async fn network(
        &self,
        id: &str,
        class: i32,
        external: bool,
    ) -> Result<(), tonic::Status> {
        let request = RegisterNetworkRequest {
            network_id: id.to_owned(),
            name: format!("網{id}"),
            network_class: class,
            prefectural_security_cloud: false,
            external,
        };
        let mut networks = self.networks(self.network_manager());
        networks.register_network(request).await.map(|_| ())
    }

    /// A system of section 1301, entered by its manager.
    pub(crate) async fn system(&self, id: &str, change: impl FnOnce(&mut SystemEntry)) -> System {
        let mut entry = entry();
        change(&mut entry);
        let request = RegisterSystemRequest {
            system_id: id.to_owned(),
            entry: Some(entry),
        };
        let mut systems = self.systems(self.manager());
        let answer = systems.register_system(request).await.expect("a system");
        answer.into_inner().system.expect("the system")
    }

    pub(crate) async fn get_system(&self, id: &str) -> System {
        let request = proto::ledger::v1::GetSystemRequest {
            system_id: id.to_owned(),
        };
        let mut systems = self.systems(self.staff());
        let answer = systems.get_system(request).await.expect("a system");
        answer.into_inner().system.expect("the system")
    }

    /// A permit, granted now until an instant.
    pub(crate) fn permit(
        &self,
        id: &str,
        kind: &str,
        ends_at: Option<Timestamp>,
    ) -> approvals::Permit {
        approvals::Permit {
            permit_id: id.to_owned(),
            kind: kind.to_owned(),
            applicant_id: "P0001".to_owned(),
            section_id: "1301".to_owned(),
            subject: Some(approvals::PermitSubject::default()),
            starts_at: Some(proto::timestamp(self.process.clock.now())),
            ends_at: ends_at.map(proto::timestamp),
            state: approvals::PermitState::Granted.into(),
            ..approvals::Permit::default()
        }
    }

    pub(crate) async fn granted(&self, permit: &approvals::Permit) {
        let event = approvals::PermitGranted {
            permit: Some(permit.clone()),
        };
        let id = permit.permit_id.as_str();
        self.say(ServiceName::Approvals, "permit", id, &event).await;
    }

    pub(crate) async fn revoked(&self, permit: &approvals::Permit) {
        let event = approvals::PermitRevoked {
            permit: Some(permit.clone()),
        };
        let id = permit.permit_id.as_str();
        self.say(ServiceName::Approvals, "permit", id, &event).await;
    }

    pub(crate) async fn completed(&self, permit: &approvals::Permit) {
        let event = approvals::PermitCompleted {
            permit: Some(permit.clone()),
        };
        let id = permit.permit_id.as_str();
        self.say(ServiceName::Approvals, "permit", id, &event).await;
    }

    /// What the ledger has published about a subject, oldest first.
    pub(crate) async fn published(&self, subject: &str) -> Vec<Record> {
        let request = ReadRequest {
            source: "ledger".to_owned(),
            from: 1,
            limit: 0,
        };
        let mut journal = JournalClient::new(self.process.service(ServiceName::Audit));
        let answer = journal.read(request).await.expect("the journal");
        let batches: Vec<_> = answer
            .into_inner()
            .try_collect()
            .await
            .expect("its records");
        batches
            .iter()
            .flat_map(|batch| &batch.records)
            .map(|bytes| Record::decode(bytes).expect("a record"))
            .filter(|record| record.subject == subject)
            .collect()
    }

    /// Waits until the ledger has published this many events of a type about a subject.
    pub(crate) async fn has_published<E: Event + Default>(
        &self,
        subject: &str,
        count: usize,
    ) -> Vec<E> {
        eventually(
            &format!("{count} {} of {subject}", E::full_name()),
            async || {
                let records = self.published(subject).await;
                let events: Vec<E> = records
                    .iter()
                    .filter_map(|record| record.event::<E>())
                    .map(|event| event.expect("a valid event"))
                    .collect();
                (events.len() >= count).then_some(events)
            },
        )
        .await
    }
}

/// What its owner says of an ordinary system of section 1301 on the Internet network.
pub(crate) fn entry() -> SystemEntry {
    SystemEntry {
        name: "施設予約システム".to_owned(),
        owner_section_id: "1301".to_owned(),
        network_class: proto::common::v1::NetworkClass::Internet.into(),
        ..SystemEntry::default()
    }
}
