//! What the ledger could not handle, as an operator sees it and tries it again.

use kernel::{Actor, Clock as _, Context};
use proto::{
    journal::v1::{
        ListQuarantinedRequest, QuarantinedRecord, RetryQuarantinedRequest,
        quarantine_client::QuarantineClient,
    },
    record::{Outgoing, Record},
};
use rpc::client::Channel;
use standard::ServiceName;
use testkit::{eventually, refused};
use tonic::{Code, Status};

use crate::city::{City, on_both};

/// Identity says something that only looks like an event of its.
async fn garbled(city: &City, subject: &str) {
    let identity = city.process.neighbours.store(ServiceName::Identity);
    let actor = Actor::Service("identity".to_owned());
    let context = Context::new(actor, city.process.clock.now(), "garbled");
    let mut unit = identity.unit(context).await.expect("a unit");
    let outgoing = Outgoing {
        kind: "sekisho.identity.v1.SectionRecorded".to_owned(),
        data: b"\xff\xff".to_vec(),
        clauses: Vec::new(),
    };
    unit.record("section", subject, outgoing);
    unit.commit().await.expect("a journal row");
}

fn of_the_ledger(page_size: i32) -> ListQuarantinedRequest {
    ListQuarantinedRequest {
        service: "ledger".to_owned(),
        page_size,
        ..ListQuarantinedRequest::default()
    }
}

async fn list(
    channel: Channel,
    request: ListQuarantinedRequest,
) -> Result<(Vec<QuarantinedRecord>, String), Status> {
    let answer = QuarantineClient::new(channel)
        .list_quarantined(request)
        .await?;
    let answer = answer.into_inner();
    Ok((answer.records, answer.next_page_token))
}

async fn retry(channel: Channel, source: &str, position: u64) -> Result<(), Status> {
    let request = RetryQuarantinedRequest {
        service: "ledger".to_owned(),
        source: source.to_owned(),
        position,
    };
    let answer = QuarantineClient::new(channel)
        .retry_quarantined(request)
        .await;
    answer.map(|_| ())
}

fn code(status: &Status) -> (Code, String) {
    let refusal = refused(status);
    (refusal.status, refusal.code)
}

#[tokio::test]
async fn an_operator_sees_what_was_put_aside_page_by_page_and_with_its_bytes() {
    on_both(async |city| {
        for subject in ["G-1", "G-2", "G-3"] {
            garbled(city, subject).await;
        }
        let operator = || city.network_manager();
        let all = eventually("three records aside", async || {
            let (records, _) = list(operator(), of_the_ledger(0)).await.expect("a list");
            (records.len() == 3).then_some(records)
        })
        .await;
        for (one, subject) in all.iter().zip(["G-1", "G-2", "G-3"]) {
            assert_eq!(one.source, "identity");
            assert_eq!(one.event_type, "sekisho.identity.v1.SectionRecorded");
            assert!(one.reason.contains("decoded"), "{}", one.reason);
            assert!(one.quarantined_at.is_some());
            let record = Record::decode(&one.record).expect("its bytes");
            assert_eq!(
                (record.position, record.subject.as_str()),
                (one.position, subject)
            );
        }

        let mut paged = Vec::new();
        let mut request = of_the_ledger(2);
        loop {
            let (records, next) = list(operator(), request.clone()).await.expect("a page");
            paged.extend(records);
            if next.is_empty() {
                break;
            }
            request.page_token = next;
        }
        assert_eq!(paged, all);
        let other = ListQuarantinedRequest {
            source: "approvals".to_owned(),
            ..of_the_ledger(0)
        };
        assert_eq!(list(operator(), other).await.expect("a list").0, []);
    })
    .await;
}

#[tokio::test]
async fn a_record_whose_cause_was_not_mended_stays_aside_and_the_reason_is_told() {
    on_both(async |city| {
        garbled(city, "G-1").await;
        let operator = || city.network_manager();
        let before = eventually("a record aside", async || {
            let (records, _) = list(operator(), of_the_ledger(0)).await.expect("a list");
            (!records.is_empty()).then_some(records)
        })
        .await;
        let position = before[0].position;
        let status = retry(operator(), "identity", position).await;
        let status = status.expect_err("it cannot be decoded still");
        let expected = (Code::FailedPrecondition, "quarantined_unfit".to_owned());
        assert_eq!(code(&status), expected);
        assert!(status.message().contains("decoded"), "{}", status.message());
        assert_eq!(
            list(operator(), of_the_ledger(0)).await.expect("a list").0,
            before
        );

        for (source, position) in [
            ("identity", position + 1),
            ("approvals", position),
            ("x", 1),
        ] {
            let status = retry(operator(), source, position).await;
            let status = status.expect_err("no such record");
            let expected = (Code::NotFound, "quarantined_unknown".to_owned());
            assert_eq!(code(&status), expected, "{source} {position}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_quarantine_is_the_operators_and_of_a_service_that_is_here() {
    on_both(async |city| {
        let status = list(city.staff(), of_the_ledger(0)).await;
        let expected = (Code::PermissionDenied, "role_missing".to_owned());
        assert_eq!(code(&status.expect_err("staff")), expected);
        let status = retry(city.staff(), "identity", 1).await;
        assert_eq!(code(&status.expect_err("staff")), expected);

        let elsewhere = ListQuarantinedRequest {
            service: "identity".to_owned(),
            ..of_the_ledger(0)
        };
        let status = list(city.network_manager(), elsewhere).await;
        let refusal = refused(&status.expect_err("not here"));
        assert_eq!(refusal.code, "journal_source_unknown");

        let odd = ListQuarantinedRequest {
            page_token: "bm8tcGxhY2U".to_owned(),
            ..of_the_ledger(0)
        };
        let status = list(city.network_manager(), odd)
            .await
            .expect_err("no token");
        assert_eq!(status.code(), Code::InvalidArgument);
    })
    .await;
}
