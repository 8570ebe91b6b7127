//! Records on their way from a journal to the bus, and from the bus to their effects.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge, Meter},
};

/// The instruments of a journal's relay, by `source`.
#[derive(Debug)]
pub struct Relay {
    head: Gauge<u64>,
    published: Gauge<u64>,
    lag: Gauge<f64>,
    failures: Counter<u64>,
    displaced: Counter<u64>,
}

impl Relay {
    pub(super) fn new(meter: &Meter) -> Self {
        Self {
            head: meter
                .u64_gauge("sekisho_relay_head_position")
                .with_description("Newest stamped position of the journal")
                .build(),
            published: meter
                .u64_gauge("sekisho_relay_published_position")
                .with_description("Newest position the bus has acknowledged")
                .build(),
            lag: meter
                .f64_gauge("sekisho_relay_lag_seconds")
                .with_description(
                    "For how long a committed record has waited to be stamped and published",
                )
                .build(),
            failures: meter
                .u64_counter("sekisho_relay_publish_failures")
                .with_description("Records the bus did not acknowledge at first")
                .build(),
            displaced: meter
                .u64_counter("sekisho_relay_displaced")
                .with_description("Times a relay found its work in another's hands")
                .build(),
        }
    }

    /// A relay of this source is there: what it counts stands at 0.
    pub fn begin(&self, source: &str) {
        let labels = [by_source(source)];
        for counter in [&self.failures, &self.displaced] {
            counter.add(0, &labels);
        }
    }

    /// How far a source's journal is stamped and published.
    pub fn positions(&self, source: &str, head: u64, published: u64) {
        let labels = [by_source(source)];
        self.head.record(head, &labels);
        self.published.record(published, &labels);
    }

    /// For how many seconds a committed record of a source has waited to be stamped and, where there
    /// is a bus, published; 0 when none waits.
    pub fn lag(&self, source: &str, seconds: f64) {
        self.lag.record(seconds, &[by_source(source)]);
    }

    /// A record was not acknowledged and will be sent again.
    pub fn publish_failed(&self, source: &str) {
        self.failures.add(1, &[by_source(source)]);
    }

    /// A relay at work found that another had taken its place.
    pub fn displaced(&self, source: &str) {
        self.displaced.add(1, &[by_source(source)]);
    }
}

/// The instruments of a consumer, by `consumer` (the service) and `source`.
#[derive(Debug)]
pub struct Consumer {
    watermark: Gauge<u64>,
    lag: Gauge<u64>,
    ahead: Gauge<u64>,
    handled: Counter<u64>,
    gaps: Counter<u64>,
    backfilled: Counter<u64>,
    quarantined: Counter<u64>,
    diverged: Counter<u64>,
}

impl Consumer {
    pub(super) fn new(meter: &Meter) -> Self {
        Self {
            watermark: meter
                .u64_gauge("sekisho_consumer_watermark")
                .with_description("Newest position whose effect is committed")
                .build(),
            lag: meter
                .u64_gauge("sekisho_consumer_lag_records")
                .with_description("Records between the watermark and the source's known head")
                .build(),
            ahead: meter
                .u64_gauge("sekisho_consumer_ahead_records")
                .with_description("Records handled that lie beyond the source's head")
                .build(),
            handled: meter
                .u64_counter("sekisho_consumer_handled")
                .with_description("Records whose effect was committed")
                .build(),
            gaps: meter
                .u64_counter("sekisho_consumer_gaps")
                .with_description("Times the bus skipped positions")
                .build(),
            backfilled: meter
                .u64_counter("sekisho_consumer_backfilled")
                .with_description("Records fetched from the source's journal instead of the bus")
                .build(),
            quarantined: meter
                .u64_counter("sekisho_consumer_quarantined")
                .with_description("Records put aside because they could not be read or handled")
                .build(),
            diverged: meter
                .u64_counter("sekisho_consumer_diverged")
                .with_description("Times a source told another history than the one handled")
                .build(),
        }
    }

    /// A consumer of this source is there: what it counts stands at 0.
    pub fn begin(&self, consumer: &str, source: &str) {
        let labels = by_both(consumer, source);
        for counter in [
            &self.handled,
            &self.gaps,
            &self.backfilled,
            &self.quarantined,
            &self.diverged,
        ] {
            counter.add(0, &labels);
        }
    }

    /// How far a consumer is with a source, and how many records are known beyond that.
    pub fn watermark(&self, consumer: &str, source: &str, position: u64, lag: u64) {
        let labels = by_both(consumer, source);
        self.watermark.record(position, &labels);
        self.lag.record(lag, &labels);
    }

    /// So many records were handled that lie beyond the source's head; 0 as it should be.
    pub fn ahead(&self, consumer: &str, source: &str, records: u64) {
        self.ahead.record(records, &by_both(consumer, source));
    }

    /// Another process handles the source's records: it says how far it is, and what this one said
    /// before is over.
    pub fn stands_by(&self, consumer: &str, source: &str) {
        let labels = by_both(consumer, source);
        self.lag.record(0, &labels);
        self.ahead.record(0, &labels);
    }

    /// The effects of so many records were committed.
    pub fn handled(&self, consumer: &str, source: &str, records: u64) {
        self.handled.add(records, &by_both(consumer, source));
    }

    /// The bus skipped positions.
    pub fn gap(&self, consumer: &str, source: &str) {
        self.gaps.add(1, &by_both(consumer, source));
    }

    /// So many records were fetched from the journal.
    pub fn backfilled(&self, consumer: &str, source: &str, records: u64) {
        self.backfilled.add(records, &by_both(consumer, source));
    }

    /// A record was put aside.
    pub fn quarantined(&self, consumer: &str, source: &str) {
        self.quarantined.add(1, &by_both(consumer, source));
    }

    /// The source told another history than the one handled.
    pub fn diverged(&self, consumer: &str, source: &str) {
        self.diverged.add(1, &by_both(consumer, source));
    }
}

fn by_source(source: &str) -> KeyValue {
    KeyValue::new("source", source.to_owned())
}

fn by_both(consumer: &str, source: &str) -> [KeyValue; 2] {
    [
        KeyValue::new("consumer", consumer.to_owned()),
        by_source(source),
    ]
}
