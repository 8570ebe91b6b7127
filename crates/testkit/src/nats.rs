//! nats-server: one shared by a test process, or one of a test's own that it may kill.

use std::{path::PathBuf, process::Command, sync::OnceLock};

use crate::server::{Guarded, free_port};

/// A stream sets its room aside when it is made. Many small ones are to fit, however full the disk is.
const SCRIPT: &str = r#"
dir=$1 port=$2
command -v nats-server >/dev/null || PATH=$PATH:/usr/sbin
command -v nats-server >/dev/null || { echo "nats-server is missing: apt-get install nats-server" >&2; exit 1; }
rm -f "$dir/keep" "$dir/log"
[ -e "$dir/conf" ] || echo "jetstream { max_file: 1TB }" >"$dir/conf"
nats-server -c "$dir/conf" -a 127.0.0.1 -p "$port" -js -sd "$dir" -l "$dir/log" &
server=$!
echo $server > "$dir/pid"
until grep -q "Server is ready" "$dir/log" 2>/dev/null; do
  kill -0 $server || exit 1
  sleep 0.02
done
ready yes
cat >/dev/null
kill $server 2>/dev/null || true
wait $server 2>/dev/null || true
[ -e "$dir/keep" ] || rm -rf "$dir"
"#;

fn directory() -> PathBuf {
    tempfile::Builder::new()
        .prefix("sekisho-nats-")
        .tempdir()
        .expect("a temporary directory")
        .keep()
}

/// The URL of this process's shared nats-server. Every test keeps to a prefix of its own.
pub fn shared_nats() -> &'static str {
    static SERVER: OnceLock<(Guarded, String)> = OnceLock::new();
    let (_, url) = SERVER.get_or_init(|| {
        let port = free_port();
        let server = Guarded::start(SCRIPT, &[&directory(), port.to_string().as_ref()]);
        (server, format!("nats://127.0.0.1:{port}"))
    });
    url
}

/// A nats-server of a test's own, to be killed, wiped and started again on the same port.
#[derive(Debug)]
pub struct NatsServer {
    directory: PathBuf,
    port: u16,
    guard: Option<Guarded>,
}

impl NatsServer {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let mut server = Self::anew();
        server.restart();
        server
    }

    /// Starts one on a free port with a configuration of its own (`jetstream { max_file: 1MB }`).
    pub fn configured(configuration: &str) -> Self {
        let mut server = Self::anew();
        server.configure(configuration);
        server.restart();
        server
    }

    fn anew() -> Self {
        Self {
            directory: directory(),
            port: free_port(),
            guard: None,
        }
    }

    /// Where it listens; the same after a restart.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Changes its configuration, from the next start on.
    pub fn configure(&self, configuration: &str) {
        let file = self.directory.join("conf");
        std::fs::write(file, configuration).expect("its configuration");
    }

    /// Where it keeps its streams.
    pub fn store(&self) -> PathBuf {
        self.directory.join("jetstream")
    }

    /// kill -9; what it stored stays for the next start.
    pub fn kill(&mut self) {
        std::fs::write(self.directory.join("keep"), "").expect("its directory");
        self.kill_and_wipe();
    }

    /// kill -9, and everything it stored is deleted.
    pub fn kill_and_wipe(&mut self) {
        let pid = std::fs::read_to_string(self.directory.join("pid")).expect("its process id");
        let killed = Command::new("kill").args(["-9", pid.trim()]).status();
        assert!(
            killed.is_ok_and(|status| status.success()),
            "the server was not there"
        );
        // The guard waits for the dead server and deletes the directory.
        self.guard = None;
    }

    /// Starts on the same port, with what the last one left.
    pub fn restart(&mut self) {
        std::fs::create_dir_all(&self.directory).expect("its directory");
        let port = self.port.to_string();
        self.guard = Some(Guarded::start(SCRIPT, &[&self.directory, port.as_ref()]));
    }
}

/// One that was killed has nobody left who tidies up.
impl Drop for NatsServer {
    fn drop(&mut self) {
        if self.guard.is_none() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;
    use crate::server::abandon;

    #[test]
    fn a_server_whose_test_run_is_killed_while_it_starts_does_not_outlive_it() {
        let (directory, port) = (directory(), free_port());
        abandon(SCRIPT, &[&directory, port.to_string().as_ref()]);
        assert!(!directory.exists(), "its files are left");
        let answers = TcpStream::connect(("127.0.0.1", port));
        assert!(answers.is_err(), "the server is left");
    }
}
