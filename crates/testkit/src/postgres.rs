//! One PostgreSQL server per test process.

use std::{
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::server::{Guarded, free_port};

/// As root the server runs as `nobody`, since PostgreSQL refuses to run as root.
const SCRIPT: &str = r#"
dir=$1 port=$2 fsync=$3
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres || echo /nowhere/postgres)")
[ -x "$bin/postgres" ] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; exit 1; }
as=""
if [ "$(id -u)" = 0 ]; then
  chown -R nobody "$dir"
  as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
cd "$dir"
$as "$bin/initdb" -D "$dir/data" -U sekisho -A trust -E UTF8 --locale=C --no-sync >/dev/null
$as "$bin/pg_ctl" -D "$dir/data" -w -s -l "$dir/log" \
  -o "-c listen_addresses=127.0.0.1 -p $port -k $dir -c max_connections=500 -c fsync=$fsync -c shared_buffers=64MB" start
ready yes
cat >/dev/null
$as "$bin/pg_ctl" -D "$dir/data" -s -m immediate stop || true
rm -rf "$dir"
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
        let directory = tempfile::Builder::new()
            .prefix("sekisho-postgres-")
            .tempdir()
            .expect("a temporary directory")
            .keep();
        let port = free_port();
        let fsync = if SYNCS.load(Ordering::Relaxed) {
            "on"
        } else {
            "off"
        };
        let server = Guarded::start(
            SCRIPT,
            &[&directory, port.to_string().as_ref(), Path::new(fsync)],
        );
        let url = format!("postgres://sekisho@127.0.0.1:{port}/postgres");
        (server, url)
    });
    url
}
