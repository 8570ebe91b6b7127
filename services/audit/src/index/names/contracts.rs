//! Whoever adds a field that names a person or a system adds one that is searched by, or says here why not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, fs, path::Path};

use proto::paths::paths;

use super::{DEPTH, What, what};

/// Fields that look as if they named somebody, and do not.
const EXCUSED: [(&str, &str); 3] = [
    (
        "allowed_by",
        "a permit or an exception, which have ids of their own",
    ),
    ("by", "what serves a clause, in words"),
    ("search", "part of a name or number, in a request"),
];

/// A text of the contracts, with the message it is in and what is said of it.
#[derive(Debug)]
struct Field {
    event: bool,
    message: String,
    name: String,
    comment: String,
}

fn fields() -> Vec<Field> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/sekisho");
    let (mut open, mut found) = (vec![root], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let inner = fs::read_dir(path).unwrap();
            open.extend(inner.map(|entry| entry.unwrap().path()));
        } else {
            let event = path.to_string_lossy().ends_with("events.proto");
            read(&fs::read_to_string(&path).unwrap(), event, &mut found);
        }
    }
    found
}

fn read(text: &str, event: bool, found: &mut Vec<Field>) {
    let (mut package, mut message, mut comment) = ("", String::new(), String::new());
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("//") {
            comment.push_str(words);
            continue;
        }
        if let Some(name) = line.strip_prefix("package ") {
            package = name.trim_end_matches(';');
        }
        if let Some(name) = line.strip_prefix("message ") {
            message = format!("{package}.{}", name.trim_end_matches([' ', '{', '}']));
        }
        let field = ["repeated ", "optional "]
            .iter()
            .find_map(|word| line.strip_prefix(word));
        let field = field.unwrap_or(line).strip_prefix("string ");
        if let Some((name, _)) = field.and_then(|field| field.split_once(" = ")) {
            found.push(Field {
                event,
                message: message.clone(),
                name: name.to_owned(),
                comment: comment.clone(),
            });
        }
        comment.clear();
    }
}

fn names_a_system(field: &Field) -> bool {
    field.name.ends_with("system_id") || field.name.ends_with("system_ids")
}

fn names_a_person(field: &Field) -> bool {
    let by = ["by", "person_id", "person_ids"].contains(&field.name.as_str());
    let ends = ["_by", "_by_id"]
        .iter()
        .any(|end| field.name.ends_with(end));
    by || ends || field.comment.to_lowercase().contains("staff number")
}

#[test]
fn every_field_that_names_a_person_or_a_system_is_searched_by_7_1_4_4a() {
    let fields = fields();
    assert!(fields.len() > 500, "only {} fields", fields.len());
    let excused = |field: &Field| EXCUSED.iter().any(|(name, _)| *name == field.name);
    let missed: Vec<_> = fields
        .iter()
        .filter(|field| !excused(field))
        .filter(|field| {
            let known = what(&field.name);
            (names_a_system(field) && known != Some(What::System))
                || (names_a_person(field) && known != Some(What::Person))
        })
        .map(|field| format!("{}.{}", field.message, field.name))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
    for (name, _) in EXCUSED {
        let used = fields.iter().any(|field| field.name == name);
        assert!(used, "no field is called {name} any more");
    }
}

/// A name that lies deeper than is looked is not found.
#[test]
fn no_event_names_anybody_deeper_than_is_looked() {
    let events: BTreeSet<String> = fields()
        .into_iter()
        .filter(|field| field.event)
        .map(|field| field.message)
        .collect();
    assert!(events.len() > 80, "only {} events", events.len());
    let (looked, deeper) = (paths(DEPTH, what), paths(DEPTH + 3, what));
    for event in &events {
        assert_eq!(looked.get(event), deeper.get(event), "{event}");
    }
}
