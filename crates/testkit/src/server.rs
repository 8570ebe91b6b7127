//! A child server that cannot outlive the test process, however that ends.
//!
//! The server is the child of a small shell whose standard input is a pipe held by the test
//! process. When that process goes, also by kill -9, the pipe closes, and the shell stops the
//! server and deletes its files.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use tokio::time::{Instant, sleep};

use crate::wait::{LOOK, PATIENCE};

/// A script says that it is ready by this. Where nobody is left to hear it, it goes on all the same,
/// to where it waits for the pipe to close, and so cleans up.
const READY: &str = r#"
trap '' PIPE
ready() { echo "$1" 2>/dev/null || true; }
"#;

/// A running shell with its server; dropped, it stops the server and waits for it.
#[derive(Debug)]
pub(crate) struct Guarded {
    shell: Child,
    word: String,
}

impl Guarded {
    /// Runs a script that starts the server, says one line by `ready` when it is, and then waits until
    /// its standard input ends before it cleans up.
    pub(crate) fn start(script: &str, arguments: &[&Path]) -> Self {
        let mut shell = spawn(script, arguments);
        let mut ready = String::new();
        let output = shell.stdout.take().expect("its output is a pipe");
        BufReader::new(output)
            .read_line(&mut ready)
            .expect("its output can be read");
        assert!(
            !ready.trim().is_empty(),
            "the server did not start: {script}"
        );
        Self {
            shell,
            word: ready.trim().to_owned(),
        }
    }

    /// The line it printed when it was ready.
    pub(crate) fn word(&self) -> &str {
        &self.word
    }

    /// Says a line to the script; returns how it ended.
    pub(crate) async fn end(mut self, line: &str) -> ExitStatus {
        let input = self.shell.stdin.as_mut().expect("its input is a pipe");
        writeln!(input, "{line}").expect("it listens");
        let began = Instant::now();
        loop {
            // Waiting in one go would close the pipe.
            if let Some(ended) = self.shell.try_wait().expect("a child") {
                return ended;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end");
            sleep(LOOK).await;
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn spawn(script: &str, arguments: &[&Path]) -> Child {
    Command::new("sh")
        .arg("-ec")
        .arg(format!("{READY}{script}"))
        .arg("sh")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        // An interrupt at the terminal must not reach it before its pipe closes.
        .process_group(0)
        .spawn()
        .expect("a shell starts")
}

/// What becomes of a server whose test run is killed before it was ready.
#[cfg(test)]
pub(crate) fn abandon(script: &str, arguments: &[&Path]) {
    let mut shell = spawn(script, arguments);
    drop((shell.stdin.take(), shell.stdout.take()));
    shell.wait().expect("it ends");
}

/// A port nobody listens on now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
