//! Which clauses this service serves, and by what.

use kernel::ClauseId;
use standard::{Mode, Served};

/// The clauses served.
pub fn served() -> Vec<Served> {
    let rows = [
        (
            "7-1-(4)-1",
            Mode::Record,
            "audit: every record of every service in one log, kept for the periods of the pack",
        ),
        (
            "7-1-(4)-2",
            Mode::Enforce,
            "audit: alarm when a source's records stay away",
        ),
        (
            "7-1-(4)-3",
            Mode::Enforce,
            "audit: append-only tables, signed checkpoints, witnesses, offline proofs",
        ),
        (
            "7-1-(4)-4a",
            Mode::Enforce,
            "audit: search and live stream of records, for each reader those that are theirs to read",
        ),
        (
            "8-3-(3)-2a",
            Mode::Enforce,
            "audit: an incident's hold keeps its records from being pruned",
        ),
        (
            "8-3-(3)-2b",
            Mode::Workflow,
            "audit: evidence packages that anybody can check",
        ),
        (
            "7-1-(4)-4b",
            Mode::Enforce,
            "audit: rules of analysis.toml over every record",
        ),
        ("7-1-(4)-4b", Mode::Schedule, "audit: digest of each day"),
        ("8-1-2", Mode::Enforce, "audit: rule clock_skew"),
    ];
    let row = |(clause, mode, by): (&'static str, Mode, &str)| Served {
        clause: ClauseId::known(clause),
        mode,
        by: by.to_owned(),
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_clause_served_is_in_the_pack() {
        let pack = standard::Pack::sendai().expect("the built-in pack");
        let served = super::served();
        assert!(standard::coverage(&pack, &served).unknown.is_empty());
    }
}
