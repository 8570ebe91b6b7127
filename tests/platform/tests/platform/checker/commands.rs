//! Every acknowledged command has its state, one record, and its answer kept under its key; and
//! nothing was done that nobody was told of.

use std::collections::BTreeMap;

use proto::{
    identity::v1::{CredentialReportedLost, FactorEnrolled},
    record::Record,
};

use super::{Evidence, Finding, Rule, consequences, evidence::Row};
use crate::acknowledged::{Acknowledged, Kind};

pub(super) fn judge(evidence: &Evidence, acknowledged: &[Acknowledged]) -> Vec<Finding> {
    let recorded = recorded(evidence);
    let states = States::index(evidence);
    let mut findings = Vec::new();
    let mut told: BTreeMap<(Kind, &str), usize> = BTreeMap::new();
    for one in acknowledged {
        *told.entry((one.kind, &one.id)).or_default() += 1;
        match recorded.get(&(one.kind, one.id.clone())) {
            None => findings.push(Finding::new(Rule::RecordLost, one)),
            Some(1) => {}
            Some(times) => {
                let place = format!("{one}: {times} records");
                findings.push(Finding::new(Rule::Twice, place));
            }
        }
        if !states.hold(one) {
            findings.push(Finding::new(Rule::StateLost, one));
        }
        if !is_answered(evidence, one) {
            findings.push(Finding::new(Rule::Answer, one));
        }
    }
    let doubled = told.iter().filter(|(_, times)| **times > 1);
    findings.extend(doubled.map(|(what, times)| {
        Finding::new(Rule::Twice, format!("{what:?} answers {times} commands"))
    }));
    let machine = consequences::causes(evidence);
    for (kind, id) in recorded.keys() {
        // A question whose answer was lost is on record all the same; an incident may open itself.
        let expected = *kind == Kind::Evaluate
            || told.contains_key(&(*kind, id.as_str()))
            || (*kind == Kind::Report && machine.contains(id));
        if !expected {
            let place = format!("{kind:?} {id}: nobody was told");
            findings.push(Finding::new(Rule::Twice, place));
        }
    }
    findings
}

/// How many records there are of each thing done.
fn recorded(evidence: &Evidence) -> BTreeMap<(Kind, String), usize> {
    let mut recorded = BTreeMap::new();
    for (service, row) in evidence.rows() {
        let kinds = Kind::ALL.into_iter();
        let mut kinds = kinds.filter(|kind| kind.source() == service && kind.event() == row.kind);
        if let Some(kind) = kinds.next()
            && let Some(id) = id(kind, row)
        {
            *recorded.entry((kind, id)).or_default() += 1;
        }
    }
    recorded
}

/// What the record is about, as the answer named it; none for a factor that is no card.
fn id(kind: Kind, row: &Row) -> Option<String> {
    match kind {
        Kind::RegisterCard => {
            let event: FactorEnrolled = event(row)?;
            (event.kind == "ic_card").then_some(event.credential_id)
        }
        Kind::LoseCard => event::<CredentialReportedLost>(row).map(|event| event.credential_id),
        _ => Some(row.subject.clone()),
    }
}

/// What a record says, if it can be read at all.
pub(super) fn event<E: proto::Event + Default>(row: &Row) -> Option<E> {
    Record::decode(&row.record).ok()?.event::<E>()?.ok()
}

/// State rows by what an answer names.
struct States<'a>(BTreeMap<&'static str, Vec<(&'a str, &'a str)>>);

impl<'a> States<'a> {
    fn index(evidence: &'a Evidence) -> Self {
        let tables = evidence.states.iter().map(|(table, rows)| {
            let rows = rows.iter().map(|(id, state)| (id.as_str(), state.as_str()));
            let mut rows: Vec<_> = rows.collect();
            rows.sort_unstable();
            (*table, rows)
        });
        Self(tables.collect())
    }

    /// Exactly one row: the thing's own, or for a card the account it belongs to.
    fn hold(&self, one: &Acknowledged) -> bool {
        let Some(table) = one.kind.table() else {
            return true;
        };
        let rows = &self.0[table];
        match one.kind {
            Kind::RegisterCard | Kind::LoseCard => {
                let named = format!("\"{}\"", one.id);
                let accounts = rows.iter().filter(|(_, state)| state.contains(&named));
                accounts.count() == 1
            }
            _ => rows
                .binary_search_by_key(&one.id.as_str(), |(id, _)| id)
                .is_ok(),
        }
    }
}

fn is_answered(evidence: &Evidence, one: &Acknowledged) -> bool {
    if one.kind == Kind::Evaluate {
        return true;
    }
    let answers = &evidence.journals[&one.kind.source()].answers;
    let Some([id]) = answers.get(&one.key).map(Vec::as_slice) else {
        return false;
    };
    // An answer about a card is about the account.
    *id == one.id || one.kind.table() == Some("account")
}
