//! The whole standard is accounted for: each clause is served, or admitted to be not yet served.

use std::collections::BTreeSet;

use kernel::ClauseId;
use standard::{Coverage, Pack, Served, coverage};

use crate::sources::{name, read, root};

const NOT_YET: &str = "crates/standard/packs/sendai/not_yet_served.tsv";

fn pack() -> Pack {
    Pack::sendai().expect("the built-in pack")
}

/// What the five services declare.
fn served(pack: &Pack) -> Vec<Served> {
    [
        identity::served(),
        ledger::served(),
        approvals::served(pack),
        incidents::served(),
        audit::served(),
    ]
    .concat()
}

fn ids(clauses: Vec<&ClauseId>) -> Vec<String> {
    clauses.into_iter().map(ToString::to_string).collect()
}

fn holds(coverage: &Coverage<'_>) {
    let unknown: BTreeSet<String> = coverage
        .unknown
        .iter()
        .map(|served| format!("{} ({})", served.clause, served.by))
        .collect();
    assert!(unknown.is_empty(), "not in the pack: {unknown:#?}");
    let forgotten = ids(coverage.unserved_not_listed());
    assert!(
        forgotten.is_empty(),
        "neither served nor in {NOT_YET}: {forgotten:#?}"
    );
    let listed = ids(coverage.listed_although_served());
    assert!(
        listed.is_empty(),
        "served, so take it out of {NOT_YET}: {listed:#?}"
    );
}

/// G4.
#[test]
fn every_clause_is_served_or_admitted_to_be_not_yet_served() {
    let pack = pack();
    let served = served(&pack);
    holds(&coverage(&pack, &served));
}

#[test]
fn the_list_of_clauses_not_yet_served_follows_the_order_of_the_standard() {
    let pack = pack();
    let order: Vec<&ClauseId> = pack.clauses().iter().map(|clause| &clause.id).collect();
    let text = read(&root().join(NOT_YET));
    let listed: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
        .collect();
    let mut rest = order.iter();
    for id in listed {
        let found = rest.any(|clause| clause.as_str() == id);
        assert!(
            found,
            "{id} is out of order or twice in {}",
            name(&root().join(NOT_YET))
        );
    }
}
