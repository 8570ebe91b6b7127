//! A refusal as a client reads it.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetail, StatusExt as _};

/// What a status says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// gRPC status code.
    pub status: Code,
    /// Stable error code; empty when the status carries none.
    pub code: String,
    /// Clauses it serves.
    pub clauses: Vec<String>,
    /// What to verify first, and how many seconds ago at most (RFC 9470); empty when nothing.
    pub challenge: [String; 2],
    /// Request fields at fault, in order.
    pub fields: Vec<String>,
    /// When to try again, where it says so.
    pub retry_after: Option<Duration>,
    /// The sentence in Japanese; empty when there is none.
    pub ja: String,
}

/// Reads a status.
pub fn refused(status: &Status) -> Refused {
    let mut read = Refused {
        status: status.code(),
        code: String::new(),
        clauses: Vec::new(),
        challenge: Default::default(),
        fields: Vec::new(),
        retry_after: None,
        ja: String::new(),
    };
    for detail in status.get_error_details_vec() {
        match detail {
            ErrorDetail::ErrorInfo(info) => {
                let clauses = info
                    .metadata
                    .get("clauses")
                    .map(String::as_str)
                    .unwrap_or_default();
                let ids = clauses.split(',').filter(|clause| !clause.is_empty());
                read.clauses = ids.map(str::to_owned).collect();
                let said = |name: &str| info.metadata.get(name).cloned().unwrap_or_default();
                read.challenge = ["acr_values", "max_age"].map(said);
                read.code = info.reason;
            }
            ErrorDetail::BadRequest(bad) => {
                let fields = bad
                    .field_violations
                    .into_iter()
                    .map(|violation| violation.field);
                read.fields.extend(fields);
            }
            ErrorDetail::RetryInfo(retry) => read.retry_after = retry.retry_delay,
            ErrorDetail::LocalizedMessage(message) if message.locale == "ja" => {
                read.ja = message.message;
            }
            _ => {}
        }
    }
    read
}
