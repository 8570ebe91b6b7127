//! Permits become entitlements, and the machines that ask for decisions are registered.

use async_nats::{
    HeaderMap, header,
    jetstream::{self, consumer, stream},
};
use futures::StreamExt as _;
use jiff::SignedDuration;
use kernel::{Actor, Clock as _, Context};
use proto::{
    approvals::v1 as approvals,
    common::v1::AccessPath,
    common::v1::ImportMode,
    identity::v1 as wire,
    record::{self, Outgoing},
    timestamp,
};
use sha2::{Digest as _, Sha256};
use standard::ServiceName;
use testkit::{Engine, NatsServer, eventually, eventually_ok, refused};
use wire::enforcement_points_client::EnforcementPointsClient;

use crate::{
    journal::said,
    town::{Town, in_both},
};

pub(crate) fn permit(town: &Town, id: &str, effect: &str, hours: Option<i64>) -> approvals::Permit {
    let end = |hours| timestamp(town.now() + SignedDuration::from_hours(hours));
    approvals::Permit {
        permit_id: id.to_owned(),
        kind: "user.registration".to_owned(),
        applicant_id: "S1".to_owned(),
        subject: Some(approvals::PermitSubject {
            system_id: "SYS-1".to_owned(),
            ..approvals::PermitSubject::default()
        }),
        starts_at: Some(timestamp(town.now())),
        ends_at: hours.map(end),
        effect: effect.to_owned(),
        ..approvals::Permit::default()
    }
}

/// The same for somebody named.
pub(crate) fn permit_for(town: &Town, person: &str, id: &str, effect: &str) -> approvals::Permit {
    let mut permit = permit(town, id, effect, Some(4));
    permit.subject.get_or_insert_default().person_id = person.to_owned();
    permit
}

pub(crate) async fn granted(town: &Town, permit: approvals::Permit) {
    let id = permit.permit_id.clone();
    let event = approvals::PermitGranted {
        permit: Some(permit),
    };
    let neighbours = &town.process.neighbours;
    neighbours
        .say(
            ServiceName::Approvals,
            "permit",
            &id,
            &event,
            &["7-2-(1)-2"],
        )
        .await;
}

async fn listed(town: &Town) -> Vec<wire::Entitlement> {
    let request = wire::ListEntitlementsRequest {
        person_id: "S1".to_owned(),
        ..wire::ListEntitlementsRequest::default()
    };
    let page = town
        .entitlements()
        .list_entitlements(request)
        .await
        .expect("a page");
    page.into_inner().entitlements
}

pub(crate) async fn listed_as(town: &Town, permits: &[&str]) -> Vec<wire::Entitlement> {
    eventually("the entitlements follow the permits", async || {
        let listed = listed(town).await;
        let ids: Vec<_> = listed.iter().map(|one| one.permit_id.as_str()).collect();
        (ids == permits).then_some(listed)
    })
    .await
}

#[tokio::test]
async fn a_granted_permit_becomes_an_entitlement_and_ends_with_it_7_2_1_1() {
    in_both(async |town| {
        granted(town, permit(town, "p0", "", None)).await;
        granted(town, permit(town, "p1", "entitlement", None)).await;
        let first = listed_as(town, &["p1"]).await;
        assert_eq!(first[0].kind(), wire::EntitlementKind::Use);
        assert_eq!(first[0].ends_at, None);
        granted(town, permit(town, "p2", "entitlement", Some(24))).await;
        listed_as(town, &["p1", "p2"]).await;
        let revoked = approvals::PermitRevoked {
            permit: Some(permit(town, "p1", "entitlement", None)),
        };
        let neighbours = &town.process.neighbours;
        let source = ServiceName::Approvals;
        neighbours
            .say(source, "permit", "p1", &revoked, &["7-2-(1)-1"])
            .await;
        listed_as(town, &["p2"]).await;
        let completed = approvals::PermitCompleted {
            permit: Some(permit(town, "p2", "entitlement", None)),
        };
        neighbours
            .say(source, "permit", "p2", &completed, &["7-2-(1)-1"])
            .await;
        listed_as(town, &[]).await;
        let events = said::<wire::EntitlementGranted>(town).await;
        let permits: Vec<_> = events
            .iter()
            .map(|event| event.permit_id.as_str())
            .collect();
        assert_eq!(permits, ["p1", "p2"], "each granted once");
    })
    .await;
}

/// What is told of together is decided together, and in order all the same.
#[tokio::test]
async fn permits_heard_of_together_take_effect_in_the_order_they_were_told_7_2_1_1() {
    in_both(async |town| {
        let ids: Vec<String> = (10..30).map(|number| format!("p{number}")).collect();
        for (number, id) in ids.iter().enumerate() {
            granted(town, permit(town, id, "entitlement", None)).await;
            if number % 2 == 0 {
                let revoked = approvals::PermitRevoked {
                    permit: Some(permit(town, id, "entitlement", None)),
                };
                let (neighbours, source) = (&town.process.neighbours, ServiceName::Approvals);
                neighbours
                    .say(source, "permit", id, &revoked, &["7-2-(1)-1"])
                    .await;
            }
        }
        let live: Vec<&str> = ids.iter().skip(1).step_by(2).map(String::as_str).collect();
        listed_as(town, &live).await;
        let events = said::<wire::EntitlementGranted>(town).await;
        let granted: Vec<_> = events.iter().map(|event| &event.permit_id).collect();
        assert_eq!(granted, ids.iter().collect::<Vec<_>>());
        let ended = said::<wire::EntitlementEnded>(town).await;
        assert_eq!(ended.len(), ids.len() / 2);
    })
    .await;
}

/// Somebody who can write to the broker and to nothing else.
struct Outsider {
    jetstream: jetstream::Context,
    stream: stream::Stream,
    subject: String,
}

impl Outsider {
    async fn at(town: &Town, broker: &str) -> Self {
        let client = async_nats::connect(broker).await;
        let topology = bus::Topology::new(town.process.runtime().config.nats.prefix.clone());
        let kind = "sekisho.approvals.v1.PermitGranted";
        let jetstream = jetstream::new(client.expect("the broker"));
        let stream = eventually_ok("the consumer's stream", async || {
            jetstream.get_stream(topology.stream("approvals")).await
        })
        .await;
        Self {
            jetstream,
            stream,
            subject: topology.subject("approvals", "permit", kind),
        }
    }

    /// Everything in the stream has been handed to whoever listens there.
    async fn was_heard(&self) {
        eventually("all of it was heard", async || {
            let consumers: Vec<_> = self.stream.consumers().collect().await;
            let heard = |one: &Result<consumer::Info, _>| {
                one.as_ref().is_ok_and(|info| info.num_pending == 0)
            };
            (!consumers.is_empty() && consumers.iter().all(heard)).then_some(())
        })
        .await;
    }

    async fn publishes(&self, id: &str, bytes: &[u8]) {
        let mut headers = HeaderMap::new();
        headers.insert(header::NATS_MESSAGE_ID, id);
        eventually_ok("the broker's word", async || {
            let (subject, headers) = (self.subject.clone(), headers.clone());
            let sent = self
                .jetstream
                .publish_with_headers(subject, headers, bytes.to_vec().into());
            sent.await?.await
        })
        .await;
    }
}

/// What approvals has said so far, as it went to the broker.
async fn said_by_approvals(town: &Town, count: usize) -> Vec<Vec<u8>> {
    let database = town.process.neighbours.store(ServiceName::Approvals);
    eventually("the relay has stamped it", async || {
        let records = database.database().records(1, 100).await.expect("records");
        (records.len() == count).then_some(records)
    })
    .await
}

/// A record that fits in every respect, and that approvals has never said.
fn forged(town: &Town, position: u64, before: &[u8]) -> Vec<u8> {
    let event = approvals::PermitGranted {
        permit: Some(permit(town, "forged", "privileged_grant", Some(4))),
    };
    let actor = Actor::Service("approvals".to_owned());
    let context = Context::new(actor, town.process.clock.now(), "forged");
    let outgoing = Outgoing::new(&event, []);
    let mut bytes = record::draft(
        "approvals",
        runtime::new_id(),
        "forged",
        &outgoing,
        &context,
    );
    record::finish(&mut bytes, position, &Sha256::digest(before).into());
    bytes
}

// The process listens at a broker to which nobody but the outsider publishes: what is true it fetches.
#[tokio::test]
async fn attack_17_what_is_forged_or_replayed_on_the_broker_grants_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let broker = NatsServer::start();
        let url = broker.url();
        let town = Town::configured(engine, |config| {
            config.nats.url = Some(runtime::Secret::new(url.clone()));
        })
        .await;
        granted(&town, permit(&town, "p1", "entitlement", None)).await;
        listed_as(&town, &["p1"]).await;
        let revoked = approvals::PermitRevoked {
            permit: Some(permit(&town, "p1", "entitlement", None)),
        };
        let neighbours = &town.process.neighbours;
        let source = ServiceName::Approvals;
        neighbours
            .say(source, "permit", "p1", &revoked, &["7-2-(1)-1"])
            .await;
        listed_as(&town, &[]).await;

        let records = said_by_approvals(&town, 2).await;
        let outsider = Outsider::at(&town, &url).await;
        // Under the id it had, in other spellings of it that the broker takes for new, and under none.
        for id in ["approvals:1", "approvals:01", "approvals:3", "again"] {
            outsider.publishes(id, &records[0]).await;
        }
        let lie = forged(&town, 3, &records[1]);
        for id in ["approvals:03", "lie"] {
            outsider.publishes(id, &lie).await;
        }
        granted(&town, permit(&town, "p2", "entitlement", None)).await;
        listed_as(&town, &["p2"]).await;
        outsider.was_heard().await;
        let events = said::<wire::EntitlementGranted>(&town).await;
        let permits: Vec<_> = events.iter().map(|one| one.permit_id.as_str()).collect();
        assert_eq!(permits, ["p1", "p2"], "each granted once");
        let privileges = said::<wire::PrivilegedGrantStarted>(&town).await;
        assert_eq!(privileges, []);
        town.process.stop().await;
    }
}

#[tokio::test]
async fn a_permit_that_can_grant_nothing_any_more_says_so_7_2_9_1() {
    in_both(async |town| {
        town.later(2 * 24 * 3600);
        let today = standard::jst_date(town.now());
        let yesterday = today.yesterday().expect("a day");
        let table = format!("職員番号,氏名,所属コード,退職日\nS1,青葉 花子,tax,{yesterday}\n");
        let left = town.import(wire::TableKind::Staff, &table).await;
        assert_eq!((&left.errors[..], left.changed), (&[][..], 1));
        granted(town, permit(town, "p1", "entitlement", None)).await;
        let told = eventually("what became of the permit", async || {
            said::<wire::PermitNotCarriedOut>(town).await.pop()
        })
        .await;
        assert_eq!(told.permit_id, "p1");
        assert_eq!(told.code, "grant_person_not_in_service");
        listed_as(town, &[]).await;
    })
    .await;
}

#[tokio::test]
async fn a_privileged_grant_ends_after_hours_whatever_the_permit_says_7_2_8_1a() {
    in_both(async |town| {
        granted(town, permit(town, "p1", "privileged_grant", Some(1_000))).await;
        let listed = listed_as(town, &["p1"]).await;
        let end = town.now() + SignedDuration::from_hours(8);
        assert_eq!(listed[0].kind(), wire::EntitlementKind::Privileged);
        assert_eq!(listed[0].ends_at, Some(timestamp(end)));
        town.later(8 * 3600);
        listed_as(town, &[]).await;
    })
    .await;
}

#[tokio::test]
async fn an_imported_register_of_users_is_ended_by_hand() {
    in_both(async |town| {
        let table = "職員番号,システム番号,終了日\nS1,SYS-1,令和8年12月31日\nnobody,SYS-1,\n";
        let kind = wire::TableKind::Entitlements;
        let mode = ImportMode::GoodRows;
        let early = town.import_as(kind, table, mode, true).await;
        assert_eq!(early.errors[0].code, "grant_system_unknown");
        town.system("SYS-1").await;
        let report = eventually("the ledger's systems are known", async || {
            let report = town.import_as(kind, table, mode, false).await;
            (report.created == 1).then_some(report)
        })
        .await;
        assert_eq!(report.errors.len(), 1);
        assert_eq!(report.errors[0].code, "grant_person_unknown");
        let listed = listed_as(town, &[""]).await;
        let end = "2026-12-31T15:00:00Z".parse().expect("an instant");
        assert_eq!(
            listed[0].ends_at,
            Some(timestamp(end)),
            "to the end of the day in Japan"
        );
        let again = town.import_as(kind, table, mode, false).await;
        assert_eq!((again.created, again.unchanged), (0, 1));
        let remove = wire::RemoveEntitlementRequest {
            person_id: "S1".to_owned(),
            system_id: "SYS-1".to_owned(),
            kind: wire::EntitlementKind::Use.into(),
            reason: "no longer needed".to_owned(),
        };
        // Whoever mistypes a number is not told that an access is over.
        let mistyped = [
            ("S9", "SYS-1", "grant_person_unknown"),
            ("S1", "SYS-9", "grant_system_unknown"),
            ("S2", "SYS-1", "grant_not_found"),
        ];
        for (person, system, code) in mistyped {
            let wrong = wire::RemoveEntitlementRequest {
                person_id: person.to_owned(),
                system_id: system.to_owned(),
                ..remove.clone()
            };
            let answer = town.entitlements().remove_entitlement(wrong).await;
            assert_eq!(refused(&answer.expect_err("wrong")).code, code);
        }
        for _ in ["first", "again"] {
            let removed = town.entitlements().remove_entitlement(remove.clone()).await;
            removed.expect("removed");
        }
        listed_as(town, &[]).await;
    })
    .await;
}

#[tokio::test]
async fn one_workload_is_one_enforcement_point() {
    in_both(async |town| {
        let point = |id: &str, workload: &str| wire::RegisterEnforcementPointRequest {
            enforcement_point_id: id.to_owned(),
            name: "VDI".to_owned(),
            workload: workload.to_owned(),
            path: AccessPath::Telework.into(),
        };
        let mut points = EnforcementPointsClient::new(town.platform());
        for _ in 0..2 {
            let done = points
                .register_enforcement_point(point("vdi", "vdi-gateway"))
                .await;
            done.expect("registered, or a repeat");
        }
        let rival = points
            .register_enforcement_point(point("vdi-2", "vdi-gateway"))
            .await;
        let answer = refused(&rival.expect_err("taken"));
        assert_eq!(answer.code, "enforcement_point_workload_taken");
        assert_eq!(answer.fields, ["workload"]);
        let blank = wire::RegisterEnforcementPointRequest::default();
        let blank = points
            .register_enforcement_point(blank)
            .await
            .expect_err("blank");
        let expected = ["path", "enforcement_point_id", "name", "workload"];
        assert_eq!(refused(&blank).fields, expected);
        let all = points
            .list_enforcement_points(wire::ListEnforcementPointsRequest::default())
            .await
            .expect("a page");
        assert_eq!(all.into_inner().enforcement_points.len(), 1);
    })
    .await;
}
