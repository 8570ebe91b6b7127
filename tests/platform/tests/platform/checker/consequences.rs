//! What follows in one service from a record of another: exactly once, and for no other reason.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    approvals::v1::PermitGranted, audit::v1::SuspicionRaised, identity::v1::EntitlementGranted,
    incidents::v1::SuspicionAdded,
};
use serde_json::Value;
use standard::pack::Severity;

use super::{Evidence, Finding, Rule, commands::event};
use crate::acknowledged::{Acknowledged, Kind};

/// Events from which an incident opens itself, under the event's own id.
const CAUSES: [&str; 3] = [
    "sekisho.identity.v1.CredentialReportedLost",
    "sekisho.audit.v1.SourceDiverged",
    "sekisho.audit.v1.LogCheckFailed",
];

pub(super) fn judge(evidence: &Evidence, acknowledged: &[Acknowledged]) -> Vec<Finding> {
    let mut findings = entitlements(evidence);
    findings.extend(incidents(evidence, acknowledged));
    findings.extend(suspicions(evidence));
    findings
}

/// Ids under which incidents must have opened themselves: of causes, and of those suspicions to which
/// all that is alike was added.
pub(super) fn causes(evidence: &Evidence) -> BTreeSet<String> {
    let rows = evidence.rows();
    rows.filter(|(_, row)| CAUSES.contains(&row.kind.as_str()))
        .map(|(_, row)| row.record_id.clone())
        .chain(suspected(evidence).map(|(incident, _)| incident.to_owned()))
        .collect()
}

/// Every granted registration is one ground of one entitlement, and one record says so.
fn entitlements(evidence: &Evidence) -> Vec<Finding> {
    let granted: Vec<String> = evidence
        .rows()
        .filter(|(_, row)| row.kind == Kind::Decide.event())
        .filter_map(|(_, row)| event::<PermitGranted>(row)?.permit)
        .filter(|permit| permit.effect == "entitlement")
        .map(|permit| permit.permit_id)
        .collect();
    let said = evidence
        .rows()
        .filter(|(_, row)| row.kind == "sekisho.identity.v1.EntitlementGranted")
        .filter_map(|(_, row)| event::<EntitlementGranted>(row))
        .map(|event| event.permit_id);
    let grounds = evidence.states["entitlement"]
        .iter()
        .flat_map(|(_, state)| {
            let state: Value = serde_json::from_str(state).expect("a state is JSON");
            let grounds = state["grounds"].as_array().cloned().unwrap_or_default();
            let permits = grounds.into_iter();
            permits.filter_map(|ground| ground["permit"].as_str().map(str::to_owned))
        });
    let mut findings = once("entitlement ground", granted.iter().cloned(), grounds);
    findings.extend(once("entitlement record", granted.into_iter(), said));
    findings
}

/// Every cause is one incident, and there are no others than those that were reported.
fn incidents(evidence: &Evidence, acknowledged: &[Acknowledged]) -> Vec<Finding> {
    let reported = acknowledged.iter().filter(|one| one.kind == Kind::Report);
    let expected = reported.map(|one| one.id.clone());
    let expected = expected.chain(causes(evidence));
    let open = evidence.states["incident"].iter().map(|(id, _)| id.clone());
    once("incident", expected, open)
}

/// Every suspicion was added to one incident, which the first of the same rule and subject opened. A
/// notice is only on record.
fn suspicions(evidence: &Evidence) -> Vec<Finding> {
    let notice = Severity::Notice.as_str();
    let raised: BTreeMap<&str, String> = evidence
        .rows()
        .filter(|(_, row)| row.kind == "sekisho.audit.v1.SuspicionRaised")
        .filter_map(|(_, row)| Some((row.record_id.as_str(), event::<SuspicionRaised>(row)?)))
        .filter(|(_, event)| event.severity != notice)
        .map(|(id, event)| (id, format!("{} of {}", event.rule, event.subject)))
        .collect();
    let expected = raised.iter().map(|(id, what)| format!("{id}: {what}"));
    let found = suspected(evidence).map(|(incident, suspicion)| {
        let what = raised.get(incident).map_or("not suspected", String::as_str);
        format!("{suspicion}: {what}")
    });
    once("suspicion", expected, found)
}

/// Incidents and the suspicions added to them.
fn suspected(evidence: &Evidence) -> impl Iterator<Item = (&str, String)> {
    let rows = evidence.rows();
    let rows = rows.filter(|(_, row)| row.kind == "sekisho.incidents.v1.SuspicionAdded");
    rows.filter_map(|(_, row)| {
        let added = event::<SuspicionAdded>(row)?.suspicion?;
        Some((row.subject.as_str(), added.record_id))
    })
}

fn once(
    what: &str,
    expected: impl Iterator<Item = String>,
    found: impl Iterator<Item = String>,
) -> Vec<Finding> {
    let mut times: BTreeMap<String, i64> = BTreeMap::new();
    for id in found {
        *times.entry(id).or_default() += 1;
    }
    for id in expected {
        *times.entry(id).or_default() -= 1;
    }
    let odd = times.into_iter().filter(|(_, times)| *times != 0);
    odd.map(|(id, times)| {
        let rule = match times {
            ..0 => Rule::ConsequenceLost,
            _ => Rule::ConsequenceTwice,
        };
        Finding::new(rule, format!("{what} {id}"))
    })
    .collect()
}
