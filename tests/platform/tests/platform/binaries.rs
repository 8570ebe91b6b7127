//! The programs under test, as `cargo build` makes them.
//!
//! `cargo test -p` builds the programs of that package only, and a program left from yesterday
//! proves nothing about today's code: so they are built here, once, in the profile and target
//! directory this test itself was built in.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// A program's path: `sekisho`, `sekisho-ledger` ...
pub(crate) fn binary(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).join(name)
}

fn build() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    // target/PROFILE/deps/platform-0123456789abcdef
    let directory = test.ancestors().nth(2).expect("its profile's directory");
    let word = directory.file_name().expect("a profile").to_string_lossy();
    let profile = if word == "debug" { "dev" } else { &*word };
    let target = directory.parent().expect("the target directory");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    let status = Command::new(env!("CARGO"))
        .current_dir(workspace.expect("the workspace"))
        .args(["build", "--quiet", "--offline", "--locked"])
        // The whole workspace, as `cargo test --workspace` builds it: the features of a crate are
        // those that all its users ask for, and fewer users would compile everything again.
        .args(["--workspace", "--bins"])
        .args(["--profile", profile, "--target-dir"])
        .arg(target)
        .status();
    assert!(
        status.as_ref().is_ok_and(std::process::ExitStatus::success),
        "the platform's programs do not build: {status:?}"
    );
    directory.to_owned()
}
