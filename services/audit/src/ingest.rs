//! Every record of every source into one log.
//!
//! A batch of one source is judged record by record against the source's watermark. What may enter
//! is appended: leaves, nodes and watermark in the consumer's transaction, while the
//! row of the tree is locked, so that all sources queue for one sequencer. What contradicts the log
//! is kept aside and raised; nothing is ever merged silently.

mod batch;
mod handler;
mod place;

pub(crate) use batch::Intake;
pub(crate) use handler::Ingest;
pub(crate) use place::Place;

#[cfg(test)]
mod tests;
