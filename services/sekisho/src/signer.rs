//! `sekisho signer`: the key of the audit log on a machine of its own.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use audit::{Keyholder, KeyholderError};
use auth::{Issuer, Revocations, Verifier};
use runtime::{Config, SystemClock, Tasks};
use shell::StartError;

use crate::{Failure, alone::Alone, key, language::Language};

/// Who asks: the subject of audit's tokens must stand for it in the configuration.
const CALLER: &str = "service/audit";

/// Holds the key of the audit log and signs checkpoints for audit: only what is proven to continue what
/// it signed last (docs/operating.md). Serves plain HTTP; end TLS at a proxy in front.
#[derive(Debug, clap::Args)]
pub(crate) struct Signer {
    /// The origin of the log, in every signature: a domain and path. Only the first start takes it.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Configuration file, whose [[issuers]] say by whose tokens audit is known, and whose [limits] hold.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Directory of the key and of what it signed last. Lose neither: nothing could be signed any more.
    #[arg(long, value_name = "DIR", default_value = "signer")]
    data: PathBuf,
    /// Where it answers.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7091")]
    listen: SocketAddr,
}

impl Signer {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(self.serve(lang))
    }

    async fn serve(self, lang: Language) -> Result<(), Failure> {
        let alone = Alone::begin("signer")?;
        runtime::crypto::install();
        let config = Config::load(&self.config).map_err(StartError::from)?;
        let callers = callers(&config)?;
        let keyholder = Keyholder::open(&self.data, &self.name).map_err(|error| told(&error))?;
        let key = keyholder.key();
        let tasks = Tasks::default();
        callers.keep_fresh(&tasks);
        let routes = audit::keyholder_router(Arc::new(keyholder), callers);
        let told = (lang.pick("署名者:", "signer:"), key.as_str());
        alone
            .serve(self.listen, config.limits, routes, &tasks, told)
            .await
    }
}

/// Whose tokens are taken: those of the configuration, one of which must be audit's.
fn callers(config: &Config) -> Result<Verifier, Failure> {
    let known = config
        .issuers
        .iter()
        .flat_map(|issuer| issuer.subjects.values());
    if !known.into_iter().any(|actor| actor == CALLER) {
        return Err(Failure::new(
            format!("設定に {CALLER} の発行者（[[issuers]] の subjects）がありません。誰も署名を求められません。"),
            format!("no [[issuers]] of the configuration has {CALLER} among its subjects: nobody could ask"),
        )
        .usage());
    }
    let issuers = config.issuers.iter().map(Issuer::from_config);
    let issuers = issuers
        .collect::<Result<_, _>>()
        .map_err(StartError::from)?;
    let clock = Arc::new(SystemClock);
    Ok(Verifier::new(clock, issuers, Revocations::default()))
}

fn told(error: &KeyholderError) -> Failure {
    let ja = match error {
        KeyholderError::Key(error) => return key::unusable(error),
        KeyholderError::File { path, source } => return Failure::file(path, source),
        KeyholderError::Forgotten(path) => format!(
            "{} がありません。ログの最新のチェックポイントを置いてください。",
            path.display()
        ),
        KeyholderError::NotOurs(path) => format!(
            "{} は、この鍵で署名されたチェックポイントではありません。",
            path.display()
        ),
        KeyholderError::InUse(path) => format!("{} は別のプロセスが使っています。", path.display()),
    };
    Failure::new(ja, error.to_string())
}
