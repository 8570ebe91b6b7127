//! Every name on the broker: streams, subjects, durables. Nothing else spells one.

use std::time::Duration;

use async_nats::jetstream::{consumer, stream};

/// Names, with an optional prefix that keeps several platforms apart on one broker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topology {
    prefix: String,
}

impl Topology {
    /// `prefix` is empty in production; tests give each platform its own.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
        }
    }

    /// The stream of a source: `SEKISHO_LEDGER`.
    pub fn stream(&self, source: &str) -> String {
        format!("{}SEKISHO_{}", self.prefix, source.to_uppercase())
    }

    /// The subject of an event: `sekisho.ledger.system.SystemRegistered`. `kind` is the full
    /// proto name; its last part names the event.
    pub fn subject(&self, source: &str, aggregate: &str, kind: &str) -> String {
        let event = kind.rsplit('.').next().unwrap_or(kind);
        format!("{}sekisho.{source}.{aggregate}.{event}", self.prefix)
    }

    /// The deduplication id of a record.
    pub fn message_id(source: &str, position: u64) -> String {
        format!("{source}:{position}")
    }

    /// The position in a deduplication id of this source.
    pub fn position(source: &str, message_id: &str) -> Option<u64> {
        message_id
            .strip_prefix(source)?
            .strip_prefix(':')?
            .parse()
            .ok()
    }

    /// How the stream of a source is kept: a week of it or 256 MiB, since the journal has all. The
    /// broker sets the bytes aside when the stream is made, and five must fit on a small machine.
    pub fn stream_config(&self, source: &str, replicas: usize) -> stream::Config {
        stream::Config {
            name: self.stream(source),
            subjects: vec![format!("{}sekisho.{source}.>", self.prefix)],
            retention: stream::RetentionPolicy::Limits,
            discard: stream::DiscardPolicy::Old,
            storage: stream::StorageType::File,
            max_age: Duration::from_secs(7 * 24 * 3600),
            max_bytes: 256 << 20,
            duplicate_window: Duration::from_secs(120),
            num_replicas: replicas,
            ..stream::Config::default()
        }
    }

    /// The durable with which `consumer` reads a source. Acknowledging one message acknowledges
    /// all before it, as a watermark does.
    pub fn durable_config(&self, consumer: &str) -> consumer::pull::Config {
        consumer::pull::Config {
            durable_name: Some(format!("{}{consumer}", self.prefix)),
            deliver_policy: consumer::DeliverPolicy::All,
            ack_policy: consumer::AckPolicy::All,
            ack_wait: Duration::from_secs(30),
            max_ack_pending: 10_000,
            ..consumer::pull::Config::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Topology;

    #[test]
    fn names_carry_the_prefix_and_positions_read_back() {
        let topology = Topology::new("t1-");
        assert_eq!(topology.stream("ledger"), "t1-SEKISHO_LEDGER");
        assert_eq!(
            topology.subject("ledger", "system", "sekisho.ledger.v1.SystemRegistered"),
            "t1-sekisho.ledger.system.SystemRegistered"
        );
        let id = Topology::message_id("ledger", 42);
        assert_eq!(Topology::position("ledger", &id), Some(42));
        assert_eq!(Topology::position("audit", &id), None);
        assert_eq!(Topology::position("ledger", "ledger:x"), None);
    }
}
