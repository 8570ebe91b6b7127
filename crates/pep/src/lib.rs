//! A checkpoint in front of a system: asks the identity service whether an access may go on, and tells
//! the client in its own protocol when it may not.
//!
//! [`Checkpoint`] is a plain function from a bearer token and an [`Access`] to [`Passed`] or
//! [`Stopped`]; [`CheckpointLayer`] puts it before any HTTP service of tower, axum among them. Tokens
//! are verified here first, those seen before at the cost of a hash, so that nonsense never reaches
//! identity; the decision itself is never kept, since revocations count at once.
//!
//! It fails closed: when identity does not answer, nobody passes, and there is no setting for
//! anything else. See `examples/guarded_app.rs`.

mod access;
mod answer;
mod checkpoint;
mod layer;

pub use access::{Access, Object};
pub use answer::{Reason, Stopped};
pub use checkpoint::{Checkpoint, Passed};
pub use layer::{CheckpointLayer, Guarded};
pub use proto::identity::v1::AccessAction;
