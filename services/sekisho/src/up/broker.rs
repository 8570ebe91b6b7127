//! The embedded broker: a child nats-server that cannot outlive this process, and is started again
//! when it ends before it.
//!
//! It is the child of a small shell whose standard input is a pipe held here. When this process
//! goes, also by kill -9, the pipe closes and the server is stopped.
//!
//! Other users of the machine reach its port, too. So it asks for a token, new at every start, that it
//! is told in a file only its owner may read: command lines are for everyone to see.

mod server;

use std::{
    convert::Infallible,
    fmt::Display,
    fs::{self, File},
    io::{self, PipeWriter, Write as _},
    net::TcpListener,
    path::Path,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use runtime::{Secret, files};
use shell::StartError;

use crate::Failure;
use server::{NotReady, Run, STOP, Server};

/// How long the server of a process that was killed may take to put its store in order.
const PREDECESSOR: Duration = Duration::from_secs(10);

/// How soon it is started again: at first, and at the latest when that does not help.
const SOON: Duration = Duration::from_millis(200);
const LATE: Duration = Duration::from_secs(30);

/// A running broker; dropped, it is killed.
pub(super) struct Broker {
    url: Secret<String>,
    /// Open as long as it is to run.
    running: Option<(Sender<Infallible>, PipeWriter)>,
    keeper: Option<JoinHandle<()>>,
    /// The next start is told at once that this one runs.
    _lock: File,
}

impl Broker {
    /// Starts one on a free loopback port, and again whenever it ends: `tell(false)` when it has, and
    /// `tell(true)` when it is back, with the same port, token and store.
    ///
    /// # Errors
    /// What is missing, and how to go on without it.
    pub(super) fn start(
        data_dir: &Path,
        tell: impl Fn(bool) + Send + 'static,
    ) -> Result<Self, Failure> {
        let path = data_dir.join("broker.lock");
        let lock = shell::private_dir(data_dir).and_then(|()| files::hold(&path));
        let lock = lock.map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => in_use(data_dir),
            _ => Failure::file(&path, &error),
        })?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr());
        let port = port.map_err(|error| without("127.0.0.1", &error))?.port();
        let (alive, here) = io::pipe().map_err(|error| without("sh", &error))?;
        let server = Server {
            data_dir: data_dir.to_owned(),
            port,
            alive,
        };
        let store = match server.store_within(PREDECESSOR) {
            Ok(store) => store,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(in_use(&server.lock_path()));
            }
            Err(error) => return Err(Failure::file(&server.lock_path(), &error)),
        };
        let path = data_dir.join("nats.conf");
        let token = hex::encode(runtime::random_bytes::<24>());
        write_config(&path, &token).map_err(|error| Failure::file(&path, &error))?;
        let log = server.log_path();
        match fs::remove_file(&log) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::file(&log, &error));
            }
            _ => {}
        }
        let mut run = server.run(store).map_err(|error| without("sh", &error))?;
        run.ready().map_err(|why| match why {
            NotReady::Missing => without(
                "nats-server",
                "not installed; on Debian and Ubuntu: apt-get install nats-server",
            ),
            NotReady::Ended => without("nats-server", format!("see {}", log.display())),
        })?;
        let (wanted, stopped) = mpsc::channel();
        let keeper = thread::spawn(move || keep(&server, run, &stopped, tell));
        Ok(Self {
            url: Secret::new(format!("nats://{token}@127.0.0.1:{port}")),
            running: Some((wanted, here)),
            keeper: Some(keeper),
            _lock: lock,
        })
    }

    /// Where it listens, with the token it asks for.
    pub(super) fn url(&self) -> &Secret<String> {
        &self.url
    }

    /// Stops it; returns when it has put its store in order and is gone. Who does not wait for that
    /// leaves it to be killed when this process ends.
    pub(super) fn stop(mut self) {
        let _waiting = self.ask();
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }

    /// It is killed when the pipe that is returned closes before it has stopped.
    fn ask(&mut self) -> Option<PipeWriter> {
        let (wanted, mut pipe) = self.running.take()?;
        drop(wanted);
        // Where nobody reads it, there is no server.
        let _ = pipe.write_all(STOP);
        Some(pipe)
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.ask());
    }
}

/// Starts the server again, later and later, until nobody wants it any more.
fn keep(server: &Server, run: Run, stopped: &Receiver<Infallible>, tell: impl Fn(bool)) {
    let (mut run, mut serves) = (Ok(run), true);
    let (mut began, mut pause) = (Instant::now(), SOON);
    loop {
        if let Ok(run) = &mut run {
            let _ = run.ended();
        }
        // Also when only the shell was killed: the server then still serves, and is waited for.
        let store = server.store();
        if began.elapsed() > LATE {
            pause = SOON;
        }
        if stopped.try_recv() == Err(mpsc::TryRecvError::Disconnected) {
            return;
        }
        if serves {
            tell(false);
        }
        if stopped.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        pause = LATE.min(pause * 2);
        began = Instant::now();
        // One that is started in the very moment of the end finds the pipe closed.
        run = store.and_then(|store| server.run(store));
        serves = run.as_mut().is_ok_and(|run| run.ready().is_ok());
        if serves {
            tell(true);
        }
    }
}

fn in_use(path: &Path) -> Failure {
    let path = path.display().to_string();
    StartError::InUse { path }.into()
}

/// Whatever an earlier start left there is replaced, its permissions included.
fn write_config(path: &Path, token: &str) -> io::Result<()> {
    let text = format!("authorization {{ token: \"{token}\" }}\n");
    files::replace(path, &text, files::OWNER_ONLY)
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::TcpStream,
        os::unix::fs::PermissionsExt as _,
        path::Path,
        process::Command,
        sync::mpsc,
    };

    use bus::{Nats, Topology};
    use testkit::eventually;

    use super::Broker;

    fn start(dir: &Path) -> Broker {
        Broker::start(dir, |_| {}).unwrap_or_else(|_| panic!("nats-server does not start"))
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
            start(dir.path()).stop();
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            tokens.push(std::fs::read_to_string(&path).unwrap());
        }
        assert_ne!(tokens[0], tokens[1]);
    }

    #[tokio::test]
    async fn a_server_that_is_killed_is_told_and_started_again_for_the_same_clients() {
        let dir = tempfile::tempdir().unwrap();
        let (tell, told) = mpsc::channel();
        let broker = Broker::start(dir.path(), move |there| tell.send(there).unwrap());
        let broker = broker.unwrap_or_else(|_| panic!("nats-server does not start"));
        let url = broker.url().expose();
        let nats = Nats::connect(url, None, Topology::default(), 1)
            .await
            .unwrap();
        for _ in 0..2 {
            eventually("the platform's connection", async || {
                nats.is_connected().then_some(())
            })
            .await;
            let pid = std::fs::read_to_string(dir.path().join("nats.pid")).unwrap();
            let killed = Command::new("kill").args(["-9", pid.trim()]).status();
            assert!(killed.unwrap().success());
            for there in [false, true] {
                let next = eventually("word of it", async || told.try_recv().ok()).await;
                assert_eq!(next, there);
            }
        }
        broker.stop();
        assert!(told.recv().is_err(), "an end that was wanted is not told");
    }
}
