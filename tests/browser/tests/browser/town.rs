//! A town whose pages are open, and what its people have enrolled.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, time::Duration};

use futures::FutureExt as _;
use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    common::v1::ImportMode,
    identity::v1::{self as wire, accounts_client::AccountsClient, import_client::ImportClient},
};
use rpc::Endpoint;
use shell::{Platform, StartError};
use standard::ServiceName;
use testkit::{Engine, TestProcess, one_time_code};

use crate::{driver::Browser, reader::Reader};

const ORGANISATION: &str = "\
コード,名称,種別,上位コード
tax,税制課,課公所,finance
finance,財政局,局,
";
const STAFF: &str = "\
職員番号,氏名,所属コード,会計年度任用
S1,青葉 花子,tax,
";
/// A password nobody guesses, long enough to stand alone.
pub(crate) const PASSWORD: &str = "kettle orbit walnut";
/// What a registered application's address is in the tests.
pub(crate) const APPLICATION: &str = "http://localhost:9/application/start?from=sekisho";
/// Longest that one story may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Identity in a process of its own, and a browser at its pages.
pub(crate) struct Town {
    process: TestProcess,
    pub(crate) browser: Browser,
}

fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + '_>> {
    Box::pin(identity::start(platform))
}

/// Runs a story in a browser that prefers this language. The browser is closed however it ends.
pub(crate) async fn with_browser(language: &str, story: impl AsyncFn(&Town)) {
    run(Town::start(language, None).await, story).await;
}

/// The same with an ID card in the browser's reader, in a town with a card door.
pub(crate) async fn with_card(story: impl AsyncFn(&Town)) {
    let reader = Reader::new();
    run(Town::start("ja", Some(&reader)).await, story).await;
}

async fn run(town: Town, story: impl AsyncFn(&Town)) {
    let story = AssertUnwindSafe(tokio::time::timeout(LIMIT, story(&town)));
    let ended = story.catch_unwind().await;
    let Town { process, browser } = town;
    let closed = browser.client.clone().close().await;
    match ended {
        Ok(ended) => ended.expect("the story ends in time"),
        Err(panic) => std::panic::resume_unwind(panic),
    }
    closed.expect("the browser closes");
    process.stop().await;
}

impl Town {
    async fn start(language: &str, reader: Option<&Reader>) -> Self {
        let port = testkit::free_port();
        let origin = format!("http://localhost:{port}");
        let identity = [(ServiceName::Identity, start as shell::Start)];
        let process = TestProcess::start_configured(Engine::Sqlite, &identity, |config| {
            config.listen.http.set_port(port);
            config.identity.pages.origin.clone_from(&origin);
            config.identity.pages.return_to = vec![APPLICATION.to_owned()];
            if let Some(reader) = reader {
                config.identity.ic_card = reader.section();
            }
        })
        .await;
        let browser = Browser::start(&origin, language, reader).await;
        let town = Self { process, browser };
        town.import(wire::TableKind::Organisation, ORGANISATION)
            .await;
        town.import(wire::TableKind::Staff, STAFF).await;
        town
    }

    async fn import(&self, kind: wire::TableKind, content: &str) {
        let request = wire::ImportTableRequest {
            kind: kind.into(),
            content: content.as_bytes().to_vec(),
            mode: ImportMode::AllOrNothing.into(),
            dry_run: false,
        };
        let platform = self.process.service(ServiceName::Audit);
        let answer = ImportClient::new(platform).import_table(request).await;
        let report = answer.expect("judged").into_inner().report;
        assert!(report.expect("a report").entered);
    }

    /// A one-time code, as somebody in charge hands it over.
    pub(crate) async fn code_for(&self, person: &str) -> String {
        let request = wire::OpenEnrolmentRequest {
            person_id: person.to_owned(),
        };
        let platform = self.process.service(ServiceName::Audit);
        let opened = AccountsClient::new(platform).open_enrolment(request).await;
        opened.expect("opened").into_inner().code
    }

    /// S1's card is registered with the serial number of its certificate.
    pub(crate) async fn register_card(&self, certificate: &str) {
        let request = wire::RegisterIdCardRequest {
            person_id: "S1".to_owned(),
            serial: "C-1".to_owned(),
            certificate_serial: certificate.to_owned(),
            // The one there is.
            certificate_issuer: String::new(),
        };
        let platform = self.process.service(ServiceName::Audit);
        let mut accounts = AccountsClient::new(platform);
        let registered = accounts.register_id_card(request).await;
        registered.expect("registered");
    }

    /// What identity answers a form that is no browser's.
    pub(crate) async fn post(&self, path: &str, form: &str) -> serde_json::Value {
        let address = format!("{}{path}", self.process.http_uri());
        let request = reqwest::Client::new().post(address).body(form.to_owned());
        let form = "application/x-www-form-urlencoded";
        let answer = request
            .header(http::header::CONTENT_TYPE, form)
            .send()
            .await;
        answer.expect("answered").json().await.expect("JSON")
    }

    /// How many live sessions S1 has.
    pub(crate) async fn sessions(&self) -> usize {
        let request = wire::GetAccountRequest {
            person_id: "S1".to_owned(),
        };
        let platform = self.process.service(ServiceName::Audit);
        let account = AccountsClient::new(platform).get_account(request).await;
        let account = account.expect("told").into_inner().account;
        account.expect("an account").sessions.len()
    }

    pub(crate) fn later(&self, seconds: i64) {
        let clock = &self.process.clock;
        clock.advance(SignedDuration::from_secs(seconds));
    }

    /// The code a generator shows now.
    pub(crate) fn totp(&self, secret: &str) -> String {
        one_time_code(secret, self.process.clock.now())
    }

    /// S1 enrols a password at the page and is signed in.
    pub(crate) async fn enrol(&self) {
        let code = self.code_for("S1").await;
        let browser = &self.browser;
        browser.open("/enrol").await;
        browser.fill("person_id", "S1").await;
        browser.fill("enrolment", &code).await;
        browser.fill("password", PASSWORD).await;
        browser.fill("again", PASSWORD).await;
        browser.click("main button.primary").await;
        browser.arrives("/account").await;
    }

    /// And then a generator; its secret.
    pub(crate) async fn enrol_totp(&self) -> String {
        let browser = &self.browser;
        browser
            .click("form[action='/account/totp/new'] button")
            .await;
        browser.arrives("/account/totp").await;
        let secret = browser.text(".secret code").await;
        browser.fill("code", &self.totp(&secret)).await;
        browser.click("main button.primary").await;
        browser.arrives("/account").await;
        secret
    }

    pub(crate) async fn sign_in(&self, password: &str) {
        let browser = &self.browser;
        browser.fill("person_id", "S1").await;
        browser.fill("password", password).await;
        browser.click("main button.primary").await;
    }

    pub(crate) async fn sign_out(&self) {
        self.browser.click("form[action='/sign-out'] button").await;
        self.browser.arrives("/signed-out").await;
    }

    /// Nothing was refused by the policy, and no script failed.
    pub(crate) async fn no_complaints(&self) {
        let complaints = self.browser.complaints().await;
        assert_eq!(complaints, Vec::<String>::new());
    }
}
