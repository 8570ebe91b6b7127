//! One PostgreSQL server per test process.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::server::{Guarded, free_port};

/// As root the server runs as `nobody`, since PostgreSQL refuses to run as root.
const SCRIPT: &str = r#"
dir=$1 port=$2 fsync=$3 connections=$4
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres || echo /nowhere/postgres)")
[ -x "$bin/postgres" ] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; exit 1; }
as=""
if [ "$(id -u)" = 0 ]; then
  chown -R nobody "$dir"
  as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
cd "$dir"
rm -f "$dir/keep"
[ -d "$dir/data" ] || $as "$bin/initdb" -D "$dir/data" -U sekisho -A trust -E UTF8 --locale=C --no-sync >/dev/null
# What a killed server leaves in memory goes with the last of its processes.
tries=0
until $as "$bin/pg_ctl" -D "$dir/data" -w -s -l "$dir/log" \
  -o "-c listen_addresses=127.0.0.1 -p $port -k $dir -c max_connections=$connections -c fsync=$fsync -c shared_buffers=64MB" start 2>/dev/null
do
  tries=$((tries + 1))
  [ $tries -lt 50 ] || { cat "$dir/log" >&2; exit 1; }
  sleep 0.1
done
ready yes
cat >/dev/null
# One that was killed is not there to be stopped.
$as "$bin/pg_ctl" -D "$dir/data" -s -m immediate stop 2>/dev/null || true
[ -e "$dir/keep" ] || rm -rf "$dir"
"#;

/// Tests prove what is committed, not what survives a power cut.
static SYNCS: AtomicBool = AtomicBool::new(false);

/// From now on the server of this process syncs what it commits, as a real one does. For
/// measurements; to be called before the server is first asked for.
pub fn sync_postgres() {
    SYNCS.store(true, Ordering::Relaxed);
}

/// The URL of this process's PostgreSQL server, started at the first call. Every test keeps to a
/// schema of its own.
pub fn shared_postgres() -> &'static str {
    static SERVER: OnceLock<(Guarded, String)> = OnceLock::new();
    let (_, url) = SERVER.get_or_init(|| {
        let (directory, port) = (directory(), free_port());
        (run(&directory, port, 500), url_of(port))
    });
    url
}

fn directory() -> PathBuf {
    let made = tempfile::Builder::new()
        .prefix("sekisho-postgres-")
        .tempdir();
    made.expect("a temporary directory").keep()
}

fn url_of(port: u16) -> String {
    format!("postgres://sekisho@127.0.0.1:{port}/postgres")
}

fn run(directory: &Path, port: u16, connections: u32) -> Guarded {
    let fsync = match SYNCS.load(Ordering::Relaxed) {
        true => "on",
        false => "off",
    };
    let (port, connections) = (port.to_string(), connections.to_string());
    let arguments: [&Path; 4] = [
        directory,
        port.as_ref(),
        fsync.as_ref(),
        connections.as_ref(),
    ];
    Guarded::start(SCRIPT, &arguments)
}

/// A server of a test's own, to be stopped, killed and started again on the same port.
#[derive(Debug)]
pub struct PostgresServer {
    directory: PathBuf,
    port: u16,
    connections: u32,
    guard: Option<Guarded>,
}

impl PostgresServer {
    /// Starts one on a free port, for so many connections at once.
    pub fn start(connections: u32) -> Self {
        let mut server = Self {
            directory: directory(),
            port: free_port(),
            connections,
            guard: None,
        };
        server.restart();
        server
    }

    /// Its database; the same after a restart.
    pub fn url(&self) -> String {
        url_of(self.port)
    }

    /// Stops it in the middle of whatever it does; what was committed stays.
    pub fn stop_immediately(&mut self) {
        std::fs::write(self.directory.join("keep"), "").expect("its directory");
        self.guard = None;
    }

    /// kill -9; what was committed stays.
    pub fn kill(&mut self) {
        let file = self.directory.join("data/postmaster.pid");
        let pid = std::fs::read_to_string(file).expect("its process id");
        let pid = pid.lines().next().expect("its process id").to_owned();
        let killed = Command::new("kill").args(["-9", &pid]).status();
        assert!(
            killed.is_ok_and(|status| status.success()),
            "the server was not there"
        );
        self.stop_immediately();
    }

    /// Starts it with what is there.
    pub fn restart(&mut self) {
        self.guard = Some(run(&self.directory, self.port, self.connections));
    }
}

/// One that was stopped has nobody left who tidies up.
impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.guard.is_none() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}
