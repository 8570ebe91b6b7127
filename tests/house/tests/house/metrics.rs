//! Every instrument has its line in docs/metrics.md, and every line its instrument.

use std::{collections::BTreeSet, path::PathBuf};

use crate::sources::{files, is_shipped, name, read, root};

const DOCUMENT: &str = "docs/metrics.md";

/// Names as Prometheus shows them: a counter ends in `_total`.
fn in_sources() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in files("rs") {
        let text = read(&path);
        if !is_shipped(&path) || !text.contains("_gauge(") && !text.contains("_counter(") {
            continue;
        }
        let text = text.split("\nmod tests {").next().unwrap_or(&text);
        for (at, _) in text.match_indices("\"sekisho_") {
            let name: String = text[at + 1..].chars().take_while(|c| *c != '"').collect();
            let line_before = &text[..at];
            let call = line_before.trim_end().trim_end_matches('(');
            let counts = call.ends_with("counter") && !call.ends_with("up_down_counter");
            found.insert(if counts {
                format!("{name}_total")
            } else {
                name
            });
        }
    }
    found
}

fn in_document() -> BTreeSet<String> {
    read(&root().join(DOCUMENT))
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// What operators are told to look at, page by page.
fn in_runbooks() -> Vec<(String, BTreeSet<String>)> {
    let pages = files("md").into_iter().filter(|path| {
        let folder = path.parent().and_then(|folder| folder.file_name());
        folder.is_some_and(|name| name == "runbooks")
    });
    let named = |path: PathBuf| {
        let text = read(&path);
        let names = text.match_indices("sekisho_").map(|(at, _)| {
            let word = text[at..].chars();
            word.take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect()
        });
        (name(&path), names.collect())
    };
    pages.map(named).collect()
}

#[test]
fn every_runbook_names_instruments_that_there_are() {
    let (pages, document) = (in_runbooks(), in_document());
    assert!(!pages.is_empty(), "no runbooks");
    for (page, named) in pages {
        assert!(!named.is_empty(), "{page}: nothing is measured");
        let unknown: Vec<_> = named.difference(&document).collect();
        assert!(
            unknown.is_empty(),
            "{page}, but not in {DOCUMENT}: {unknown:#?}"
        );
    }
}

#[test]
fn every_instrument_has_a_line_in_the_document_and_every_line_an_instrument() {
    let (sources, document) = (in_sources(), in_document());
    let missing: Vec<_> = sources.difference(&document).collect();
    assert!(
        missing.is_empty(),
        "without a line in {DOCUMENT}: {missing:#?}"
    );
    let stale: Vec<_> = document.difference(&sources).collect();
    assert!(
        stale.is_empty(),
        "in {DOCUMENT}, but nothing measures it: {stale:#?}"
    );
}
