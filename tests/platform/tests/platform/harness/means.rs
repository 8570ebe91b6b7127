//! What else can be done to a process of the platform.

use std::process::Command;

use standard::ServiceName;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{Platform, Process};
use crate::binaries::binary;

impl Platform {
    fn process_mut(&mut self, service: ServiceName) -> &mut Process {
        let found = self
            .processes
            .iter_mut()
            .find(|process| process.services.contains(&service));
        found.expect("every service runs somewhere")
    }

    /// Starts it again by the means of another program: `env FAILPOINTS=...`, `faketime ...`.
    pub(crate) fn start_under(&mut self, service: ServiceName, means: &[&str]) {
        self.process_mut(service).program.start_under(means);
    }

    /// False when the process in which a service runs has ended.
    pub(crate) fn is_running(&self, service: ServiceName) -> bool {
        self.process(service).program.is_running()
    }

    /// What the process in which a service runs has printed.
    pub(crate) fn log(&self, service: ServiceName) -> String {
        self.process(service).program.log()
    }

    /// A signal to the process in which a service runs: `STOP`, `CONT`.
    pub(crate) fn signal(&self, service: ServiceName, signal: &str) {
        run("kill", &["-s", signal, self.process(service).program.pid()]);
    }

    /// From now on no file of that process may grow beyond so many bytes; none = as it will.
    pub(crate) fn limit_files(&self, service: ServiceName, bytes: Option<u64>) {
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let limit = format!("--fsize={limit}:unlimited");
        run(
            "prlimit",
            &["--pid", self.process(service).program.pid(), &limit],
        );
    }

    /// Runs `sekisho COMMAND` on this platform's data directory to its end.
    ///
    /// # Panics
    /// When it does not end well.
    pub(crate) async fn sekisho_here(&self, command: &[&str], more: &[&str]) -> String {
        let mut line = tokio::process::Command::new(binary("sekisho"));
        line.args(command)
            .args(more)
            .args(["--lang", "en", "--data"]);
        line.arg(self.path(""));
        let output = line.output().await.expect("sekisho runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(
            output.status.success(),
            "{command:?}: {said}\n{}",
            self.logs()
        );
        said
    }

    /// Where a service answers HTTP.
    pub(crate) fn http(&self, service: ServiceName) -> String {
        format!("http://{}", self.process(service).http)
    }

    /// What the process in which a service runs has measured, as Prometheus reads it.
    pub(crate) async fn metrics(&self, service: ServiceName) -> Option<String> {
        page(self.process(service).http.clone()).await
    }

    /// The value of a metric (`name{label="value"}`) where a service runs, once it has one.
    pub(crate) async fn metric(&self, service: ServiceName, name: &str) -> Option<f64> {
        let text = self.metrics(service).await?;
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse().ok()
    }

    /// Returns when a metric has this value.
    pub(crate) async fn until_metric(&self, service: ServiceName, name: &str, value: f64) {
        self.until(name, async || {
            let now = self.metric(service, name).await;
            now.filter(|now| (now - value).abs() < f64::EPSILON)
                .map(|_| ())
        })
        .await;
    }
}

/// The page of metrics that is served there.
async fn page(address: String) -> Option<String> {
    let mut line = TcpStream::connect(&address).await.ok()?;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await.ok()?;
    let mut text = String::new();
    line.read_to_string(&mut text).await.ok()?;
    Some(text)
}

pub(super) fn run(program: &str, words: &[&str]) {
    let status = Command::new(program).args(words).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{program} {words:?}"
    );
}
