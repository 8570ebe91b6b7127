//! The whole standard is accounted for: each clause is served, or admitted to be not yet served.

use std::collections::BTreeSet;

use kernel::ClauseId;
use standard::{Coverage, Extent, Mode, Pack, Served, coverage};

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

fn holds(coverage: &Coverage<'_>) {
    let unknown: BTreeSet<String> = coverage
        .unknown
        .iter()
        .map(|served| format!("{} ({})", served.clause, served.by))
        .collect();
    assert!(unknown.is_empty(), "not in the pack: {unknown:#?}");
    let told = |(clause, mode): (&ClauseId, Mode)| format!("{clause} {mode}");
    let forgotten: Vec<_> = coverage
        .unserved_not_listed()
        .into_iter()
        .map(told)
        .collect();
    assert!(
        forgotten.is_empty(),
        "neither served nor in {NOT_YET}: {forgotten:#?}"
    );
    let listed = coverage.listed_although_served.iter();
    let listed: Vec<_> = listed.map(|one| told((&one.clause, one.mode))).collect();
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

/// What a kind of permit claims is told of every permit and stands on its records.
#[test]
fn no_kind_of_permit_claims_a_clause_that_nothing_serves() {
    let pack = pack();
    let served = served(&pack);
    let coverage = coverage(&pack, &served);
    let nothing = (coverage.rows.iter()).filter(|row| row.extent() == Extent::Nothing);
    let nothing: BTreeSet<&ClauseId> = nothing.map(|row| &row.clause.id).collect();
    for kind in pack.permit_kinds() {
        let guarded = kind.guards.iter().map(|guard| &guard.clause);
        let completed = kind.completion.iter().map(|completion| &completion.clause);
        let claimed = kind.clauses.iter().chain(guarded).chain(completed);
        let both: Vec<_> = claimed.filter(|clause| nothing.contains(clause)).collect();
        assert!(both.is_empty(), "{}: {both:?}", kind.id);
    }
}

#[test]
fn the_list_of_what_is_not_yet_served_follows_the_order_of_the_standard() {
    let pack = pack();
    let clauses = pack.clauses().iter();
    let mut rest = clauses.flat_map(|clause| clause.modes().map(|mode| (&clause.id, mode)));
    for one in pack.not_yet_served() {
        let (clause, mode) = (&one.clause, one.mode);
        let found = rest.any(|asked| asked == (clause, mode));
        assert!(found, "{clause} {mode} is out of order in {NOT_YET}");
    }
}
