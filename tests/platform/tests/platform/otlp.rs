//! What the platform tells a collector by OTLP: one trace through everything that a request led to,
//! from process to process, and what it measures.

mod collector;

use proto::identity::v1::{
    RegisterIdCardRequest, ReportCredentialLostRequest, accounts_client::AccountsClient,
};
use standard::ServiceName;
use tonic::Request;

use self::collector::Collector;
use crate::{
    city,
    harness::{Ground, Platform},
};

/// The trace of whoever asks, and the span in which they do.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const ASKING: &str = "b7ad6b7169203331";

/// A lost card opens an incident by itself, which identity hears of: three services, two of them
/// reached over NATS only.
#[tokio::test]
async fn a_collector_sees_one_trace_cross_the_services_and_what_each_measures() {
    let collector = Collector::start().await;
    let each: Vec<_> = ServiceName::ALL.iter().map(std::slice::from_ref).collect();
    let otlp = ["--otlp", &collector.uri];
    let mut platform = Platform::apart(Ground::default(), &each, &otlp).await;
    city::populate(&platform, 1).await;
    lose_a_card(&platform).await;

    let lost = "/sekisho.identity.v1.Accounts/ReportCredentialLost";
    let asked = collector.span(&platform, TRACE, "identity", lost).await;
    assert_eq!(asked.parent, ASKING);
    let opened = "incidents handles sekisho.identity.v1.CredentialReportedLost";
    let opened = collector.span(&platform, TRACE, "incidents", opened).await;
    assert_eq!(opened.parent, asked.id, "the record names its request");
    let heard = "identity handles sekisho.incidents.v1.IncidentReported";
    let heard = collector.span(&platform, TRACE, "identity", heard).await;
    assert_eq!(heard.parent, opened.id, "what it led to names its cause");

    // What has not been sent yet is sent at the end.
    for service in ServiceName::ALL {
        assert!(platform.stop(*service).await.success());
    }
    for service in ServiceName::ALL {
        let measured = collector.measured_by(service.as_str());
        for name in ["sekisho_relay_head_position", "sekisho_rpc_requests"] {
            assert!(measured.contains(name), "{service}: {measured:?}");
        }
    }
    let ledger = collector.measured_by("ledger");
    assert!(ledger.contains("sekisho_consumer_watermark"), "{ledger:?}");
}

async fn lose_a_card(platform: &Platform) {
    let person = city::careless(0);
    let mut accounts = AccountsClient::new(city::this_test(platform, ServiceName::Identity));
    let card = RegisterIdCardRequest {
        person_id: person.clone(),
        serial: "card-1".to_owned(),
        ..RegisterIdCardRequest::default()
    };
    let answer = accounts.register_id_card(card).await.expect("a card");
    let account = answer.into_inner().account.expect("an account");
    let card = account.factors.iter().find(|one| one.serial == "card-1");
    let mut lost = Request::new(ReportCredentialLostRequest {
        person_id: person,
        credential_id: card.expect("the card").credential_id.clone(),
        circumstances: "電車に置き忘れた".to_owned(),
    });
    let traceparent = format!("00-{TRACE}-{ASKING}-01");
    let traceparent = traceparent.parse().expect("a header");
    lost.metadata_mut().insert("traceparent", traceparent);
    accounts.report_credential_lost(lost).await.expect("lost");
}
