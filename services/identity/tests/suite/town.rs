//! A small town: its organisation imported, its people enrolled over the same RPCs as in life.

use std::{future::Future, ops::Deref, pin::Pin};

use jiff::{SignedDuration, Timestamp};
use kernel::Clock as _;
use proto::{
    common::v1::{ImportMode, ImportReport, NetworkClass},
    identity::v1::{
        self as wire, accounts_client::AccountsClient, entitlements_client::EntitlementsClient,
        import_client::ImportClient, organisation_client::OrganisationClient,
        sign_in_client::SignInClient,
    },
    ledger::v1 as ledger,
};
use rpc::{Endpoint, client::Channel};
use runtime::Config;
use shell::{Platform, StartError};
use standard::ServiceName;
use testkit::{Engine, TestProcess, one_time_code};
use tonic::Status;

pub(crate) const ORGANISATION: &str = "\
コード,名称,種別,上位コード
tax,税制課,課公所,finance
finance,財政局,局,
centre,情報システムセンター,課公所,finance
roads,道路課,課公所,works
works,建設局,局,
tax-office,税務出張所,三種公所,tax
";

pub(crate) const STAFF: &str = "\
職員番号,氏名,所属コード,会計年度任用
S1,青葉 花子,tax,
S2,宮城野 太郎,tax-office,○
S3,若林 次郎,roads,
M1,泉 課長,tax,
N1,太白 所長,centre,
";

pub(crate) const POSTS: &str = "\
職コード,職名,課公所コード,役割,在職者
tax-head,税制課長,tax,情報管理者,M1
centre-head,センター所長,centre,ネットワーク管理者、情報管理者,N1
";

/// A password nobody guesses, long enough to stand alone.
pub(crate) const PASSWORD: &str = "kettle orbit walnut";

/// Identity in a process of its own.
pub(crate) struct Town {
    pub(crate) process: TestProcess,
}

/// Somebody signed in.
pub(crate) struct Person {
    pub(crate) grant: wire::SessionGrant,
    /// The one-time password generator's secret, if there is one.
    pub(crate) totp: Option<String>,
}

/// Identity alone.
pub(crate) fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + '_>> {
    Box::pin(identity::start(platform))
}

/// Runs a test on SQLite and then on PostgreSQL.
pub(crate) async fn in_both(test: impl AsyncFn(&Town)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let town = Town::start(engine).await;
        test(&town).await;
        town.process.stop().await;
    }
}

/// What became of a table.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) report: ImportReport,
    pub(crate) consequences: Vec<wire::Consequence>,
}

impl Deref for Imported {
    type Target = ImportReport;

    fn deref(&self) -> &ImportReport {
        &self.report
    }
}

impl Town {
    pub(crate) async fn start(engine: Engine) -> Self {
        Self::configured(engine, |_| ()).await
    }

    /// With some of the configuration changed.
    pub(crate) async fn configured(engine: Engine, configure: impl FnOnce(&mut Config)) -> Self {
        let identity = [(ServiceName::Identity, start as shell::Start)];
        let process = TestProcess::start_configured(engine, &identity, configure).await;
        let town = Self { process };
        for (kind, content) in [
            (wire::TableKind::Organisation, ORGANISATION),
            (wire::TableKind::Staff, STAFF),
            (wire::TableKind::Posts, POSTS),
        ] {
            let report = town.import(kind, content).await;
            assert_eq!((report.errors.as_slice(), report.entered), (&[][..], true));
        }
        town
    }

    /// Before anything was entered.
    pub(crate) async fn empty(engine: Engine) -> Self {
        let process = TestProcess::start(engine, &[(ServiceName::Identity, start)]).await;
        Self { process }
    }

    /// The platform's own voice.
    pub(crate) fn platform(&self) -> Channel {
        self.process.service(ServiceName::Audit)
    }

    pub(crate) fn accounts(&self, channel: Channel) -> AccountsClient<Channel> {
        AccountsClient::new(channel)
    }

    pub(crate) fn sign_ins(&self, channel: Channel) -> SignInClient<Channel> {
        SignInClient::new(channel)
    }

    pub(crate) fn organisation(&self) -> OrganisationClient<Channel> {
        OrganisationClient::new(self.platform())
    }

    pub(crate) fn entitlements(&self) -> EntitlementsClient<Channel> {
        EntitlementsClient::new(self.platform())
    }

    /// The ledger has a system; what it says arrives in its own time.
    pub(crate) async fn system(&self, id: &str) {
        let mut system = ledger::System {
            system_id: id.to_owned(),
            name: id.to_owned(),
            owner_section_id: "tax".to_owned(),
            ..ledger::System::default()
        };
        system.set_network_class(NetworkClass::Lgwan);
        let event = ledger::SystemRegistered {
            system: Some(system),
        };
        let neighbours = &self.process.neighbours;
        neighbours
            .say(ServiceName::Ledger, "system", id, &event, &[])
            .await;
    }

    pub(crate) async fn import(&self, kind: wire::TableKind, content: &str) -> Imported {
        let mode = ImportMode::AllOrNothing;
        self.import_as(kind, content, mode, false).await
    }

    pub(crate) async fn import_as(
        &self,
        kind: wire::TableKind,
        content: impl AsRef<[u8]>,
        mode: ImportMode,
        dry_run: bool,
    ) -> Imported {
        let request = wire::ImportTableRequest {
            kind: kind.into(),
            content: content.as_ref().to_vec(),
            mode: mode.into(),
            dry_run,
        };
        let answer = ImportClient::new(self.platform())
            .import_table(request)
            .await;
        let answer = answer.expect("judged").into_inner();
        Imported {
            report: answer.report.expect("a report"),
            consequences: answer.consequences,
        }
    }

    pub(crate) async fn code_for(&self, person: &str) -> String {
        let request = wire::OpenEnrolmentRequest {
            person_id: person.to_owned(),
        };
        let opened = self.accounts(self.platform()).open_enrolment(request).await;
        opened.expect("opened").into_inner().code
    }

    pub(crate) async fn enrol(
        &self,
        person: &str,
        code: &str,
        password: &str,
    ) -> Result<(), Status> {
        let request = wire::EnrolRequest {
            person_id: person.to_owned(),
            code: code.to_owned(),
            password: password.to_owned(),
        };
        let mut accounts = self.accounts(self.process.anonymous());
        accounts.enrol(request).await.map(|_| ())
    }

    pub(crate) async fn sign_in(
        &self,
        person: &str,
        password: &str,
    ) -> Result<wire::SessionGrant, Status> {
        let request = wire::SignInWithPasswordRequest {
            person_id: person.to_owned(),
            password: password.to_owned(),
        };
        let answer = self
            .sign_ins(self.process.anonymous())
            .sign_in_with_password(request)
            .await?;
        Ok(answer.into_inner().grant.expect("a grant"))
    }

    /// Enrolled with a password and signed in with it.
    pub(crate) async fn with_password(&self, person: &str) -> Person {
        let code = self.code_for(person).await;
        self.enrol(person, &code, PASSWORD).await.expect("enrolled");
        let grant = self.sign_in(person, PASSWORD).await.expect("signed in");
        Person { grant, totp: None }
    }

    /// Enrolled with a password and a one-time password generator, both verified just now.
    pub(crate) async fn with_two_factors(&self, person: &str) -> Person {
        let one = self.with_password(person).await;
        let mut accounts = self.accounts(self.as_person(&one.grant));
        let offered = accounts.enrol_totp(wire::EnrolTotpRequest {}).await;
        let secret = offered.expect("offered").into_inner().secret;
        let code = self.totp(&secret);
        let confirmed = accounts
            .confirm_totp(wire::ConfirmTotpRequest { code })
            .await;
        Person {
            grant: confirmed
                .expect("confirmed")
                .into_inner()
                .grant
                .expect("a grant"),
            totp: Some(secret),
        }
    }

    pub(crate) fn as_person(&self, grant: &wire::SessionGrant) -> Channel {
        self.process.bearer(grant.access_token.clone())
    }

    /// The code a generator shows now.
    pub(crate) fn totp(&self, secret: &str) -> String {
        one_time_code(secret, self.now())
    }

    pub(crate) async fn verify_totp(
        &self,
        grant: &wire::SessionGrant,
        code: String,
    ) -> Result<wire::SessionGrant, Status> {
        let mut sign_ins = self.sign_ins(self.as_person(grant));
        let answer = sign_ins
            .verify_totp(wire::VerifyTotpRequest { code })
            .await?;
        Ok(answer.into_inner().grant.expect("a grant"))
    }

    pub(crate) async fn verify_password(
        &self,
        grant: &wire::SessionGrant,
        password: &str,
    ) -> Result<wire::SessionGrant, Status> {
        let request = wire::VerifyPasswordRequest {
            password: password.to_owned(),
        };
        let mut sign_ins = self.sign_ins(self.as_person(grant));
        let answer = sign_ins.verify_password(request).await?;
        Ok(answer.into_inner().grant.expect("a grant"))
    }

    pub(crate) async fn refresh(&self, handle: &str) -> Result<wire::RefreshTokenResponse, Status> {
        self.token_for(handle, false).await
    }

    /// A token to be shown to enforcement points.
    pub(crate) async fn to_show(&self, handle: &str) -> String {
        let answer = self.token_for(handle, true).await;
        answer.expect("a token").access_token
    }

    async fn token_for(
        &self,
        handle: &str,
        for_enforcement_points: bool,
    ) -> Result<wire::RefreshTokenResponse, Status> {
        let request = wire::RefreshTokenRequest {
            session_handle: handle.to_owned(),
            for_enforcement_points,
        };
        let mut sign_ins = self.sign_ins(self.process.anonymous());
        Ok(sign_ins.refresh_token(request).await?.into_inner())
    }

    pub(crate) async fn session(&self, token: &str) -> Result<wire::Session, Status> {
        let mut sign_ins = self.sign_ins(self.process.bearer(token));
        let answer = sign_ins.get_session(wire::GetSessionRequest {}).await?;
        Ok(answer.into_inner().session.expect("a session"))
    }

    pub(crate) async fn account(&self, person: &str) -> wire::Account {
        let request = wire::GetAccountRequest {
            person_id: person.to_owned(),
        };
        let answer = self.accounts(self.platform()).get_account(request).await;
        answer
            .expect("an account")
            .into_inner()
            .account
            .expect("an account")
    }

    /// A post of any section or bureau.
    pub(crate) async fn post(&self, id: &str) -> wire::Post {
        let mut page_token = String::new();
        loop {
            let request = wire::ListPostsRequest {
                page_token,
                ..wire::ListPostsRequest::default()
            };
            let page = self.organisation().list_posts(request).await;
            let page = page.expect("posts").into_inner();
            if let Some(found) = page.posts.into_iter().find(|post| post.post_id == id) {
                return found;
            }
            assert!(!page.next_page_token.is_empty(), "no post {id}");
            page_token = page.next_page_token;
        }
    }

    /// Id of the person's credential of that kind.
    pub(crate) async fn credential(&self, person: &str, kind: &str) -> String {
        let factors = self.account(person).await.factors;
        let found = factors.into_iter().find(|factor| factor.kind == kind);
        found.expect("such a factor").credential_id
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.process.clock.now()
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.process
            .clock
            .advance(SignedDuration::from_secs(seconds));
    }
}
