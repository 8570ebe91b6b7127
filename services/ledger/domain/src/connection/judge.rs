//! The one rule for connections, a pure function.

use jiff::Timestamp;
use kernel::{ClauseId, NetworkId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{InformationClass, NetworkClass};

use crate::{
    allowance::{Allowances, AllowedBy, Term},
    clauses,
};

/// What the rule must know of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemSide {
    /// Its number.
    pub id: SystemId,
    /// Class of the network it stands on.
    pub network_class: NetworkClass,
    /// Whether it handles personal information.
    pub personal_information: bool,
    /// Strictest class of the information it handles; none if none is recorded.
    pub highest_class: Option<InformationClass>,
}

/// What the rule must know of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSide {
    /// Its number.
    pub id: NetworkId,
    /// Its class.
    pub class: NetworkClass,
    /// Outside the city's own networks.
    pub external: bool,
}

/// A rule that does not stand against a connection, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxation {
    /// The rule.
    pub clause: ClauseId,
    /// What relaxes it.
    pub by: AllowedBy,
    /// For how long.
    pub term: Term,
}

/// How a connection was judged. Lawful when nothing is forbidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Rules that would stand against it but are relaxed.
    pub relaxations: Vec<Relaxation>,
    /// Rules that stand against it.
    pub forbidden: Vec<ClauseId>,
}

type Condition = fn(&SystemSide, &NetworkSide) -> bool;

/// Each rule and when it stands against a connection.
const RULES: &[(ClauseId, Condition)] = &[
    (clauses::MY_NUMBER_CLOSED, |system, network| {
        let my_number = |class| class == NetworkClass::MyNumber;
        let touched = my_number(system.network_class) || my_number(network.class);
        touched && (network.external || system.network_class != network.class)
    }),
    (clauses::LGWAN_APART, |system, network| {
        use NetworkClass::{Internet, Lgwan};
        matches!(
            (system.network_class, network.class),
            (Lgwan, Internet) | (Internet, Lgwan)
        )
    }),
    (clauses::PERSONAL_INFORMATION_CLOSED, |system, network| {
        system.personal_information && network.external
    }),
    (clauses::EXTERNAL_PERMITTED, |_, network| network.external),
];

/// The clauses of the rules.
#[cfg(test)]
pub(super) fn clauses() -> impl Iterator<Item = &'static ClauseId> {
    RULES.iter().map(|(clause, _)| clause)
}

/// Judges a connection by every rule at one instant.
pub fn judge(
    system: &SystemSide,
    network: &NetworkSide,
    allowances: &Allowances,
    now: Timestamp,
) -> Judgement {
    let mut judgement = Judgement::default();
    for (clause, stands_against) in RULES {
        if !stands_against(system, network) {
            continue;
        }
        match relaxed(clause, system, network, allowances, now) {
            Some(relaxation) => judgement.relaxations.push(relaxation),
            None => judgement.forbidden.push(clause.clone()),
        }
    }
    judgement
}

/// A permit before an exception: only what lies outside the standard's own provisos is excepted.
fn relaxed(
    clause: &ClauseId,
    system: &SystemSide,
    network: &NetworkSide,
    allowances: &Allowances,
    now: Timestamp,
) -> Option<Relaxation> {
    // What is not recorded counts as class II, as it does for decisions on access.
    let class = system.highest_class.unwrap_or(InformationClass::II);
    let permit = allowances.permits.iter().find(|permit| {
        permit.term.holds(now)
            && permit.satisfies.contains(clause)
            && permit.system.as_ref() == Some(&system.id)
            && permit.network.as_ref() == Some(&network.id)
    });
    let exception = allowances.exceptions.iter().find(|exception| {
        exception.term.holds(now)
            && exception.clauses.contains(clause)
            && exception.systems.contains(&system.id)
            && exception
                .class_ceiling
                .is_some_and(|ceiling| class <= ceiling)
    });
    let by_permit = permit.map(|permit| (AllowedBy::Permit(permit.id.clone()), permit.term));
    let by_exception = exception.map(|found| (AllowedBy::Exception(found.id.clone()), found.term));
    let (by, term) = by_permit.or(by_exception)?;
    Some(Relaxation {
        clause: clause.clone(),
        by,
        term,
    })
}
