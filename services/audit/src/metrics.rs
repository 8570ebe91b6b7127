//! The log's own instruments; docs/metrics.md lists them.

use std::sync::OnceLock;

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge},
};

use crate::{
    publish,
    signer::{Unsigned, Unwitnessed},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Log {
    size: Gauge<u64>,
    signed: Gauge<u64>,
    unsound: Gauge<u64>,
    position: Gauge<u64>,
    lag: Gauge<u64>,
    diverged: Gauge<u64>,
    findings: Counter<u64>,
    aside: Counter<u64>,
    unreadable: Counter<u64>,
    witnessed: Gauge<u64>,
    unwitnessed: Counter<u64>,
    unsigned: Counter<u64>,
    reindexed: Counter<u64>,
}

/// The one set of a process.
pub(crate) fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(Log::new)
}

impl Log {
    fn new() -> Self {
        let meter = runtime::metrics::meter();
        let gauge = |name: &'static str, words: &'static str| {
            meter.u64_gauge(name).with_description(words).build()
        };
        let counter = |name: &'static str, words: &'static str| {
            meter.u64_counter(name).with_description(words).build()
        };
        Self {
            size: gauge("sekisho_audit_log_size", "Leaves in the log"),
            signed: gauge(
                "sekisho_audit_checkpoint_size",
                "Leaves under the newest signed checkpoint",
            ),
            unsound: gauge(
                "sekisho_audit_log_unsound",
                "1 when the log is not what was signed for and signing has stopped",
            ),
            position: gauge(
                "sekisho_audit_source_position",
                "Position up to which a source's records are in the log",
            ),
            lag: gauge(
                "sekisho_audit_source_lag_records",
                "Records a source says it has that are not in the log",
            ),
            diverged: gauge(
                "sekisho_audit_source_diverged",
                "1 while a source contradicts the log",
            ),
            findings: counter(
                "sekisho_audit_source_findings",
                "Findings against a source, by finding",
            ),
            aside: counter(
                "sekisho_audit_records_kept_aside",
                "Records kept out of the log because they contradict it",
            ),
            unreadable: counter(
                "sekisho_audit_records_unreadable",
                "Records logged as mere bytes",
            ),
            witnessed: gauge(
                "sekisho_audit_witness_size",
                "Leaves under the newest checkpoint that a witness has signed",
            ),
            unwitnessed: counter(
                "sekisho_audit_witness_failures",
                "Times a witness did not sign a checkpoint, by reason",
            ),
            unsigned: counter(
                "sekisho_audit_signer_failures",
                "Times the signer that holds the log's key did not sign, by reason",
            ),
            reindexed: counter(
                "sekisho_audit_records_reindexed",
                "Records whose place in the index was not what they say, and was derived anew",
            ),
        }
    }

    /// The log of these sources is kept here, asked for at these witnesses, and signed: what is counted
    /// of them stands at 0.
    pub(crate) fn begin<'a>(
        &self,
        sources: impl IntoIterator<Item = &'static str>,
        witnesses: impl IntoIterator<Item = &'a str>,
    ) {
        for source in sources {
            for finding in publish::FINDINGS {
                self.count_finding(0, source, finding);
            }
            self.kept_aside(source, 0);
            self.unreadable.add(0, &[KeyValue::new("source", source)]);
        }
        for witness in witnesses {
            for reason in Unwitnessed::WORDS {
                self.count_unwitnessed(0, witness, reason);
            }
        }
        for reason in Unsigned::WORDS {
            self.unsigned.add(0, &[KeyValue::new("reason", reason)]);
        }
        self.reindexed(0);
    }

    /// How long the log is, and how much of it is signed for.
    pub(crate) fn sizes(&self, size: u64, signed: u64) {
        self.size.record(size, &[]);
        self.signed.record(signed, &[]);
    }

    /// Whether the log is what was signed for.
    pub(crate) fn sound(&self, sound: bool) {
        self.unsound.record(u64::from(!sound), &[]);
    }

    /// How far the log is with a source, how much is missing, and whether they agree.
    pub(crate) fn source(&self, source: &'static str, position: u64, lag: u64, diverged: bool) {
        let labels = [KeyValue::new("source", source)];
        self.position.record(position, &labels);
        self.lag.record(lag, &labels);
        self.diverged.record(u64::from(diverged), &labels);
    }

    /// A witness has signed the checkpoint of that size.
    pub(crate) fn witnessed(&self, witness: &str, size: u64) {
        let labels = [KeyValue::new("witness", witness.to_owned())];
        self.witnessed.record(size, &labels);
    }

    /// A witness has not signed what it was asked to.
    pub(crate) fn unwitnessed(&self, witness: &str, reason: &'static str) {
        self.count_unwitnessed(1, witness, reason);
    }

    fn count_unwitnessed(&self, times: u64, witness: &str, reason: &'static str) {
        let labels = [
            KeyValue::new("witness", witness.to_owned()),
            KeyValue::new("reason", reason),
        ];
        self.unwitnessed.add(times, &labels);
    }

    /// The signer that holds the log's key has not signed what it was asked to.
    pub(crate) fn unsigned(&self, reason: &'static str) {
        self.unsigned.add(1, &[KeyValue::new("reason", reason)]);
    }

    /// So many records were not found by what they say, and are now.
    pub(crate) fn reindexed(&self, records: u64) {
        self.reindexed.add(records, &[]);
    }

    /// A finding against a source.
    pub(crate) fn found(&self, source: &'static str, finding: &'static str) {
        self.count_finding(1, source, finding);
    }

    fn count_finding(&self, times: u64, source: &'static str, finding: &'static str) {
        let labels = [
            KeyValue::new("source", source),
            KeyValue::new("finding", finding),
        ];
        self.findings.add(times, &labels);
    }

    /// So many records were kept out of the log.
    pub(crate) fn kept_aside(&self, source: &'static str, records: u64) {
        self.aside.add(records, &[KeyValue::new("source", source)]);
    }

    /// A record was logged as mere bytes.
    pub(crate) fn unreadable(&self, source: &'static str) {
        self.unreadable.add(1, &[KeyValue::new("source", source)]);
    }
}
