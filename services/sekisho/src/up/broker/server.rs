//! One nats-server, from its start to its end.

use std::{
    fs::{self, File},
    io::{self, PipeReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A watcher beside the server stops it when the pipe closes, whenever that is: nothing is said and
/// nothing awaited on the way there, so that there is nothing to fail at.
const SCRIPT: &str = r#"
PATH=$PATH:/usr/sbin
# What runs in the background gets another standard input.
exec 3<&0
nats-server -c "$1/nats.conf" -a 127.0.0.1 -p "$2" -js -sd "$1/nats" -l "$1/nats.log" -P "$1/nats.pid" 3<&- &
server=$!
{ read -r _ <&3; kill "$server"; } &
watcher=$!
wait "$server"
ended=$?
kill "$watcher"
exit "$ended"
"#;

/// What the shell says of a program that is not there.
const NO_SUCH_PROGRAM: i32 = 127;

/// How often is looked for what cannot be waited for.
const LOOK: Duration = Duration::from_millis(20);

/// How a server is started, as often as is needed.
pub(super) struct Server {
    pub(super) data_dir: PathBuf,
    pub(super) port: u16,
    /// It lives as long as the other end is open.
    pub(super) alive: PipeReader,
}

/// A server that was started.
pub(super) struct Run {
    shell: Child,
    log: PathBuf,
    /// Where its own words begin in the log.
    begins: usize,
}

/// It ended before it served.
pub(super) enum NotReady {
    Missing,
    /// The log says why.
    Ended,
}

impl Server {
    /// The right to the store: every process of a run holds it, so it is free only when the last of
    /// them is gone, whoever was killed before.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] if an earlier run has not ended in time.
    pub(super) fn store_within(&self, patience: Duration) -> io::Result<File> {
        let lock = File::create(self.lock_path())?;
        let began = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(fs::TryLockError::WouldBlock) if began.elapsed() < patience => {
                    thread::sleep(LOOK);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The same, however long an earlier run goes on.
    pub(super) fn store(&self) -> io::Result<File> {
        let lock = File::create(self.lock_path())?;
        lock.lock()?;
        Ok(lock)
    }

    pub(super) fn lock_path(&self) -> PathBuf {
        self.data_dir.join("nats.lock")
    }

    pub(super) fn log_path(&self) -> PathBuf {
        self.data_dir.join("nats.log")
    }

    /// Starts one that has the store to itself.
    pub(super) fn run(&self, store: File) -> io::Result<Run> {
        let log = self.log_path();
        let begins = content(&log)?.len();
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(&self.data_dir)
            .arg(self.port.to_string())
            .stdin(self.alive.try_clone()?)
            // Nobody writes there; it is how the lock is handed on.
            .stdout(store)
            .stderr(Stdio::null())
            // Ctrl-C is for this process, which stops the broker last.
            .process_group(0)
            .spawn()?;
        Ok(Run { shell, log, begins })
    }
}

impl Run {
    /// Waits until it serves.
    pub(super) fn ready(&mut self) -> Result<(), NotReady> {
        loop {
            let log = content(&self.log).unwrap_or_default();
            if log.get(self.begins..).is_some_and(says_ready) {
                return Ok(());
            }
            match self.shell.try_wait() {
                Ok(None) => thread::sleep(LOOK),
                Ok(Some(ended)) if ended.code() == Some(NO_SUCH_PROGRAM) => {
                    return Err(NotReady::Missing);
                }
                Ok(Some(_)) | Err(_) => return Err(NotReady::Ended),
            }
        }
    }

    /// Waits until the shell has ended.
    pub(super) fn ended(&mut self) -> io::Result<ExitStatus> {
        self.shell.wait()
    }
}

fn says_ready(log: &[u8]) -> bool {
    String::from_utf8_lossy(log).contains("Server is ready")
}

fn content(log: &Path) -> io::Result<Vec<u8>> {
    match fs::read(log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::net::TcpStream;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// Starts one and does this to it on the way; what must hold when this process is gone, at
    /// whatever moment: its end of the pipe closes, and no server is left on the store.
    fn outlives_nobody(moment: &str, on_the_way: impl FnOnce(&mut Run, &Path)) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("nats.conf"), "").unwrap();
        let (alive, here) = io::pipe().unwrap();
        let server = Server {
            data_dir: dir.path().to_owned(),
            port: testkit::free_port(),
            alive,
        };
        let mut run = server.run(server.store_within(LONG).unwrap()).unwrap();
        on_the_way(&mut run, dir.path());
        drop(here);
        let free = server.store_within(LONG);
        assert!(free.is_ok(), "{moment}: a server is left on the store");
        let answers = TcpStream::connect(("127.0.0.1", server.port));
        assert!(answers.is_err(), "{moment}: a server is left on the port");
        run.ended().unwrap();
    }

    #[test]
    fn the_server_dies_with_this_process_at_whatever_moment_that_is() {
        outlives_nobody("at once", |_, _| {});
        outlives_nobody("while it starts", |_, dir| {
            while !dir.join("nats.pid").exists() {
                thread::yield_now();
            }
        });
        outlives_nobody("while it serves", |run, _| assert!(run.ready().is_ok()));
        outlives_nobody("when its shell was killed before", |run, dir| {
            assert!(run.ready().is_ok());
            run.shell.kill().unwrap();
            run.ended().unwrap();
            assert!(
                File::open(dir.join("nats.lock"))
                    .unwrap()
                    .try_lock()
                    .is_err(),
                "the store is the server's as long as it lives"
            );
        });
    }
}
