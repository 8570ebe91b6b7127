//! A child server that cannot outlive the test process, however that ends.
//!
//! The server is the child of a small shell whose standard input is a pipe held by the test
//! process. When that process goes, also by kill -9, the pipe closes, and the shell stops the
//! server and deletes its files.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A running shell with its server; dropped, it stops the server and waits for it.
#[derive(Debug)]
pub(crate) struct Guarded {
    shell: Child,
    word: String,
}

impl Guarded {
    /// Runs a script that starts the server, prints one line when it is ready, and then waits with
    /// `cat >/dev/null` before it cleans up.
    pub(crate) fn start(script: &str, arguments: &[&Path]) -> Self {
        let mut shell = Command::new("sh")
            .arg("-ec")
            .arg(script)
            .arg("sh")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            // An interrupt at the terminal must not reach it before its pipe closes.
            .process_group(0)
            .spawn()
            .expect("a shell starts");
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
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// A port nobody listens on now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
