//! `sekisho witness`: a witness of logs, to be run elsewhere than the log and in other hands.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use runtime::{
    Readiness, Stage, SystemClock, Tasks,
    config::{Limits, Shutdown, Telemetry},
    http::{Port, Speech},
    shutdown::{Signals, run_until_stopped},
    telemetry,
};
use tokio::net::TcpListener;
use verifier::Trust;
use witness::{Witness as Judge, WitnessError, router};

use crate::{Failure, language::Language, output::say};

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
        let telemetry = Telemetry {
            filter: "warn".to_owned(),
            ..Telemetry::default()
        };
        let telemetry = telemetry::init(&telemetry, "sekisho-witness");
        let telemetry = telemetry.map_err(shell::StartError::from)?;
        let logs: Result<Vec<Trust>, Failure> = self.log.iter().map(|path| trust(path)).collect();
        let judge = Judge::open(&self.data, &self.name, logs?).map_err(told)?;
        let key = judge.key();
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            let listen = self.listen;
            Failure::new(
                format!("{listen} で待ち受けられません（{error}）"),
                format!("cannot listen on {listen}: {error}"),
            )
        })?;
        let address = listener.local_addr().map_err(Failure::unexpected)?;
        let signals = Signals::listen().map_err(Failure::unexpected)?;
        say!("{} http://{address}", lang.pick("証人:", "witness:"));
        say!("{key}");
        let tasks = Tasks::default();
        telemetry.flush_at_the_end(&tasks);
        let port = Port {
            name: "witness",
            speech: Speech::Http,
            listener,
            limits: Limits::default(),
        };
        let servers = tasks.stage(Stage::Servers);
        let routes = router(Arc::new(judge), Arc::new(SystemClock));
        servers.spawn("witness", port.serve(routes, servers.shutdown_token()));
        let times = Shutdown {
            drain_seconds: 0,
            ..Shutdown::default()
        };
        run_until_stopped(&tasks, &Readiness::default(), signals, &times)
            .await
            .map_err(Failure::unexpected)
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
