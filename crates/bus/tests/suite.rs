//! Guarantee G2: every event reaches every consumer's effect exactly once, in source order,
//! whatever dies or is wiped. Real databases, a real broker.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "suite/bench.rs"]
mod bench;
#[path = "suite/broker.rs"]
mod broker;
#[path = "suite/delivery.rs"]
mod delivery;
#[path = "suite/doubles.rs"]
mod doubles;
#[path = "suite/flapping.rs"]
mod flapping;
#[path = "suite/forgery.rs"]
mod forgery;
#[path = "suite/history.rs"]
mod history;
#[path = "suite/hostile.rs"]
mod hostile;
#[path = "suite/latency.rs"]
mod latency;
#[path = "suite/outage.rs"]
mod outage;
#[path = "suite/patience.rs"]
mod patience;
#[path = "suite/poison.rs"]
mod poison;
#[path = "suite/put_back.rs"]
mod put_back;
#[path = "suite/relays.rs"]
mod relays;
#[path = "suite/replicas.rs"]
mod replicas;
#[path = "suite/retry.rs"]
mod retry;
#[path = "suite/shutdown.rs"]
mod shutdown;
#[path = "suite/traces.rs"]
mod traces;
