//! A small city: bureau `b1` with sections `s1`, `s2` and the third-class office `s1-1`, bureau `b2`
//! with section `s3`, and the people of the chain.

use std::collections::BTreeMap;

use kernel::{Clock as _, ManualClock};
use proto::{
    Event,
    identity::v1 as identity,
    incidents::v1::{self as wire, incidents_client::IncidentsClient},
    journal::v1::{ReadRequest, journal_client::JournalClient},
    ledger::v1 as ledger,
    record::Record,
};
use rpc::client::Channel;
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, assigned, eventually, eventually_ok, registered};
use tonic::{Request, Status};

pub(super) type Client = IncidentsClient<Channel>;

/// Person, section, role of the post they hold, bureau or section the post sits in.
const PEOPLE: [(&str, &str, &[Role], &str); 11] = [
    ("clerk", "s1", &[], ""),
    ("im1", "s1", &[Role::InformationManager], "s1"),
    ("im2", "s2", &[Role::InformationManager], "s2"),
    ("im3", "s3", &[Role::InformationManager], "s3"),
    ("bm", "s1", &[Role::BureauManager], "b1"),
    ("bm2", "s3", &[Role::BureauManager], "b2"),
    ("cm", "s2", &[Role::CsirtManager], "s2"),
    ("chief", "s3", &[Role::CsirtChief], ""),
    ("ciso", "s3", &[Role::Ciso], ""),
    ("auditor", "s3", &[Role::Auditor], ""),
    ("clerk3", "s3", &[], ""),
];

pub(super) struct City {
    pub(super) process: TestProcess,
}

/// Runs a test in a city on SQLite and then in another on PostgreSQL.
pub(super) async fn on_both(test: impl AsyncFn(&City)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let city = City::found(engine).await;
        test(&city).await;
        city.process.stop().await;
    }
}

impl City {
    async fn found(engine: Engine) -> Self {
        let start: shell::Start = |platform| Box::pin(incidents::start(platform));
        let process =
            TestProcess::start_configured(engine, &[(ServiceName::Incidents, start)], |config| {
                config.incidents.machines = vec!["siem".to_owned()];
            })
            .await;
        let city = Self { process };
        city.organise().await;
        city.register("sys-1", "s2", true).await;
        city.register("sys-2", "s2", false).await;
        city.settle().await;
        city
    }

    /// What identity says of the organisation.
    async fn organise(&self) {
        for bureau in ["b1", "b2"] {
            let event = identity::BureauRecorded {
                bureau_id: bureau.to_owned(),
                name: bureau.to_owned(),
                ward: false,
            };
            self.say(ServiceName::Identity, "bureau", bureau, &event)
                .await;
        }
        for (section, bureau, parent) in [
            ("s1", "b1", ""),
            ("s1-1", "b1", "s1"),
            ("s2", "b1", ""),
            ("s3", "b2", ""),
        ] {
            let event = identity::SectionRecorded {
                section_id: section.to_owned(),
                bureau_id: bureau.to_owned(),
                name: section.to_owned(),
                parent_section_id: parent.to_owned(),
            };
            self.say(ServiceName::Identity, "section", section, &event)
                .await;
        }
        for (person, section, roles, seat) in PEOPLE {
            let event = registered(person, section, self.process.clock.now());
            self.say(ServiceName::Identity, "person", person, &event)
                .await;
            if !roles.is_empty() {
                self.seat(person, roles, seat).await;
            }
        }
        let event = registered("last", "s1", self.process.clock.now());
        self.say(ServiceName::Identity, "person", "last", &event)
            .await;
    }

    async fn seat(&self, person: &str, roles: &[Role], seat: &str) {
        let post = format!("post-{person}");
        let at = |kind: char| {
            if seat.starts_with(kind) {
                seat.to_owned()
            } else {
                String::new()
            }
        };
        let event = identity::PostRecorded {
            post_id: post.clone(),
            title: post.clone(),
            section_id: at('s'),
            bureau_id: at('b'),
            roles: roles.iter().map(ToString::to_string).collect(),
        };
        self.say(ServiceName::Identity, "post", &post, &event).await;
        let event = assigned(&post, person, self.process.clock.now());
        self.say(ServiceName::Identity, "post", &post, &event).await;
    }

    /// What the ledger says of a system.
    pub(super) async fn register(&self, system: &str, owner: &str, important: bool) {
        let mut registered = ledger::System {
            system_id: system.to_owned(),
            name: system.to_owned(),
            owner_section_id: owner.to_owned(),
            important,
            ..ledger::System::default()
        };
        registered.set_network_class(proto::common::v1::NetworkClass::Lgwan);
        let event = ledger::SystemRegistered {
            system: Some(registered),
        };
        self.say(ServiceName::Ledger, "system", system, &event)
            .await;
    }

    /// Waits until all of it is known: only then the last system can be named by the last person,
    /// for their own section.
    async fn settle(&self) {
        eventually_ok("the city is known", async || {
            let mut client = self.client("last");
            let report = wire::ReportIncidentRequest {
                section_id: String::new(),
                system_id: "sys-2".to_owned(),
                ..report("市が知られた")
            };
            let mut request = Request::new(report);
            let key = "settled".parse().expect("a key");
            request.metadata_mut().insert("idempotency-key", key);
            client.report_incident(request).await
        })
        .await;
    }

    pub(super) async fn say<E: Event>(
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

    /// A client of somebody in the list, with the roles their post gives them.
    pub(super) fn client(&self, who: &str) -> Client {
        let known: BTreeMap<_, _> = PEOPLE
            .iter()
            .map(|(person, section, roles, _)| (*person, (*section, *roles)))
            .collect();
        let (section, roles) = known.get(who).copied().unwrap_or(("s1", &[]));
        let mut roles = roles.to_vec();
        roles.push(Role::Staff);
        // The head of a section that owns an important system.
        if who == "im2" {
            roles.push(Role::SystemManager);
        }
        IncidentsClient::new(self.process.person(who, section, &roles))
    }

    pub(super) fn clock(&self) -> &ManualClock {
        &self.process.clock
    }

    /// A fresh incident about `s1` and the important system `sys-1`, reported by the clerk.
    pub(super) async fn reported(&self) -> wire::Incident {
        let answer = self.client("clerk").report_incident(report("改ざん")).await;
        let incident = answer.expect("a report").into_inner().incident;
        incident.expect("the incident")
    }

    /// The incident as the CISO sees it.
    pub(super) async fn look(&self, id: &str) -> Result<wire::Incident, Status> {
        let request = wire::GetIncidentRequest {
            incident_id: id.to_owned(),
        };
        let answer = self.client("ciso").get_incident(request).await?;
        Ok(answer.into_inner().incident.expect("the incident"))
    }

    /// What this service has published about an incident so far, in order.
    pub(super) async fn published(&self, id: &str) -> Vec<Record> {
        let channel = self.process.service(ServiceName::Audit);
        let request = ReadRequest {
            source: ServiceName::Incidents.to_string(),
            from: 1,
            limit: 0,
        };
        let answer = JournalClient::new(channel).read(request).await;
        let mut pages = answer.expect("the journal").into_inner();
        let mut records = Vec::new();
        while let Some(page) = pages.message().await.expect("a page") {
            let read = |bytes: &_| Record::decode(bytes).expect("a record");
            records.extend(page.records.iter().map(|bytes| read(&bytes[..])));
        }
        records.retain(|record| record.subject == id);
        records
    }

    /// Waits for a published event of an incident.
    pub(super) async fn hears<E: Event + Default>(&self, id: &str) -> (Record, E) {
        eventually(&E::full_name(), async || {
            let records = self.published(id).await;
            records.into_iter().find_map(|record| {
                let event = record.event::<E>()?.expect("the event");
                Some((record, event))
            })
        })
        .await
    }
}

/// A report about `s1` and the important system `sys-1`.
pub(super) fn report(title: &str) -> wire::ReportIncidentRequest {
    wire::ReportIncidentRequest {
        title: title.to_owned(),
        origin: wire::ReportOrigin::Staff.into(),
        section_id: "s1".to_owned(),
        system_id: "sys-1".to_owned(),
        person_id: String::new(),
        description: "トップページが書き換えられている".to_owned(),
        noticed_at: None,
    }
}

pub(super) fn findings(id: &str, grave: bool) -> wire::RecordInvestigationRequest {
    wire::RecordInvestigationRequest {
        incident_id: id.to_owned(),
        findings: Some(wire::Investigation {
            what_happened: "改ざん".to_owned(),
            cause: "脆弱性".to_owned(),
            damage_and_scope: "1ページ".to_owned(),
        }),
        grave_outside_harm: grave,
    }
}

pub(super) fn acknowledge(id: &str) -> wire::AcknowledgeReportRequest {
    wire::AcknowledgeReportRequest {
        incident_id: id.to_owned(),
    }
}

pub(super) fn suspend(id: &str, system: &str) -> wire::SuspendSystemRequest {
    wire::SuspendSystemRequest {
        incident_id: id.to_owned(),
        system_id: system.to_owned(),
        reason: "拡大防止".to_owned(),
    }
}

pub(super) fn resume(id: &str, system: &str) -> wire::ResumeSystemRequest {
    wire::ResumeSystemRequest {
        incident_id: id.to_owned(),
        system_id: system.to_owned(),
        reason: "確認済み".to_owned(),
    }
}

/// The codes of the steps not done yet.
pub(super) fn open(incident: &wire::Incident) -> Vec<&str> {
    let chain = incident.chain.iter().filter(|step| step.done_at.is_none());
    chain.map(|step| step.step.as_str()).collect()
}
