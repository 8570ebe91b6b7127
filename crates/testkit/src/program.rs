//! A program of the platform as a process of its own, to be killed and started again.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::server::Guarded;

/// The first word it says is the program's process id, the only one the test ever kills. The
/// `cat` ends when the test drops its end of the pipe, or is gone itself.
const SCRIPT: &str = r#"
log=$1; shift
"$@" </dev/null >>"$log" 2>&1 &
program=$!
echo $program
cat >/dev/null
kill -9 $program 2>/dev/null || true
wait $program 2>/dev/null || true
"#;

/// See the module. Dropped, it is killed; it cannot outlive the test process, however that ends.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    log: PathBuf,
    guard: Option<Guarded>,
}

impl Program {
    /// A program that is not running yet; what it prints is added to the file `log`.
    pub fn new<A: Into<OsString>>(
        path: &Path,
        arguments: impl IntoIterator<Item = A>,
        log: &Path,
    ) -> Self {
        Self {
            path: path.to_owned(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            log: log.to_owned(),
            guard: None,
        }
    }

    /// Starts it, with the same arguments every time. A running one is killed first.
    pub fn start(&mut self) {
        self.kill();
        let mut arguments = vec![self.log.as_path(), self.path.as_path()];
        arguments.extend(self.arguments.iter().map(Path::new));
        self.guard = Some(Guarded::start(SCRIPT, &arguments));
    }

    /// kill -9; returns when the process is gone.
    pub fn kill(&mut self) {
        if let Some(guard) = self.guard.take() {
            let _ = Command::new("kill").args(["-9", guard.word()]).status();
            drop(guard);
        }
    }

    /// What it has printed so far, since the first start.
    pub fn log(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// False when it is not started, was killed, or has ended by itself.
    pub fn is_running(&self) -> bool {
        let Some(guard) = &self.guard else {
            return false;
        };
        // A process that ended stays a zombie until its shell waits for it.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", guard.word()));
        let state = stat.ok().and_then(|stat| {
            let (_, after) = stat.rsplit_once(") ")?;
            after.chars().next()
        });
        state.is_some_and(|state| state != 'Z')
    }
}
