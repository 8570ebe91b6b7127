//! What an answer says, for those who say it in another form than gRPC's.

use tonic::Status;
use tonic_types::{ErrorDetail, StatusExt as _};

/// The code, the clauses and the sentence of a [`Status`] made here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The stable code.
    pub code: String,
    /// The clauses it rests on.
    pub clauses: Vec<String>,
    /// The sentence in Japanese.
    pub ja: String,
    /// The sentence in English.
    pub en: String,
}

/// Reads them; what the status does not say is empty.
pub fn words(status: &Status) -> Words {
    let mut words = Words {
        en: status.message().to_owned(),
        ..Words::default()
    };
    for detail in status.get_error_details_vec() {
        match detail {
            ErrorDetail::ErrorInfo(info) => {
                let clauses = info.metadata.get("clauses");
                let clauses = clauses.map(|ids| ids.split(',').map(str::to_owned).collect());
                words.clauses = clauses.unwrap_or_default();
                words.code = info.reason;
            }
            ErrorDetail::LocalizedMessage(message) if message.locale == "ja" => {
                words.ja = message.message;
            }
            _ => {}
        }
    }
    words
}
