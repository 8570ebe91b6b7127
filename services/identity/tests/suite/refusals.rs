//! What a refusal says, where one is expected.

use std::fmt::Debug;

use testkit::refused;
use tonic::{Code, Status};

/// Its stable code.
#[track_caller]
pub(crate) fn code<T: Debug>(answer: Result<T, Status>) -> String {
    refused(&answer.expect_err("refused")).code
}

/// Its status, its code and its clauses.
#[track_caller]
pub(crate) fn in_full<T: Debug>(answer: Result<T, Status>) -> (Code, String, Vec<String>) {
    let refusal = refused(&answer.expect_err("refused"));
    (refusal.status, refusal.code, refusal.clauses)
}
