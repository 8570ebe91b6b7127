//! Every attack of the table in docs/attacks.md has tests that exist where it says.

use std::{collections::BTreeMap, path::Path};

use crate::sources::{read, root};

const DOCUMENT: &str = "docs/attacks.md";

/// How many attacks there are.
const ATTACKS: u32 = 21;

/// Each attack's tests: name and file.
fn table(text: &str) -> BTreeMap<u32, Vec<(&str, &str)>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter_map(|row| {
        let number = row.split(" |").next()?.parse().ok()?;
        let proofs = row.split("[`").skip(1);
        let proofs = proofs.filter_map(|proof| proof.split_once("`](")?.into());
        let proofs = proofs.filter_map(|(name, rest)| Some((name, rest.split(')').next()?)));
        Some((number, proofs.collect()))
    })
    .collect()
}

/// What is wrong with a proof, if anything.
fn fault(document: &Path, name: &str, file: &str) -> Option<String> {
    let path = document.parent()?.join(file);
    let found = path.exists() && read(&path).contains(&format!("fn {name}("));
    (!found).then(|| format!("{name} is not in {file}"))
}

#[test]
fn every_attack_is_in_the_table_with_tests_that_exist() {
    let document = root().join(DOCUMENT);
    let text = read(&document);
    let table = table(&text);
    let unproven: Vec<u32> = (1..=ATTACKS)
        .filter(|number| table.get(number).is_none_or(Vec::is_empty))
        .collect();
    assert!(
        unproven.is_empty(),
        "{DOCUMENT} proves nothing of {unproven:?}"
    );
    let faults: Vec<String> = table
        .values()
        .flatten()
        .filter_map(|(name, file)| fault(&document, name, file))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_test_that_is_elsewhere_or_not_at_all_is_found_missing() {
    let document = root().join(DOCUMENT);
    let row = "| 7 | x<br>y | z | [`one_test`](../a.rs)<br>[`another`](../b.rs) |";
    let expected = vec![("one_test", "../a.rs"), ("another", "../b.rs")];
    assert_eq!(table(row), BTreeMap::from([(7, expected)]));
    let here = "../tests/house/tests/house/attacks.rs";
    assert_eq!(
        fault(
            &document,
            "a_test_that_is_elsewhere_or_not_at_all_is_found_missing",
            here
        ),
        None
    );
    assert!(fault(&document, "no_such_test", here).is_some());
    assert!(fault(&document, "one_test", "../no/such/file.rs").is_some());
}
