//! A record, its proof and its checkpoint in one JSON text (`docs/log-format.md`, proof bundle).

use audit_domain::Hash;
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// The bundle. `crates/verifier` reads it without any of this code.
pub(super) fn bundle(record: &[u8], index: u64, path: &[Hash], note: &str) -> String {
    let hashes: String = path
        .iter()
        .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
        .collect();
    let proof = format!("c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{note}");
    let bundle = serde_json::json!({
        "format": "sekisho-proof/1",
        "record": BASE64_STANDARD.encode(record),
        "proof": proof,
    });
    format!("{bundle:#}")
}
