//! The clauses this domain really serves, and how.

use kernel::ClauseId;
use standard::{Mode, Served};

/// Every clause the ledger serves. `sekisho clauses` shows it.
pub fn served() -> Vec<Served> {
    use Mode::{Enforce, Record, Schedule};
    let table: &[(&'static str, Mode, &str)] = &[
        ("3-1-0", Enforce, "ledger: no information without a class"),
        ("3-1-0", Record, "ledger: information with its class"),
        (
            "3-1-(1)-1",
            Enforce,
            "ledger: rule of classification grounds",
        ),
        (
            "3-1-(1)-2",
            Enforce,
            "ledger: rule of classification grounds",
        ),
        ("3-1-(1)-3", Record, "ledger: discretion with its reason"),
        (
            "3-1-(2)-1",
            Enforce,
            "ledger: class S rests on a class I ground",
        ),
        (
            "3-1-(3)-1",
            Enforce,
            "ledger: rule of classification grounds",
        ),
        ("3-1-(3)-2", Record, "ledger: discretion with its reason"),
        (
            "3-1-(4)-1",
            Enforce,
            "ledger: class III by explicit ground only",
        ),
        ("3-2-0", Enforce, "ledger: importance is derived"),
        (
            "3-2-1",
            Enforce,
            "ledger: importance from the sections that use it",
        ),
        (
            "3-2-2",
            Enforce,
            "ledger: importance from class S information",
        ),
        ("3-2-3", Record, "ledger: outage judgement with its reason"),
        ("3-2-4", Record, "ledger: discretion with its reason"),
        (
            "3-3-0",
            Record,
            "ledger: systems and networks with their class",
        ),
        (
            "3-3-0",
            Enforce,
            "ledger: no system or network without a class",
        ),
        ("3-4-(1)-2", Record, "ledger: information entries"),
        (
            "3-4-(1)-11",
            Record,
            "ledger: erase-by day and reason of removal",
        ),
        (
            "3-4-(1)-11",
            Schedule,
            "ledger: what is to be erased before a day is listed",
        ),
        ("3-6-(1)-ア-1", Enforce, "ledger: rule of connections"),
        (
            "3-6-(1)-ア-2",
            Enforce,
            "ledger: such a connection only under a permit in force",
        ),
        ("3-6-(2)-ア-1", Enforce, "ledger: rule of connections"),
        (
            "3-6-(2)-ア-2",
            Enforce,
            "ledger: such a connection only under a permit in force",
        ),
        ("3-6-(3)-ア-1", Record, "ledger: attribute of a network"),
        (
            "4-1-6",
            Record,
            "ledger: take-out records written by permits",
        ),
        (
            "4-1-9",
            Enforce,
            "ledger: personal devices are not registered",
        ),
        ("7-1-(1)-1", Record, "ledger: systems"),
        (
            "7-2-(2)-1",
            Record,
            "ledger: consideration of multi-factor authentication",
        ),
        ("7-2-(6)-1a", Enforce, "ledger: rule of connections"),
        ("7-2-(6)-2c", Enforce, "ledger: rule of connections"),
        (
            "7-2-(7)-1",
            Enforce,
            "ledger: a device is bound by its permit",
        ),
        ("7-2-(7)-2", Record, "ledger: the network of each device"),
    ];
    table
        .iter()
        .map(|(clause, mode, by)| Served {
            clause: ClauseId::known(clause),
            mode: *mode,
            by: (*by).to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use standard::Pack;

    use super::served;
    use crate::clauses;

    #[test]
    fn every_clause_named_here_is_in_the_pack() {
        let pack = Pack::sendai().expect("the built-in pack");
        let declared = served();
        let unknown: Vec<_> = declared
            .iter()
            .map(|served| &served.clause)
            .chain(clauses::ALL)
            .filter(|clause| pack.clause(clause).is_none())
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn every_rule_of_this_domain_is_declared() {
        let declared = served();
        for clause in clauses::ALL {
            assert!(
                declared.iter().any(|served| served.clause == *clause),
                "{clause}"
            );
        }
    }
}
