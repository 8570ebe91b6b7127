//! A record, its proof and its checkpoint in one text (`docs/log-format.md`, proof bundle).

use audit_domain::Hash;
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// The bundle: a C2SP tlog-proof whose extra data is the record. `crates/verifier` reads it without any
/// of this code.
pub(super) fn bundle(record: &[u8], index: u64, path: &[Hash], note: &str) -> String {
    let record = BASE64_STANDARD.encode(record);
    let hashes: String = path
        .iter()
        .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
        .collect();
    format!("c2sp.org/tlog-proof@v1\nextra {record}\nindex {index}\n{hashes}\n{note}")
}
