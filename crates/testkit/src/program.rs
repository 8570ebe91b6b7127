//! A program of the platform as a process of its own, to be killed and started again.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitStatus,
};

use crate::server::Guarded;

/// The word it says is the program's process id; it ends as the program does. A line stops the program
/// in order. It is killed when the test drops its end of the pipe, or is gone itself.
const SCRIPT: &str = r#"
log=$1; shift
# What runs in the background gets another standard input.
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
program=$!
{
  if read -r _ <&3; then
    kill $program
    read -r _ <&3 || true
  fi
  kill -9 $program
} >/dev/null 2>&1 &
watcher=$!
ready $program
ended=0
wait $program 2>/dev/null || ended=$?
kill $watcher 2>/dev/null || true
exit $ended
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

    /// The same program, not running yet, with other values of these flags.
    ///
    /// # Panics
    /// When it has no such flag.
    pub fn another(&self, values: &[(&str, &str)], log: &Path) -> Self {
        let mut arguments = self.arguments.clone();
        for (flag, value) in values {
            let at = arguments.iter().position(|word| word == flag);
            arguments[at.expect("a flag") + 1] = value.into();
        }
        Self::new(&self.path, arguments, log)
    }

    /// Starts it, with the same arguments every time. A running one is killed first.
    pub fn start(&mut self) {
        self.start_under(&[]);
    }

    /// The same by the means of another program, which becomes it: `env NAME=VALUE`, `prlimit ...`.
    pub fn start_under(&mut self, means: &[&str]) {
        self.kill();
        let mut arguments = vec![self.log.as_path()];
        arguments.extend(means.iter().map(Path::new));
        arguments.push(self.path.as_path());
        arguments.extend(self.arguments.iter().map(Path::new));
        self.guard = Some(Guarded::start(SCRIPT, &arguments));
    }

    /// Its process id.
    ///
    /// # Panics
    /// When it is not running.
    pub fn pid(&self) -> &str {
        self.guard.as_ref().expect("it was started").word()
    }

    /// kill -9; returns when the process is gone.
    pub fn kill(&mut self) {
        self.guard = None;
    }

    /// SIGTERM; returns how it ended.
    ///
    /// # Panics
    /// When it is not running.
    pub async fn stop(&mut self) -> ExitStatus {
        let guard = self.guard.take().expect("it was started");
        guard.end("stop").await
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
