//! What brings the metrics of docs/metrics.md about.

use futures::future::join_all;
use kernel::Actor;
use prost::Message as _;
use proto::{
    approvals::v1::{ApplyPermitRequest, permits_client::PermitsClient},
    identity::v1::{
        AccessAction, AccessQuestion, EvaluateRequest, SignInWithPasswordRequest,
        access_decision_client::AccessDecisionClient, sign_in_client::SignInClient,
    },
    io::cloudevents::v1::CloudEvent,
    record,
};
use rpc::client::Channel;
use standard::ServiceName;
use testkit::NatsServer;

use crate::{
    city::{self, SYSTEMS},
    harness::Platform,
};

/// Who ask at once; fewer have a place.
const MANY: usize = 200;
/// Denials of one person that nobody takes for a mistake.
const DENIALS: usize = 30;

/// All of it, one after the other.
pub(super) async fn bring_about(platform: &Platform, nats: &mut NatsServer) {
    let session = city::sign_in(platform, &city::applicant(0)).await;
    apply(platform).await;
    let proxy = machine(platform, ServiceName::Identity);
    for _ in 0..DENIALS {
        ask(proxy.clone(), &session).await.expect("an answer");
    }
    what_nobody_can_read(platform).await;
    without_the_broker(platform, nats).await;
    too_much_at_once(platform, &proxy, &session).await;
    guess(platform).await;
}

/// A permit waits for its decision; of who may not, the refusal is on record.
async fn apply(platform: &Platform) {
    let person = city::applicant(0);
    let line = city::person(platform, ServiceName::Approvals, &person, &[]);
    let application = Some(city::registration(&person, SYSTEMS[0]));
    let applied = PermitsClient::new(line)
        .apply_permit(ApplyPermitRequest { application })
        .await;
    applied.expect("an application");
    let refused = PermitsClient::new(machine(platform, ServiceName::Approvals))
        .apply_permit(ApplyPermitRequest::default())
        .await;
    refused.expect_err("a machine applies for nothing");
}

fn machine(platform: &Platform, service: ServiceName) -> Channel {
    platform.machine(service, Actor::Workload(city::PROXY.to_owned()))
}

/// Whoever is no user of the system is denied.
async fn ask(proxy: Channel, session: &str) -> Result<(), tonic::Status> {
    let request = EvaluateRequest {
        subject_token: session.to_owned(),
        question: Some(AccessQuestion {
            system_id: SYSTEMS[1].to_owned(),
            action: AccessAction::Use.into(),
            ..AccessQuestion::default()
        }),
    };
    let mut client = AccessDecisionClient::new(proxy);
    client.evaluate(request).await.map(drop)
}

/// A record of the ledger's that says where it stands and nothing else.
async fn what_nobody_can_read(platform: &Platform) {
    let record = CloudEvent {
        source: record::source_uri(ServiceName::Ledger.as_str()),
        ..CloudEvent::default()
    };
    let record = record.encode_to_vec();
    let hex: String = record.iter().map(|byte| format!("{byte:02x}")).collect();
    let ledger = platform.databases.open(ServiceName::Ledger).await;
    let insert = format!(
        "INSERT INTO journal (record_id, aggregate, subject, kind, record) \
         VALUES ('none', 'information', 'none', 'test.None', x'{hex}') RETURNING id"
    );
    ledger.rows(&insert).await;
}

/// What is said meanwhile is not acknowledged at first, and fetched from the journal.
async fn without_the_broker(platform: &Platform, nats: &mut NatsServer) {
    nats.kill_and_wipe();
    city::register_system(platform, "SYS-MEANWHILE").await;
    let backfilled = "sekisho_consumer_backfilled_total{";
    platform
        .until("a consumer asks the journal", async || {
            let page = platform.metrics(ServiceName::Ledger).await?;
            let counted = |line: &str| line.starts_with(backfilled) && !line.ends_with(" 0");
            page.lines().any(counted).then_some(())
        })
        .await;
    nats.restart();
}

/// More than there are places for, until one is turned away.
async fn too_much_at_once(platform: &Platform, proxy: &Channel, session: &str) {
    platform
        .until("somebody is turned away", async || {
            join_all((0..MANY).map(|_| ask(proxy.clone(), session))).await;
            let shed = platform.metric(ServiceName::Identity, "sekisho_rpc_shed_total");
            shed.await.filter(|shed| *shed > 0.0)
        })
        .await;
}

/// Guesses at the manager's password, until one is not even looked at.
async fn guess(platform: &Platform) {
    let line = platform.anonymous(ServiceName::Identity);
    platform
        .until("a guesser has to wait", async || {
            let request = SignInWithPasswordRequest {
                person_id: city::MANAGER.to_owned(),
                password: "guess".to_owned(),
            };
            let mut client = SignInClient::new(line.clone());
            let answer = client.sign_in_with_password(request).await;
            answer.expect_err("a wrong password");
            let held = platform.metric(
                ServiceName::Identity,
                "sekisho_identity_sign_ins_held_total",
            );
            held.await.filter(|held| *held > 0.0)
        })
        .await;
}
