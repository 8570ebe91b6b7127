//! Finding files of the repository, and how long a source file may be.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file longer than this holds more than one idea.
const MOST_LINES: usize = 500;
/// What is made here and not written.
const NOT_OURS: [&str; 5] = [
    ".git",
    "target",
    "data",
    "tests/artefacts",
    "tests/federation/oidc-provider/node_modules",
];

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Every file of the repository with this extension.
pub(crate) fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(root(), &mut |path| {
        if path.extension().is_some_and(|one| one == extension) {
            found.push(path.to_owned());
        }
    });
    found.sort();
    assert!(
        !found.is_empty(),
        "no .{extension} file in {}",
        root().display()
    );
    found
}

/// A file's text.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A path as the repository names it.
pub(crate) fn name(path: &Path) -> String {
    let inner = path.strip_prefix(root()).unwrap_or(path);
    inner.display().to_string()
}

/// Tests, examples and helpers of tests answer nobody.
pub(crate) fn is_shipped(path: &Path) -> bool {
    let name = name(path);
    let inside = |part: &str| name.contains(&format!("/{part}/"));
    let of_the_house = name.starts_with("crates/") || name.starts_with("services/");
    of_the_house
        && !name.ends_with("tests.rs")
        && !inside("tests")
        && !inside("examples")
        && !name.starts_with("crates/testkit/")
}

fn walk(directory: &Path, found: &mut impl FnMut(&Path)) {
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        let ours = !NOT_OURS.iter().any(|name| path == root().join(name));
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && ours => walk(&path, found),
            Ok(kind) if kind.is_file() => found(&path),
            _ => {}
        }
    }
}

#[test]
fn no_source_file_is_longer_than_one_idea() {
    let long: Vec<String> = files("rs")
        .iter()
        .map(|path| (name(path), read(path).lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(name, lines)| format!("{name} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn a_module_is_a_file_beside_its_directory() {
    let old: Vec<String> = files("rs")
        .iter()
        .filter(|path| path.file_name().is_some_and(|name| name == "mod.rs"))
        .map(|path| name(path))
        .collect();
    assert!(old.is_empty(), "{old:#?}");
}
