//! `sekisho witness`: a witness of logs, to be run elsewhere than the log and in other hands.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use runtime::{SystemClock, Tasks, config::Limits};
use verifier::Trust;
use witness::{Witness as Judge, WitnessError, router};

use crate::{Failure, alone::Alone, language::Language};

/// Watches audit logs and signs their checkpoints: only what is proven to continue what it has seen
/// (C2SP tlog-witness, docs/log-format.md). Serves plain HTTP; end TLS at a proxy in front.
#[derive(Debug, clap::Args)]
pub(crate) struct Witness {
    /// Its name, in every signature: a domain and path of its operator's. Only the first start takes it.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// File with a log's verifier key, and the hand-overs after it. Repeat for each log.
    #[arg(long, value_name = "FILE", required = true)]
    log: Vec<PathBuf>,
    /// Directory of its key and its memory. Lose neither: it would sign what contradicts itself.
    #[arg(long, value_name = "DIR", default_value = "witness")]
    data: PathBuf,
    /// Where it answers.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7090")]
    listen: SocketAddr,
}

impl Witness {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(self.serve(lang))
    }

    async fn serve(self, lang: Language) -> Result<(), Failure> {
        let alone = Alone::begin("witness")?;
        let logs: Result<Vec<Trust>, Failure> = self.log.iter().map(|path| trust(path)).collect();
        let judge = Judge::open(&self.data, &self.name, logs?).map_err(told)?;
        let key = judge.key().to_string();
        let routes = router(Arc::new(judge), Arc::new(SystemClock));
        let told = (lang.pick("証人:", "witness:"), key.as_str());
        alone
            .serve(
                self.listen,
                Limits::default(),
                routes,
                &Tasks::default(),
                told,
            )
            .await
    }
}

/// What is trusted of a log, from a file.
fn trust(path: &Path) -> Result<Trust, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    text.parse()
        .map_err(|failure| crate::verify::refused(path, &failure))
}

fn told(error: WitnessError) -> Failure {
    match error {
        WitnessError::File(path, error) => Failure::file(&path, &error),
        WitnessError::Form(path, failure) => crate::verify::refused(&path, &failure),
        WitnessError::Open { path, mode } => {
            let path = path.display();
            Failure::new(
                format!("鍵 {path} は他人に読めます（{mode:o}）。600 にしてください。"),
                format!("key file {path} is open to others (mode {mode:o}), make it 600"),
            )
        }
        WitnessError::InUse(path) => {
            let path = path.display();
            Failure::new(
                format!(
                    "{path} は別のプロセスが使っています。証人ごとに別のディレクトリを --data で指定してください。"
                ),
                format!(
                    "{path} is in use by another process; each witness takes a directory of its own (--data)"
                ),
            )
        }
        WitnessError::Twice(log) => Failure::new(
            format!("ログ {log} が二度指定されています。"),
            format!("the log {log} is named twice"),
        )
        .usage(),
    }
}
