//! A pack with a fault is refused with the file, the line and the fault.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::faults::{Fault, in_clauses, in_other_files, in_permit_kinds};
use crate::{Pack, pack::Problem};

#[test]
fn each_fault_in_a_toml_file_is_told_once_with_file_and_line() {
    for fault in in_other_files().into_iter().chain(in_permit_kinds()) {
        let (expected, problems) = problems_of(&fault);
        assert_eq!(problems, [expected], "{} -> {}", fault.from, fault.to);
    }
}

/// A clause that cannot be read is also missed by what refers to it, so there may be more.
#[test]
fn each_fault_in_the_clause_files_is_told_with_file_and_line() {
    for fault in in_clauses() {
        let (expected, problems) = problems_of(&fault);
        assert!(
            problems.contains(&expected),
            "{expected}\nnot in\n{problems:#?}"
        );
    }
}

#[test]
fn all_faults_of_all_files_are_told_at_once_and_in_order() {
    let dir = copy();
    edit(
        dir.path(),
        "permit_kinds.toml",
        "route = [\"bm\"]",
        "route = [\"mayor\"]",
    );
    edit(
        dir.path(),
        "permit_kinds.toml",
        "effect = \"entitlement\"",
        "effect = \"tea\"",
    );
    edit(dir.path(), "periods.toml", "takeout_max", "takeaway_max");
    edit(
        dir.path(),
        "roles.toml",
        "seat = \"bureau\"",
        "seat = \"throne\"",
    );
    let error = Pack::load(dir.path()).expect_err("five faults");
    let files: Vec<_> = error
        .problems
        .iter()
        .filter_map(|problem| problem.file.rsplit('/').next())
        .collect();
    assert_eq!(
        files,
        [
            "periods.toml",
            "periods.toml",
            "permit_kinds.toml",
            "permit_kinds.toml",
            "roles.toml",
            "roles.toml"
        ]
    );
    let text = error.to_string();
    assert_eq!(text.lines().count(), error.problems.len());
    assert!(text.contains("permit_kinds.toml:"), "{text}");
}

#[test]
fn a_file_that_is_not_there_is_one_problem() {
    for file in [
        "clauses.tsv",
        "fields.toml",
        "criteria.toml",
        "holidays.toml",
    ] {
        let dir = copy();
        fs::remove_file(dir.path().join(file)).expect("removed");
        let problems = Pack::load(dir.path()).expect_err(file).problems;
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert_eq!(problems[0].line, None);
        assert!(problems[0].file.ends_with(file));
        assert!(problems[0].message.starts_with("cannot be read: "));
    }
}

/// References pass when what they refer to could not be read; an empty file must not slip by so.
#[test]
fn a_file_that_defines_nothing_is_one_problem() {
    let header = "id\ttitle_ja\ttitle_en\tobliged\tstrength\tservice\tmode\talso\tnote\n";
    for (file, text, says) in [
        ("clauses.tsv", header, "not one clause"),
        ("fields.toml", "[fields]\n", "not one field"),
        ("criteria.toml", "checklist = []\n", "not one checklist"),
    ] {
        let dir = copy();
        fs::write(dir.path().join(file), text).expect("written");
        let problems = Pack::load(dir.path()).expect_err(says).problems;
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert_eq!(problems[0].message, says);
    }
}

/// A circle of roles would send a colliding request round for ever: every role in it is told.
#[test]
fn roles_that_stand_above_each_other_in_a_circle_are_refused() {
    let dir = copy();
    let from = "up = \"ciso\"\n\n[[role]]\ncode = \"information_manager\"";
    let to = "up = \"system_manager\"\n\n[[role]]\ncode = \"information_manager\"";
    let text = edit(dir.path(), "roles.toml", from, to);
    let problems = Pack::load(dir.path()).expect_err("a circle").problems;
    let told: Vec<_> = problems
        .iter()
        .map(|problem| (problem.line, problem.message.as_str()))
        .collect();
    let line = |code: &str| {
        let code = format!("code = \"{code}\"");
        let at = text.lines().position(|line| line == code);
        at.map(|index| index + 1)
    };
    assert_eq!(
        told,
        [
            (
                line("bureau_manager"),
                "role \"bureau_manager\" stands above itself"
            ),
            (
                line("system_manager"),
                "role \"system_manager\" stands above itself"
            ),
        ]
    );
}

#[test]
fn a_good_pack_loads_from_a_directory_as_spreadsheets_save_it() {
    let dir = copy();
    let path = dir.path().join("clauses.tsv");
    let text = fs::read_to_string(&path).expect("readable");
    fs::write(&path, format!("\u{feff}{}", text.replace('\n', "\r\n"))).expect("written");
    edit(
        dir.path(),
        "pack.toml",
        "id = \"sendai\"",
        "id = \"natori\"",
    );
    let pack = Pack::load(dir.path()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(pack.id(), "natori");
    assert_eq!(pack.clauses(), Pack::sendai().expect("built in").clauses());
}

fn problems_of(fault: &Fault) -> (Problem, Vec<Problem>) {
    let dir = copy();
    let text = edit(dir.path(), fault.file, fault.from, fault.to);
    let line = |at| {
        text.lines()
            .position(|line| line.contains(at))
            .map(|index| index + 1)
    };
    let expected = Problem {
        file: format!("{}/{}", dir.path().display(), fault.file),
        line: fault
            .at
            .map(|at| line(at).expect("the marker is in the file")),
        message: fault.says.to_owned(),
    };
    match Pack::load(dir.path()) {
        Ok(_) => panic!("accepted: {} -> {}", fault.from, fault.to),
        Err(error) => (expected, error.problems),
    }
}

fn copy() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/sendai");
    for entry in fs::read_dir(source).expect("Sendai's files") {
        let entry = entry.expect("a file");
        fs::copy(entry.path(), dir.path().join(entry.file_name())).expect("copied");
    }
    dir
}

/// Replaces the first occurrence and gives the new text.
fn edit(dir: &Path, file: &str, from: &str, to: &str) -> String {
    let path = dir.join(file);
    let text = fs::read_to_string(&path).expect("readable");
    assert!(text.contains(from), "{file} has no {from:?}");
    let edited = text.replacen(from, to, 1);
    fs::write(&path, &edited).expect("written");
    edited
}
