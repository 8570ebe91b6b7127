//! Every metric of docs/metrics.md is brought about once and read as Prometheus reads it. The list is
//! the document's: a metric that nobody brings about here, and no other test reads, is found.

mod at_the_start;
mod brought_about;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use standard::ServiceName;
use testkit::{NatsServer, eventually_ok, free_port};
use verifier::Cosigner;

use self::brought_about::bring_about;
use crate::{city, harness::Platform};

/// How many callers are worked for at once.
const PLACES: usize = 32;

/// Gauges that stand at 0 while all is well: that they are there is all that is asked here.
const AT_REST: [&str; 14] = [
    "sekisho_rpc_in_flight",
    "sekisho_clock_offset_seconds",
    "sekisho_relay_lag_seconds",
    "sekisho_consumer_lag_records",
    "sekisho_consumer_ahead_records",
    "sekisho_exceptions_open",
    "sekisho_approvals_permits_without_decider",
    "sekisho_identity_unused_accounts",
    "sekisho_identity_systems_unreviewed",
    "sekisho_identity_shared_id_violations",
    "sekisho_audit_log_unsound",
    "sekisho_audit_source_lag_records",
    "sekisho_audit_source_diverged",
    "sekisho_audit_analysis_lag_records",
];

/// What is read by the test of what brings it about.
const ELSEWHERE: [(&str, &str); 12] = [
    (
        "sekisho_http_connections_turned_away_total",
        "crates/runtime/src/http/port/tests.rs",
    ),
    (
        "sekisho_relay_displaced_total",
        "crates/bus/tests/suite/relays.rs",
    ),
    (
        "sekisho_consumer_gaps_total",
        "crates/bus/tests/suite/hostile.rs",
    ),
    (
        "sekisho_consumer_diverged_total",
        "crates/bus/tests/suite/history.rs",
    ),
    (
        "sekisho_identity_recovery_codes_used_total",
        "services/identity/tests/suite/recovery.rs",
    ),
    (
        "sekisho_identity_federation_total",
        "services/identity/tests/suite/federation.rs",
    ),
    (
        "sekisho_identity_emergency_accesses_opened_total",
        "services/identity/tests/suite/emergency.rs",
    ),
    (
        "sekisho_audit_source_findings_total",
        "services/audit/tests/suite/divergence.rs",
    ),
    (
        "sekisho_audit_records_kept_aside_total",
        "services/audit/tests/suite/divergence.rs",
    ),
    (
        "sekisho_audit_records_reindexed_total",
        "services/audit/src/index/check/tests.rs",
    ),
    (
        "sekisho_audit_witness_size",
        "tests/platform/tests/platform/witnessed.rs",
    ),
    (
        "sekisho_audit_signer_failures_total",
        "tests/platform/tests/platform/signed_elsewhere.rs",
    ),
];

/// A line of the document.
struct Metric {
    name: String,
    kind: String,
    labels: BTreeSet<String>,
}

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn documented() -> Vec<Metric> {
    let document = file("docs/metrics.md");
    let lines = document
        .lines()
        .filter(|line| line.starts_with("| `sekisho_"));
    let metrics = lines.filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, kind, labels, ..] = cells[..] else {
            return None;
        };
        // Between the backticks.
        let words = |cell: &str| -> BTreeSet<String> {
            cell.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        Some(Metric {
            name: words(name).into_iter().next()?,
            kind: kind.to_owned(),
            labels: words(labels),
        })
    });
    metrics.collect()
}

/// A sample of the page: of what, with which labels, how much.
struct Sample<'a> {
    name: &'a str,
    labels: BTreeMap<&'a str, &'a str>,
    value: f64,
}

fn sample(line: &str) -> Option<Sample<'_>> {
    let (named, value) = line.rsplit_once(' ')?;
    let (name, labels) = named.split_once('{').unwrap_or((named, ""));
    // Every other text is a value in quotes.
    let names = labels.split('"').step_by(2);
    let names = names.map(|name| name.trim_matches([',', '=', '}']));
    Some(Sample {
        name,
        labels: names.zip(labels.split('"').skip(1).step_by(2)).collect(),
        value: value.parse().ok()?,
    })
}

/// What is on a page.
fn samples(page: &str) -> Vec<Sample<'_>> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(sample).collect()
}

/// What the page lacks of a metric; none when it is there, has counted and carries its labels.
fn lack(metric: &Metric, page: &str) -> Option<String> {
    let name = match metric.kind.as_str() {
        "histogram" => format!("{}_count", metric.name),
        _ => metric.name.clone(),
    };
    let mut samples = samples(page);
    samples.retain(|sample| sample.name == name);
    let labelled = |sample: &Sample<'_>| {
        let mut labels = metric.labels.iter();
        labels.all(|label| sample.labels.contains_key(label.as_str()))
    };
    let total: f64 = samples.iter().map(|sample| sample.value).sum();
    if samples.is_empty() {
        Some(format!("{name} is not there"))
    } else if !samples.iter().all(labelled) {
        Some(format!("{name} lacks a label of {:?}", metric.labels))
    } else if total <= 0.0 && !AT_REST.contains(&name.as_str()) {
        Some(format!("{name} is {total}"))
    } else {
        None
    }
}

/// A witness that is away.
const WITNESS: &str = "witness.example/away";

/// Places for few callers, and a witness that is away.
fn configuration(directory: &Path) -> String {
    let witness = Cosigner::from_seed(WITNESS, &[9; 32]).expect("a name");
    let (key, port) = (witness.verifier(), free_port());
    let path = directory.join("sekisho.toml");
    let text = format!(
        "[limits]\nmax_in_flight = {PLACES}\n\n\
         [[audit.witnesses]]\nkey = \"{key}\"\nurl = \"http://127.0.0.1:{port}\"\n"
    );
    fs::write(&path, text).expect("a configuration");
    path.to_str().expect("a path").to_owned()
}

#[tokio::test]
async fn every_metric_of_the_document_is_measured_with_its_labels() {
    let (elsewhere, here): (Vec<_>, Vec<_>) = documented()
        .into_iter()
        .partition(|metric| ELSEWHERE.iter().any(|(name, _)| *name == metric.name));
    assert_eq!(elsewhere.len(), ELSEWHERE.len(), "not in the document");
    for name in AT_REST {
        let known = here.iter().find(|metric| metric.name == name);
        assert!(known.is_some_and(|metric| metric.kind == "gauge"), "{name}");
    }
    for (name, test) in ELSEWHERE {
        assert!(file(test).contains(name), "{test} does not read {name}");
    }

    let mut nats = NatsServer::start();
    let directory = tempfile::tempdir().expect("a directory");
    let config = configuration(directory.path());
    let nats_url = nats.url();
    let arguments = ["--empty", "--nats-url", &nats_url, "--config", &config];
    let platform = Platform::embedded(&arguments).await;
    city::populate(&platform, 1).await;
    bring_about(&platform, &mut nats).await;

    until_nothing_is_lacking(&platform, |page| {
        here.iter().filter_map(|one| lack(one, page)).collect()
    })
    .await;
}

/// Reads the page again until it has everything.
async fn until_nothing_is_lacking(platform: &Platform, lacking: impl Fn(&str) -> Vec<String>) {
    let all = async || {
        let page = platform.metrics(ServiceName::Identity).await;
        let page = page.ok_or_else(|| vec!["an answer".to_owned()])?;
        let lacking = lacking(&page);
        if lacking.is_empty() {
            Ok(())
        } else {
            Err(lacking)
        }
    };
    let told = async || {
        eventually_ok("every metric", all).await;
        Some(())
    };
    platform.until("every metric", told).await;
}
