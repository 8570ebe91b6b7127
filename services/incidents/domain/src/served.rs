//! The clauses this domain really serves, and how.

use kernel::ClauseId;
use standard::{Mode, Served};

use crate::clauses;

/// Every clause incidents serves. `sekisho clauses` shows it.
pub fn served() -> Vec<Served> {
    use Mode::{Enforce, Record, Schedule, Workflow};
    let table: [(ClauseId, Mode, &str); 38] = [
        (
            clauses::ABSENCE_PLAN,
            Enforce,
            "deputies act by the plan for the absence",
        ),
        (
            clauses::DEPUTY_ACTS,
            Enforce,
            "rule incident_principal_not_absent",
        ),
        (
            clauses::DEPUTY_ACTS,
            Workflow,
            "steps of the chain taken in an absent manager's place",
        ),
        (
            clauses::STAFF_ACTS,
            Enforce,
            "rule incident_not_in_absence_plan",
        ),
        (
            clauses::STAFF_ACTS,
            Workflow,
            "steps of the chain taken in an absent manager's place",
        ),
        (
            clauses::VERIFY,
            Workflow,
            "report verified by the CSIRT chief",
        ),
        (clauses::REPORT_OUTSIDE, Record, "reports to bodies outside"),
        (
            clauses::REPORT_OUTSIDE,
            Workflow,
            "reported by the CSIRT chief once the findings are there",
        ),
        (clauses::PASS_ON, Workflow, "passed on by the CSIRT manager"),
        (
            clauses::LOST_CARD,
            Workflow,
            "a lost card opens an incident",
        ),
        (
            clauses::ANALYSIS,
            Workflow,
            "suspicions open incidents and are added to them",
        ),
        (
            clauses::KEEP_RECORDS,
            Record,
            "incidents with all their events",
        ),
        (
            clauses::STOP_UNDER_ATTACK,
            Workflow,
            "systems suspended and resumed",
        ),
        (
            clauses::STOP_UNDER_ATTACK,
            Record,
            "suspensions with their reason",
        ),
        (
            clauses::ANSWER_AT_ONCE,
            Workflow,
            "reporting chain with its clocks",
        ),
        (
            clauses::ANSWER_AT_ONCE,
            Schedule,
            "overdue steps of the chain",
        ),
        (
            clauses::NO_RECURRENCE,
            Workflow,
            "prevention before closure",
        ),
        (
            clauses::REPORT,
            Workflow,
            "report acknowledged by the information manager",
        ),
        (
            clauses::REPORT,
            Schedule,
            "report due at once from when it was noticed",
        ),
        (
            clauses::IMPORTANT_SYSTEM,
            Workflow,
            "report acknowledged by the system manager",
        ),
        (
            clauses::IMPORTANT_SYSTEM,
            Enforce,
            "route from the ledger's importance",
        ),
        (
            clauses::INVESTIGATE,
            Workflow,
            "findings acknowledged by both managers",
        ),
        (clauses::INVESTIGATE, Schedule, "investigation due at once"),
        (clauses::WHAT_HAPPENED, Record, "mandatory finding"),
        (clauses::CAUSE, Record, "mandatory finding"),
        (clauses::DAMAGE_AND_SCOPE, Record, "mandatory finding"),
        (
            clauses::TO_CSIRT_CHIEF,
            Workflow,
            "passed on to the CSIRT chief",
        ),
        (clauses::MINOR, Enforce, "rule of what is not minor"),
        (clauses::MINOR, Record, "judgement as minor with its reason"),
        (clauses::TO_CISO, Workflow, "passed on to the CISO"),
        (clauses::SUSPEND, Workflow, "systems suspended and resumed"),
        (
            clauses::REPORT_CONTAINMENT,
            Workflow,
            "suspension reported to the CSIRT chief",
        ),
        (
            clauses::HOLD_RECORDS,
            Record,
            "hold on access records, until released by decision",
        ),
        (
            clauses::RECOVER,
            Workflow,
            "recovery once every system is resumed",
        ),
        (
            clauses::REPORT_RECOVERY,
            Workflow,
            "recovery acknowledged by both managers",
        ),
        (
            clauses::PREVENT,
            Workflow,
            "prevention by the bureau manager",
        ),
        (
            clauses::REPORT_RESULT,
            Workflow,
            "result acknowledged by the CISO and the CSIRT manager",
        ),
        (clauses::TO_CISO, Schedule, "report to the CISO due at once"),
    ];
    table
        .into_iter()
        .map(|(clause, mode, by)| Served {
            clause,
            mode,
            by: format!("incidents: {by}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use standard::{Pack, coverage};

    use super::served;
    use crate::{clauses, incident::Step};

    #[test]
    fn every_clause_named_here_is_in_the_pack() {
        let pack = Pack::sendai().expect("the built-in pack");
        assert!(coverage(&pack, &served()).unknown.is_empty());
        for clause in clauses::ALL {
            assert!(pack.clause(clause).is_some(), "{clause}");
        }
    }

    #[test]
    fn every_clause_of_the_rules_and_of_the_chain_is_declared() {
        let declared = served();
        let chain = Step::ALL.map(Step::clause);
        for clause in clauses::ALL.iter().chain(&chain) {
            let found = declared.iter().any(|served| served.clause == *clause);
            assert!(found, "{clause}");
        }
    }
}
