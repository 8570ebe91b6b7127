//! README's walk with grpcurl, as it is written there: whoever follows it comes to where it says.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Stdio,
};

use standard::ServiceName;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{binaries::binary, checker, harness::Platform};

/// The part of README that is walked.
const WALK: &str = "grpcurl で歩く";
/// Where README's platform answers, and what its programs are called.
const ADDRESS: &str = "127.0.0.1:7070";
const PROGRAM: &str = "target/quick/sekisho";
/// Said by the shell after each block that went well.
const DONE: &str = "-- done --";

/// Commands that are shown together, and the prose up to the next ones.
struct Block {
    commands: String,
    prose: String,
}

fn walk() -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = fs::read_to_string(path).expect("README.md");
    let mut parts = text.split("\n## ");
    let part = parts.find(|part| part.starts_with(WALK));
    let blocks = part.expect("the walk").split("```sh\n").skip(1);
    let blocks = blocks.map(|block| {
        let (commands, prose) = block.split_once("```\n").expect("an end of the block");
        Block {
            commands: commands.to_owned(),
            prose: prose.to_owned(),
        }
    });
    blocks.collect()
}

/// The outcomes of access decisions that a text names, each once in a row.
fn outcomes(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_');
    let mut named: Vec<_> = words
        .filter(|word| word.starts_with("ACCESS_OUTCOME_"))
        .collect();
    named.dedup();
    named
}

#[tokio::test]
async fn an_outsider_comes_through_readmes_walk_as_it_is_written() {
    let platform = Platform::embedded(&[]).await;
    let ready = "Sekisho is serving";
    platform.said(ServiceName::Identity, ready).await;
    let mut shell = Shell::start(&platform).await;
    let (mut promised, mut told) = (String::new(), String::new());
    for block in walk() {
        // "What has just been entered may not be known for a moment": the moment is waited for.
        checker::at_rest(&platform).await;
        let came = shell.run(&block.commands).await;
        if block.commands.contains("sekisho verify") {
            assert!(came.contains('✓') && !came.contains('✗'), "{came}");
        }
        told.push_str(&came);
        promised.push_str(&block.prose);
    }
    assert!(!outcomes(&promised).is_empty(), "nothing is promised");
    assert_eq!(outcomes(&told), outcomes(&promised), "{told}");
}

/// A shell in a directory as README has it, with nothing but what README names.
struct Shell {
    _shell: Child,
    address: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Shell {
    async fn start(platform: &Platform) -> Self {
        let here = checkout(platform);
        let address = platform.address(ServiceName::Identity);
        let tools = std::env::join_paths(
            std::iter::once(here.join("tools")).chain(["/usr/bin", "/bin"].map(PathBuf::from)),
        );
        let mut shell = Command::new("bash")
            .current_dir(&here)
            .env("PATH", tools.expect("a path"))
            .env("SEKISHO_ADDRESS", address)
            .env("SEKISHO_LANG", "ja")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("bash");
        let mut input = shell.stdin.take().expect("its input");
        let output = BufReader::new(shell.stdout.take().expect("its output")).lines();
        let begin = b"exec 2>&1; set -euo pipefail\n";
        input.write_all(begin).await.expect("a shell");
        Self {
            _shell: shell,
            address: address.trim_start_matches("http://").to_owned(),
            input,
            output,
        }
    }

    /// Runs a block to its end; returns what was said.
    ///
    /// # Panics
    /// When a command of it fails.
    async fn run(&mut self, commands: &str) -> String {
        let commands = commands.replace(ADDRESS, &self.address);
        let block = format!("{commands}\necho '{DONE}'\n");
        self.input
            .write_all(block.as_bytes())
            .await
            .expect("a shell");
        let mut told = String::new();
        while let Some(line) = self.output.next_line().await.expect("a line") {
            if line == DONE {
                return told;
            }
            told.push_str(&line);
            told.push('\n');
        }
        panic!("the walk ends at:\n{commands}\n{told}");
    }
}

/// A directory with `data`, the program and the tools where README has them.
fn checkout(platform: &Platform) -> PathBuf {
    let here = platform.path("checkout");
    let program = here.join(PROGRAM);
    fs::create_dir_all(program.parent().expect("a directory")).expect("a directory");
    symlink(binary("sekisho"), program).expect("the program");
    symlink(platform.path(""), here.join("data")).expect("the data");
    fs::create_dir(here.join("tools")).expect("a directory");
    for tool in ["grpcurl", "jq"] {
        symlink(binary("outsider"), here.join("tools").join(tool)).expect("a tool");
    }
    here
}
