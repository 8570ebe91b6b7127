//! Attack 19: whoever leaves follows nothing any longer. Identity and audit together, on both
//! databases: the stream is audit's, opened with the person's own token, and the leaving is told to
//! identity, on PostgreSQL to another replica of it.

use std::{pin::Pin, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kernel::Clock as _;
use proto::{
    audit::v1::{StreamRecordsRequest, StreamRecordsResponse, audit_log_client::AuditLogClient},
    common::v1::ImportMode,
    identity::v1::{self as wire, TableKind},
    record::Record,
};
use rpc::{Endpoint, client::Channel};
use shell::{Platform, StartError};
use standard::ServiceName;
use testkit::{Engine, Replica, TestProcess, one_time_code, refused};
use tokio::time::timeout;
use tonic::Streaming;
use wire::{
    accounts_client::AccountsClient, import_client::ImportClient, sign_in_client::SignInClient,
};

const ORGANISATION: &str = "\
コード,名称,種別,上位コード
finance,財政局,局,
tax,税制課,課公所,finance
";
const STAFF: &str = "\
職員番号,氏名,所属コード
A1,監査 担当,tax
S1,青葉 花子,tax
S2,若林 次郎,tax
";
const POSTS: &str = "\
職コード,職名,課公所コード,役割,在職者
audit-1,監査担当,tax,監査を行う者,A1
";
const PASSWORD: &str = "kettle orbit walnut";
/// Longer than anything takes on a busy machine; reached only by a failing test.
const PATIENCE: Duration = Duration::from_secs(120);
/// The workload that keeps people.
const DIRECTORY: &str = "idm";

type Starting<'a> = Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + 'a>>;

fn start_identity(platform: &Platform) -> Starting<'_> {
    Box::pin(identity::start(platform))
}

fn start_audit(platform: &Platform) -> Starting<'_> {
    Box::pin(audit::start(platform))
}

/// A process with identity and audit in it, and on PostgreSQL identity once more.
struct House {
    process: TestProcess,
    replica: Option<Replica>,
}

impl House {
    async fn start(engine: Engine) -> Self {
        let services = [
            (ServiceName::Identity, start_identity as shell::Start),
            (ServiceName::Audit, start_audit as shell::Start),
        ];
        let process = TestProcess::start_configured(engine, &services, |config| {
            config.identity.scim.clients = vec![DIRECTORY.to_owned()];
        })
        .await;
        let replica = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Replica::of(&process, &[start_identity]).await),
        };
        let house = Self { process, replica };
        house.enter(TableKind::Organisation, ORGANISATION).await;
        house.enter(TableKind::Staff, STAFF).await;
        house.enter(TableKind::Posts, POSTS).await;
        house
    }

    async fn stop(self) {
        if let Some(replica) = self.replica {
            replica.stop().await;
        }
        self.process.stop().await;
    }

    async fn enter(&self, kind: TableKind, table: &str) {
        let channel = match &self.replica {
            Some(replica) => replica.service(ServiceName::Ledger),
            None => self.process.service(ServiceName::Ledger),
        };
        let request = wire::ImportTableRequest {
            kind: kind.into(),
            content: table.as_bytes().to_vec(),
            mode: ImportMode::AllOrNothing.into(),
            dry_run: false,
        };
        let answer = ImportClient::new(channel).import_table(request).await;
        let report = answer.expect("an answer").into_inner().report;
        let report = report.expect("a report");
        assert!(report.entered, "{:?}", report.errors);
    }

    /// `S1` leaves after that day.
    async fn last_day(&self, day: &str) {
        let head = "職員番号,氏名,所属コード,異動日,退職日";
        let table = format!("{head}\nS1,青葉 花子,tax,,{day}\n");
        self.enter(TableKind::Staff, &table).await;
    }

    /// `S2` is stopped by the directory that keeps people.
    async fn stopped_from_outside(&self) {
        let uri = match &self.replica {
            Some(replica) => replica.http_uri(),
            None => self.process.http_uri(),
        };
        let patch = r#"{
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{ "op": "replace", "path": "active", "value": false }]
        }"#;
        let answer = reqwest::Client::new()
            .patch(format!("{uri}/scim/v2/Users/S2"))
            .bearer_auth(self.process.workload_token(DIRECTORY))
            .body(patch)
            .send()
            .await;
        assert_eq!(answer.expect("an answer").status().as_u16(), 200);
    }

    /// Enrols somebody with a password and a generator of codes; the access token of both.
    async fn sign_in(&self, person: &str) -> String {
        let person_id = person.to_owned();
        let opening = wire::OpenEnrolmentRequest {
            person_id: person_id.clone(),
        };
        let mut platform = AccountsClient::new(self.process.service(ServiceName::Ledger));
        let opened = platform.open_enrolment(opening).await.expect("opened");
        let enrolment = wire::EnrolRequest {
            person_id: person_id.clone(),
            code: opened.into_inner().code,
            password: PASSWORD.to_owned(),
        };
        let mut anybody = AccountsClient::new(self.process.anonymous());
        anybody.enrol(enrolment).await.expect("enrolled");
        let sign_in = wire::SignInWithPasswordRequest {
            person_id,
            password: PASSWORD.to_owned(),
        };
        let mut anybody = SignInClient::new(self.process.anonymous());
        let signed_in = anybody.sign_in_with_password(sign_in).await;
        let grant = signed_in.expect("signed in").into_inner().grant;
        let one = grant.expect("a grant").access_token;
        let mut accounts = AccountsClient::new(self.process.bearer(one));
        let offered = accounts.enrol_totp(wire::EnrolTotpRequest {}).await;
        let secret = offered.expect("offered").into_inner().secret;
        let confirmation = wire::ConfirmTotpRequest {
            code: one_time_code(&secret, self.now()),
        };
        let confirmed = accounts.confirm_totp(confirmation).await;
        let grant = confirmed.expect("confirmed").into_inner().grant;
        grant.expect("a grant").access_token
    }

    /// Follows the log as somebody who has just signed in.
    async fn follow(&self, person: &str) -> Following {
        let channel: Channel = self.process.bearer(self.sign_in(person).await);
        let request = StreamRecordsRequest::default();
        let opened = AuditLogClient::new(channel).stream_records(request).await;
        Following(opened.expect("open").into_inner())
    }

    fn now(&self) -> Timestamp {
        self.process.clock.now()
    }
}

/// An open stream.
struct Following(Streaming<StreamRecordsResponse>);

impl Following {
    /// The code with which it ends.
    async fn ends(mut self) -> String {
        let end = async {
            loop {
                match self.0.message().await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("an end that does not say why"),
                    Err(status) => return refused(&status).code,
                }
            }
        };
        timeout(PATIENCE, end).await.expect("it ends")
    }

    /// Goes on until that is told of that person.
    async fn hears(&mut self, kind: &str, person: &str) {
        loop {
            let message = self.0.message().await.expect("it goes on");
            let record = message.expect("it goes on").record;
            let record = Record::decode(&record).expect("a record");
            if record.kind.ends_with(kind) && record.subject == person {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_19_the_open_stream_of_whoever_left_or_is_stopped_ends_and_a_colleague_s_goes_on_7_2_9_1()
 {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let house = House::start(engine).await;
        let mut colleague = house.follow("A1").await;
        let retired = house.follow("S1").await;
        let stopped = house.follow("S2").await;
        let yesterday = standard::jst_date(house.now() - SignedDuration::from_hours(24));
        house.last_day(&yesterday.to_string()).await;
        assert_eq!(retired.ends().await, "token_revoked", "{engine:?}");
        house.stopped_from_outside().await;
        assert_eq!(stopped.ends().await, "token_revoked", "{engine:?}");
        colleague.hears(".SessionsRevoked", "S1").await;
        colleague.hears(".AccountDisabled", "S2").await;
        house.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_19_an_open_stream_ends_with_the_last_day_although_nobody_does_anything_7_2_9_1() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let house = House::start(engine).await;
        let today = standard::jst_date(house.now()).to_string();
        house.last_day(&today).await;
        let evening: Timestamp = format!("{today}T23:58:00+09:00").parse().expect("a time");
        let clock = &house.process.clock;
        clock.advance(evening.duration_since(house.now()));
        let mut colleague = house.follow("A1").await;
        let retired = house.follow("S1").await;
        clock.advance(SignedDuration::from_secs(120));
        // The token is good as long as the service lasts.
        assert_eq!(retired.ends().await, "token_expired", "{engine:?}");
        colleague.hears(".SessionsRevoked", "S1").await;
        house.stop().await;
    }
}
