//! The embedded broker: a child nats-server that cannot outlive this process.
//!
//! It is the child of a small shell whose standard input is a pipe held here. When this process
//! goes, also by kill -9, the pipe closes and the shell stops the server.
//!
//! Other users of the machine reach its port, too. So it asks for a token, new at every start, that it
//! is told in a file only its owner may read: command lines are for everyone to see.

use std::{
    fmt::Display,
    fs::File,
    io::{self, BufRead as _, BufReader},
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use runtime::{Secret, files};
use shell::StartError;

use crate::Failure;

const SCRIPT: &str = r#"
PATH=$PATH:/usr/sbin
command -v nats-server >/dev/null || { echo missing; exit 0; }
rm -f "$1/nats.log"
nats-server -c "$1/nats.conf" -a 127.0.0.1 -p "$2" -js -sd "$1/nats" -l "$1/nats.log" &
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
    url: Secret<String>,
    /// Two brokers on one store would spoil it.
    _lock: File,
}

impl Broker {
    /// Starts one on a free loopback port.
    ///
    /// # Errors
    /// What is missing, and how to go on without it.
    pub(super) fn start(data_dir: &Path) -> Result<Self, Failure> {
        let path = data_dir.join("broker.lock");
        let lock = shell::private_dir(data_dir).and_then(|()| File::create(&path));
        let lock = lock.map_err(|error| Failure::file(&path, &error))?;
        if lock.try_lock().is_err() {
            let path = data_dir.display().to_string();
            return Err(StartError::InUse { path }.into());
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr());
        let port = port.map_err(|error| without("127.0.0.1", &error))?.port();
        let path = data_dir.join("nats.conf");
        let token = hex(&runtime::random_bytes::<24>());
        write_config(&path, &token).map_err(|error| Failure::file(&path, &error))?;
        let mut shell = Command::new("sh")
            .args(["-ec", SCRIPT, "sh"])
            .arg(data_dir)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C is for this process, which stops the broker last.
            .process_group(0)
            .spawn()
            .map_err(|error| without("sh", &error))?;
        let mut word = String::new();
        if let Some(output) = shell.stdout.take() {
            let read = BufReader::new(output).read_line(&mut word);
            read.map_err(|error| without("sh", &error))?;
        }
        let broker = Self {
            shell,
            url: Secret::new(format!("nats://{token}@127.0.0.1:{port}")),
            _lock: lock,
        };
        match word.trim() {
            "ready" => Ok(broker),
            "missing" => Err(without(
                "nats-server",
                "not installed; on Debian and Ubuntu: apt-get install nats-server",
            )),
            _ => {
                let log = data_dir.join("nats.log");
                Err(without("nats-server", format!("see {}", log.display())))
            }
        }
    }

    /// Where it listens, with the token it asks for.
    pub(super) fn url(&self) -> &Secret<String> {
        &self.url
    }
}

/// Whatever an earlier start left there is replaced, its permissions included.
fn write_config(path: &Path, token: &str) -> io::Result<()> {
    let text = format!("authorization {{ token: \"{token}\" }}\n");
    files::replace(path, &text, files::OWNER_ONLY)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// There is no broker: why, and how the platform works all the same.
fn without(what: &str, why: impl Display) -> Failure {
    Failure::new(
        format!(
            "イベントバスを起動できません（{what}: {why}）。--nats-url nats://HOST:4222 で既存の NATS を使うか、--no-broker で NATS なしで動かせます（遅くなりますが、何も失われません）。"
        ),
        format!(
            "the event bus cannot be started ({what}: {why}). A NATS that runs elsewhere can be named with --nats-url nats://HOST:4222, and --no-broker works without any: slower, and nothing is lost."
        ),
    )
    .at_start()
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::TcpStream,
        os::unix::fs::PermissionsExt as _,
        path::Path,
    };

    use bus::{Nats, Topology};
    use testkit::eventually;

    use super::Broker;

    fn start(dir: &Path) -> Broker {
        Broker::start(dir).unwrap_or_else(|_| panic!("nats-server does not start"))
    }

    /// What the server answers to whoever says this of themselves.
    fn greeted(address: &str, who: &str) -> String {
        let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        let hello = format!("CONNECT {{\"verbose\":false{who}}}\r\nPING\r\n");
        stream.get_mut().write_all(hello.as_bytes()).unwrap();
        line.clear();
        stream.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    #[tokio::test]
    async fn the_broker_lets_in_who_has_its_token_and_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let broker = start(dir.path());
        let url = broker.url().expose();
        let nats = Nats::connect(url, None, Topology::default(), 1)
            .await
            .unwrap();
        eventually("the platform's connection", async || {
            nats.is_connected().then_some(())
        })
        .await;

        let (_, address) = url.split_once('@').unwrap();
        for who in ["", ",\"auth_token\":\"guess\""] {
            let answer = greeted(address, who);
            assert_eq!(answer, "-ERR 'Authorization Violation'", "{who}");
        }
    }

    #[test]
    fn the_token_is_its_owners_alone_and_new_at_every_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nats.conf");
        let mut tokens = Vec::new();
        for _ in 0..2 {
            // As an earlier version, or somebody else, might have left it.
            std::fs::write(&path, "").unwrap();
            drop(start(dir.path()));
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            tokens.push(std::fs::read_to_string(&path).unwrap());
        }
        assert_ne!(tokens[0], tokens[1]);
    }
}
