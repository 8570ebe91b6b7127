//! Every counter is there at 0 before anything is counted, for all it may be counted under: `increase(…)`
//! sees no first event of a series that begins with it, and the alarm would miss it at every restart.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::DescriptorPool;
use standard::{Pack, ServiceName};

use super::{
    Metric, Sample, WITNESS, configuration, documented, samples, until_nothing_is_lacking,
};
use crate::harness::Platform;

/// Counters that begin with their first event, and why they may: no alarm of the document waits for them.
const LATER: [(&str, &str); 3] = [
    (
        "sekisho_decision_clauses_total",
        "of the clauses with each outcome most never come together",
    ),
    (
        "sekisho_refusals_total",
        "of the codes at each service most never come together",
    ),
    (
        "sekisho_identity_federation_total",
        "providers are as the city configures them",
    ),
];

/// The values that a label of a counter may have; none where another of its labels says all.
fn values(name: &str, label: &str) -> Option<Vec<String>> {
    let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    match (name, label) {
        (_, "source") => words(
            &ServiceName::ALL
                .iter()
                .map(|one| one.as_str())
                .collect::<Vec<_>>(),
        ),
        // Audit hears every source; which the others hear, `consumers` compares.
        (_, "consumer") => words(&["audit"]),
        (_, "method") => Some(methods()),
        (_, "code") => words(&["INTERNAL", "UNAVAILABLE"]),
        (_, "port") => words(&["grpc", "http"]),
        (_, "finding") => words(&[
            "other_bytes",
            "chain_broken",
            "lost",
            "misplaced",
            "head_went_back",
            "overdue",
        ]),
        (_, "witness") => words(&[WITNESS]),
        (_, "rule") => {
            let pack = Pack::sendai().expect("the pack");
            Some(pack.analysis().iter().map(|rule| rule.id.clone()).collect())
        }
        (_, "severity") => None,
        ("sekisho_http_connections_turned_away_total", "reason") => {
            words(&["too_many", "silent", "slow", "handshake"])
        }
        ("sekisho_audit_witness_failures_total", "reason") => {
            words(&["away", "answered", "no_signature", "other_log", "own"])
        }
        ("sekisho_audit_signer_failures_total", "reason") => {
            words(&["away", "answered", "no_signature", "other_log"])
        }
        ("sekisho_decisions_total", "outcome") => {
            words(&["allow", "step_up", "deny", "allow_by_exception"])
        }
        ("sekisho_identity_password_hashes_total", "outcome") => words(&["computed", "refused"]),
        _ => panic!("{name}: which values has {label}? Say it here, or why not among LATER."),
    }
}

/// Every RPC of the contracts.
fn methods() -> Vec<String> {
    let contracts = DescriptorPool::decode(proto::DESCRIPTORS).expect("the contracts");
    let services: Vec<_> = contracts.services().collect();
    let methods = services.iter().flat_map(|service| service.methods());
    methods
        .map(|method| format!("/{}/{}", method.parent_service().full_name(), method.name()))
        .collect()
}

/// Every set of labels under which a counter must stand.
fn label_sets(metric: &Metric) -> Vec<BTreeMap<&str, String>> {
    let mut sets = vec![BTreeMap::new()];
    for label in &metric.labels {
        let Some(values) = values(&metric.name, label) else {
            continue;
        };
        sets = sets
            .iter()
            .flat_map(|set| {
                values.iter().map(move |value| {
                    let mut set = set.clone();
                    set.insert(label.as_str(), value.clone());
                    set
                })
            })
            .collect();
    }
    sets
}

/// Which consumer a sample is about, and of which source.
fn consumers<'a>(samples: &[Sample<'a>], name: &str) -> BTreeSet<(&'a str, &'a str)> {
    let of = samples.iter().filter(|sample| sample.name == name);
    of.filter_map(|sample| {
        Some((
            *sample.labels.get("consumer")?,
            *sample.labels.get("source")?,
        ))
    })
    .collect()
}

fn lacking(counters: &[Metric], page: &str) -> Vec<String> {
    let samples = samples(page);
    let mut lacking = Vec::new();
    for counter in counters {
        let name = counter.name.as_str();
        for set in label_sets(counter) {
            let is_there = samples.iter().any(|sample| {
                let labels = &sample.labels;
                sample.name == name
                    && set
                        .iter()
                        .all(|(label, value)| labels.get(*label) == Some(&value.as_str()))
            });
            if !is_there {
                lacking.push(format!("{name} {set:?}"));
            }
        }
        if counter.labels.contains("consumer") {
            let known = consumers(&samples, "sekisho_consumer_watermark");
            let counted = consumers(&samples, name);
            let missing = known.difference(&counted);
            lacking.extend(missing.map(|(consumer, source)| format!("{name} {consumer} {source}")));
        }
    }
    lacking
}

#[tokio::test]
async fn every_counter_stands_at_0_before_anything_is_counted() {
    let counters = documented()
        .into_iter()
        .filter(|metric| metric.kind == "counter");
    let (later, counters): (Vec<_>, Vec<_>) =
        counters.partition(|metric| LATER.iter().any(|(name, _)| *name == metric.name));
    assert_eq!(later.len(), LATER.len(), "not in the document");
    let alarms = super::file("docs/metrics.md");
    let (_, alarms) = alarms.split_once("## Alarms").expect("alarms");
    for (name, why) in LATER {
        assert!(!alarms.contains(name), "{name} has an alarm, though {why}");
    }

    let directory = tempfile::tempdir().expect("a directory");
    let config = configuration(directory.path());
    let platform = Platform::embedded(&["--empty", "--config", &config]).await;
    until_nothing_is_lacking(&platform, |page| lacking(&counters, page)).await;
}
