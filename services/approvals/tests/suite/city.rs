//! A small city around the service: bureau B1 with sections S1 (head IM1) and S2 (head IM2, owner
//! of the important system SYS-1), its manager BM1; bureau B2, whose manager is the CISO; auditors.

use std::{future::Future, pin::Pin};

use jiff::SignedDuration;
use kernel::Clock;
use proto::{
    approvals::v1::{
        Application, ApplyPermitRequest, CheckPermitRequest, Exception, ExceptionTerms, Permit,
        PermitSubject, exceptions_client::ExceptionsClient, permits_client::PermitsClient,
    },
    common::v1::{InformationClass, NetworkClass, RequestRefused},
    identity::v1::{BureauRecorded, PostRecorded, SectionRecorded},
    journal::v1::{ReadRequest, journal_client::JournalClient},
    ledger::v1::{
        Device, DeviceRegistered, Information, InformationClassified, System, SystemRegistered,
    },
    record::Record,
};
use rpc::client::Channel;
use shell::{Platform, StartError};
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, assigned, eventually, registered};
use tonic::Request;

const IDENTITY: ServiceName = ServiceName::Identity;
const LEDGER: ServiceName = ServiceName::Ledger;

pub(crate) struct City {
    pub(crate) process: TestProcess,
}

fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<rpc::Endpoint, StartError>> + Send + '_>> {
    Box::pin(approvals::start(platform))
}

/// Runs a test on SQLite and then on PostgreSQL.
pub(crate) async fn on_both(test: impl AsyncFn(&City)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let process = TestProcess::start(engine, &[(ServiceName::Approvals, start)]).await;
        let city = City { process };
        city.populate().await;
        test(&city).await;
        city.process.stop().await;
    }
}

/// Post, roles, bureau, section, holder.
const POSTS: [(&str, &[Role], &str, &str, &str); 7] = [
    ("ciso", &[Role::Ciso], "", "", "CISO"),
    ("bm1", &[Role::BureauManager], "B1", "", "BM1"),
    ("bm2", &[Role::BureauManager], "B2", "", "CISO"),
    ("im1", &[Role::InformationManager], "B1", "S1", "IM1"),
    ("im2", &[Role::InformationManager], "B1", "S2", "IM2"),
    ("aud1", &[Role::Auditor], "", "", "AUD1"),
    ("aud2", &[Role::Auditor], "", "", "AUD2"),
];

const PEOPLE: [(&str, &str); 10] = [
    ("A", "S1"),
    ("A2", "S1"),
    ("B", "S2"),
    ("C", "S9"),
    ("IM1", "S1"),
    ("IM2", "S2"),
    ("BM1", "S1"),
    ("CISO", "S9"),
    ("AUD1", "S9"),
    ("AUD2", "S9"),
];

impl City {
    async fn populate(&self) {
        let say = &self.process.neighbours;
        for bureau in ["B1", "B2"] {
            let event = BureauRecorded {
                bureau_id: bureau.into(),
                name: bureau.into(),
                ward: false,
            };
            say.say(IDENTITY, "bureau", bureau, &event, &[]).await;
        }
        for (section, bureau) in [("S1", "B1"), ("S2", "B1"), ("S9", "B2")] {
            let event = SectionRecorded {
                section_id: section.into(),
                bureau_id: bureau.into(),
                name: section.into(),
                parent_section_id: String::new(),
            };
            say.say(IDENTITY, "section", section, &event, &[]).await;
        }
        for (person, section) in PEOPLE {
            let event = registered(person, section, self.process.clock.now());
            say.say(IDENTITY, "person", person, &event, &[]).await;
        }
        for (post, roles, bureau, section, holder) in POSTS {
            let event = PostRecorded {
                post_id: post.into(),
                title: post.into(),
                section_id: section.into(),
                bureau_id: bureau.into(),
                roles: roles.iter().map(ToString::to_string).collect(),
            };
            say.say(IDENTITY, "post", post, &event, &[]).await;
            self.seat(post, holder).await;
        }
        for (system, owner, important) in [("SYS-1", "S2", true), ("SYS-9", "S9", false)] {
            let event = SystemRegistered {
                system: Some(System {
                    system_id: system.into(),
                    name: system.into(),
                    owner_section_id: owner.into(),
                    network_class: NetworkClass::Independent.into(),
                    important,
                    ..System::default()
                }),
            };
            say.say(LEDGER, "system", system, &event, &[]).await;
        }
        let event = InformationClassified {
            information: Some(Information {
                information_id: "INFO-1".into(),
                information_class: InformationClass::I.into(),
                section_id: "S1".into(),
                ..Information::default()
            }),
            ..InformationClassified::default()
        };
        say.say(LEDGER, "information", "INFO-1", &event, &[]).await;
        let event = DeviceRegistered {
            device: Some(Device {
                device_id: "PC-1".into(),
                ..Device::default()
            }),
        };
        say.say(LEDGER, "device", "PC-1", &event, &[]).await;
        // The last word of each neighbour has arrived.
        eventually("the city is known", async || {
            let mut registration = registration();
            let subject = registration.subject.get_or_insert_default();
            subject.device_id = "PC-1".into();
            let request = CheckPermitRequest {
                application: Some(registration),
            };
            let answer = self.permits("AUD2").check_permit(request).await;
            let answer = answer.expect("an answer").into_inner();
            let decided = answer.steps[0].approver_ids == ["IM2"];
            (answer.violations.is_empty() && decided).then_some(())
        })
        .await;
    }

    /// Somebody comes to hold a post.
    pub(crate) async fn seat(&self, post: &str, holder: &str) {
        let event = assigned(post, holder, self.process.clock.now());
        let say = &self.process.neighbours;
        say.say(IDENTITY, "post", post, &event, &[]).await;
    }

    pub(crate) fn permits(&self, person: &str) -> PermitsClient<Channel> {
        PermitsClient::new(self.channel(person))
    }

    pub(crate) fn exceptions(&self, person: &str) -> ExceptionsClient<Channel> {
        ExceptionsClient::new(self.channel(person))
    }

    /// Calls as a person with the roles of the posts they hold.
    fn channel(&self, person: &str) -> Channel {
        let held = POSTS
            .iter()
            .filter(|(_, _, _, _, holder)| *holder == person);
        let roles: Vec<Role> = held.flat_map(|post| post.1.iter().copied()).collect();
        let found = PEOPLE.iter().find(|(one, _)| *one == person);
        let section = found.map_or("S1", |(_, section)| section);
        self.process.person(person, section, &roles)
    }

    pub(crate) fn advance(&self, hours: i64) {
        self.process
            .clock
            .advance(SignedDuration::from_hours(hours));
    }

    pub(crate) fn in_hours(&self, hours: i64) -> Option<prost_types::Timestamp> {
        let then = self.process.clock.now() + SignedDuration::from_hours(hours);
        Some(proto::timestamp(then))
    }

    pub(crate) async fn apply(&self, person: &str, application: Application) -> Permit {
        let request = ApplyPermitRequest {
            application: Some(application),
        };
        let answer = self.permits(person).apply_permit(request).await;
        answer
            .expect("an application")
            .into_inner()
            .permit
            .expect("a permit")
    }

    /// What the service has published so far: event names by subject.
    pub(crate) async fn told(&self, subject: &str) -> Vec<Record> {
        let mut client = JournalClient::new(self.process.service(ServiceName::Audit));
        let request = ReadRequest {
            source: "approvals".into(),
            from: 1,
            limit: 0,
        };
        let mut pages = client.read(request).await.expect("a journal").into_inner();
        let mut records = Vec::new();
        while let Some(page) = pages.message().await.expect("a page") {
            let page = page
                .records
                .iter()
                .map(|bytes| Record::decode(bytes).expect("a record"));
            records.extend(page.filter(|record| record.subject == subject));
        }
        records
    }

    /// The names of what happened to a subject, once so much has: refusals left it as it was.
    pub(crate) async fn names(&self, subject: &str, count: usize) -> Vec<String> {
        let records = eventually("the events are stamped", async || {
            let mut records = self.told(subject).await;
            records.retain(|record| record.event::<RequestRefused>().is_none());
            (records.len() >= count).then_some(records)
        })
        .await;
        let name = |record: &Record| record.kind.rsplit('.').next().unwrap_or("").to_owned();
        records.iter().map(name).collect()
    }
}

pub(crate) fn with_key<T>(message: T, key: &str) -> Request<T> {
    let mut request = Request::new(message);
    let key = key.parse().expect("a header");
    request.metadata_mut().insert("idempotency-key", key);
    request
}

/// Registers the applicant as a user of SYS-1, whose manager is IM2.
pub(crate) fn registration() -> Application {
    Application {
        kind: "user.registration".into(),
        subject: Some(PermitSubject {
            system_id: "SYS-1".into(),
            ..PermitSubject::default()
        }),
        content: [
            ("need".to_owned(), "窓口業務".to_owned()),
            ("usage".to_owned(), "照会".to_owned()),
        ]
        .into(),
        ..Application::default()
    }
}

/// Section S1 may use SYS-1 with one factor.
pub(crate) fn terms(city: &City) -> ExceptionTerms {
    ExceptionTerms {
        clauses: vec!["7-2-(2)-2イ".into()],
        section_ids: vec!["S1".into()],
        system_ids: vec!["SYS-1".into()],
        class_ceiling: InformationClass::Ii.into(),
        ground: "認証装置の故障".into(),
        substitute_measure: "上長の立会い".into(),
        ends_at: city.in_hours(24),
        ..ExceptionTerms::default()
    }
}

pub(crate) fn of(exception: Option<Exception>) -> Exception {
    exception.expect("an exception")
}
