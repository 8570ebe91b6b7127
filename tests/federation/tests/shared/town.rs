//! Identity with a provider, and a few people.

use std::{future::Future, pin::Pin};

use jiff::Timestamp;
use kernel::Clock as _;
use proto::{
    common::v1::ImportMode,
    identity::v1::{
        self as wire, accounts_client::AccountsClient, federation_client::FederationClient,
        import_client::ImportClient,
    },
};
use rpc::Endpoint;
use runtime::config::{AcrSection, Ceiling, FederationSection};
use shell::{Platform, StartError};
use standard::{FactorKind, ServiceName};
use testkit::{Engine, TestProcess};

const ORGANISATION: &str = "\
コード,名称,種別,上位コード
tax,税制課,課公所,finance
finance,財政局,局,
";
const STAFF: &str = "\
職員番号,氏名,所属コード,会計年度任用
S1,青葉 花子,tax,
";

/// See the module.
pub(crate) struct Town {
    pub(crate) process: TestProcess,
    pub(crate) origin: String,
}

/// Where a town will have its pages, before it stands.
pub(crate) struct Site {
    port: u16,
    pub(crate) origin: String,
    _secret: tempfile::TempDir,
    secret: std::path::PathBuf,
}

fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + '_>> {
    Box::pin(identity::start(platform))
}

impl Site {
    pub(crate) fn new(secret: &str) -> Self {
        let port = testkit::free_port();
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("secret");
        std::fs::write(&file, secret).expect("written");
        Self {
            port,
            origin: format!("http://localhost:{port}"),
            _secret: directory,
            secret: file,
        }
    }

    /// A provider on this machine, and what the values of its `acr` prove.
    pub(crate) fn section(
        &self,
        id: &str,
        issuer: &str,
        levels: &[(&str, &[FactorKind])],
    ) -> FederationSection {
        let acr = |(value, proves): &(&str, &[FactorKind])| AcrSection {
            value: (*value).to_owned(),
            proves: proves.to_vec(),
        };
        FederationSection {
            id: id.to_owned(),
            name_ja: "市の認証基盤".to_owned(),
            name_en: "City sign-on".to_owned(),
            issuer: issuer.to_owned(),
            client_id: "sekisho".to_owned(),
            client_secret_file: self.secret.clone(),
            scopes: Vec::new(),
            acr: levels.iter().map(acr).collect(),
            amr: Default::default(),
            ceiling: Ceiling::Aal2,
            max_age_seconds: 300,
            allowed_hosts: Vec::new(),
            private_addresses: false,
            loopback: true,
            ca_file: None,
            exchange: true,
        }
    }
}

impl Town {
    pub(crate) async fn start(site: &Site, section: FederationSection) -> Self {
        let identity = [(ServiceName::Identity, start as shell::Start)];
        let process = TestProcess::start_configured(Engine::Sqlite, &identity, |config| {
            config.listen.http.set_port(site.port);
            config.identity.pages.origin.clone_from(&site.origin);
            config.identity.federation = vec![section];
        })
        .await;
        let town = Self {
            process,
            origin: site.origin.clone(),
        };
        for (kind, content) in [
            (wire::TableKind::Organisation, ORGANISATION),
            (wire::TableKind::Staff, STAFF),
        ] {
            let request = wire::ImportTableRequest {
                kind: kind.into(),
                content: content.as_bytes().to_vec(),
                mode: ImportMode::AllOrNothing.into(),
                dry_run: false,
            };
            let platform = town.process.service(ServiceName::Audit);
            let answer = ImportClient::new(platform).import_table(request).await;
            let report = answer.expect("judged").into_inner().report;
            assert!(report.expect("a report").entered);
        }
        town.keep_time();
        town
    }

    /// The provider lives in the present: so does the town, whenever it is told to.
    pub(crate) fn keep_time(&self) {
        #[expect(
            clippy::disallowed_methods,
            reason = "a provider of others' making reads the wall clock"
        )]
        let now = Timestamp::now();
        let clock = &self.process.clock;
        clock.advance(now.duration_since(clock.now()));
    }

    /// Links S1's account at the provider.
    pub(crate) async fn link(&self, provider: &str, subject: &str) {
        let request = wire::LinkAccountRequest {
            person_id: "S1".to_owned(),
            provider_id: provider.to_owned(),
            subject: subject.to_owned(),
        };
        let platform = self.process.service(ServiceName::Audit);
        let linked = FederationClient::new(platform).link_account(request).await;
        linked.expect("linked");
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
}
