//! The embedded broker: a child nats-server that cannot outlive this process.
//!
//! It is the child of a small shell whose standard input is a pipe held here. When this process
//! goes, also by kill -9, the pipe closes and the shell stops the server.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

const SCRIPT: &str = r#"
PATH=$PATH:/usr/sbin
command -v nats-server >/dev/null || { echo missing; exit 0; }
rm -f "$1/nats.log"
nats-server -a 127.0.0.1 -p "$2" -js -sd "$1/nats" -l "$1/nats.log" &
server=$!
until grep -q "Server is ready" "$1/nats.log" 2>/dev/null; do
  kill -0 $server 2>/dev/null || { echo failed; exit 0; }
  sleep 0.02
done
echo ready
cat >/dev/null
kill $server 2>/dev/null || true
wait $server 2>/dev/null || true
"#;

/// A running broker; dropped, it stops.
pub(super) struct Broker {
    shell: Child,
    url: String,
    /// Two brokers on one store would spoil it.
    _lock: File,
}

impl Broker {
    /// Starts one on a free loopback port; `None` when nats-server is not installed.
    pub(super) fn start(data_dir: &Path) -> io::Result<Option<Self>> {
        shell::private_dir(data_dir)?;
        let lock = File::create(data_dir.join("broker.lock"))?;
        if lock.try_lock().is_err() {
            let path = data_dir.display();
            return Err(io::Error::other(format!(
                "{path} is in use by another process"
            )));
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut shell = Command::new("sh")
            .args(["-ec", SCRIPT, "sh"])
            .arg(data_dir)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C is for this process, which stops the broker last.
            .process_group(0)
            .spawn()?;
        let mut word = String::new();
        if let Some(output) = shell.stdout.take() {
            BufReader::new(output).read_line(&mut word)?;
        }
        let broker = Self {
            shell,
            url: format!("nats://127.0.0.1:{port}"),
            _lock: lock,
        };
        match word.trim() {
            "ready" => Ok(Some(broker)),
            "missing" => Ok(None),
            _ => Err(io::Error::other(format!(
                "nats-server did not start: see {}",
                data_dir.join("nats.log").display()
            ))),
        }
    }

    /// Where it listens.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
