//! What the documents point at is there.

use std::path::Path;

use crate::sources::{files, name, read, root};

/// Targets of a document's links, code blocks left out.
fn links(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let targets = line.split("](").skip(1);
            found.extend(targets.filter_map(|rest| rest.split(')').next()));
        }
    }
    found
}

/// Test names that a document gives as proof: `` `a_name_of_several_words` ``.
fn proofs(text: &str) -> Vec<&str> {
    let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.lines()
        .filter(|line| line.starts_with("| **G"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|word| word.chars().all(snake) && word.matches('_').count() >= 3)
        .collect()
}

#[test]
fn every_link_between_files_of_the_repository_leads_somewhere() {
    let mut broken = Vec::new();
    for path in files("md") {
        let text = read(&path);
        let here = path.parent().unwrap_or_else(|| Path::new(""));
        for link in links(&text) {
            let target = link.split('#').next().unwrap_or(link);
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !target.is_empty() && !here.join(target).exists() {
                broken.push(format!("{}: {link}", name(&path)));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_guarantee_names_a_test_that_exists() {
    let text = read(&root().join("ARCHITECTURE.md"));
    let sources: Vec<String> = files("rs").iter().map(|path| read(path)).collect();
    let proofs = proofs(&text);
    for number in 1..=11 {
        let begin = format!("| **G{number}**");
        assert!(
            text.contains(&begin),
            "ARCHITECTURE.md leaves out G{number}"
        );
    }
    let missing: Vec<&str> = proofs
        .iter()
        .copied()
        .filter(|proof| {
            let function = format!("fn {proof}(");
            !sources.iter().any(|source| source.contains(&function))
        })
        .collect();
    assert!(missing.is_empty(), "no such test: {missing:#?}");
}
