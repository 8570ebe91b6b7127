//! The gRPC shell every service stands in.
//!
//! A request passes, outermost first: trace (request id, span, metrics), details (every error gets
//! a code, words in two languages and the request id), shed (too many in work), deadline, authn
//! (token to principal), record (a refusal is on record before it is answered), access (an RPC
//! nobody listed is refused). Only then the service's handler sees it.

mod access;
mod body;
mod call;
mod caller;
pub mod clause_pack;
pub mod client;
pub mod decoders;
mod endpoint;
mod fields;
mod gate;
mod health;
mod layers;
mod page;
mod process;
mod recorder;
mod refused;
mod shell;
pub mod status;
mod subject;

pub use access::{AccessTable, Permission, access_problems, need_two_categories};
pub use call::request_id;
pub use caller::Caller;
pub use endpoint::Endpoint;
pub use fields::{Fields, Violation};
pub use gate::{Admitted, Gate};
pub use layers::bearer;
pub use page::{Page, next_page_token};
pub use process::{BindError, Process, StartError};
pub use recorder::{RecordError, RefusalRecorder};
