//! Access decisions: the shell around the rules of `identity_domain::decision`.
//!
//! Consumers turn what identity, the ledger, approvals and incidents publish into facts
//! ([`learn()`]); every replica folds them into an immutable snapshot ([`AccessFacts`]) and knows
//! until when it is complete ([`Freshness`]). The [`Evaluator`] decides on that snapshot, without a
//! database on the way, and answers when the decision's record is durable (guarantee G3).

mod analysis;
mod authority;
mod authzen;
mod evaluator;
mod facts;
mod forget;
mod freshness;
mod learn;
mod learning;
mod looked_at;
mod open;
mod publish;
mod recorded;
mod rpc;
mod words;

pub use analysis::Analysis;
pub use authzen::Authzen;
pub(crate) use authzen::asks;
pub use evaluator::{Answer, Asker, Evaluator, NotRecorded, Question, Verdict, with_authority};
pub use facts::AccessFacts;
pub use forget::{forget_ended_sessions, forget_sessions};
pub use freshness::{Freshness, Head};
pub use learn::learn;
pub use learning::Learning;
pub use open::{Access, open};
pub use recorded::{DecisionIndex, Recorded, recorded};
pub use rpc::{ACCESS, Decisions};
