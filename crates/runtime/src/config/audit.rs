//! Settings of the audit service.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::is_http_uri;

/// The audit section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditSection {
    /// The key that signs checkpoints (mode 0600), the same for all of audit's replicas; none =
    /// `audit-log.key` in the data directory, made at first start.
    pub log_key_file: Option<PathBuf>,
    /// Whoever holds the key instead, on a machine of its own (`sekisho signer`); none = a file here.
    pub signer: Option<SignerAt>,
    /// Who is to sign checkpoints as well, beside the signing and never in its way.
    pub witnesses: Vec<WitnessAt>,
}

/// Where the key of the log is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerAt {
    /// The log's public key: `name+id+base64`, as `sekisho signer` prints it. Nothing else is believed.
    pub key: String,
    /// Where it answers: `http://` or `https://`, what stands before `/sign-checkpoint`.
    pub url: String,
}

/// A witness of the log (C2SP tlog-witness).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessAt {
    /// Its public key: `name+id+base64`, as `sekisho witness` prints it.
    pub key: String,
    /// Where it answers: `http://` or `https://`, what stands before `/add-checkpoint`.
    pub url: String,
}

impl AuditSection {
    /// Where the log's key is.
    pub fn log_key_path(&self, data_dir: &Path) -> PathBuf {
        self.log_key_file
            .clone()
            .unwrap_or_else(|| data_dir.join("audit-log.key"))
    }

    pub(crate) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        if let Some(signer) = &self.signer {
            if !is_http_uri(&signer.url) {
                let url = &signer.url;
                let reason = format!("{url:?} must begin with http:// or https:// and name a host");
                problem("audit.signer.url", reason);
            }
            if self.log_key_file.is_some() {
                let reason = "the key is in a file or with a signer, not both".to_owned();
                problem("audit.signer", reason);
            }
        }
        for (at, witness) in self.witnesses.iter().enumerate() {
            let url = &witness.url;
            if !url.starts_with("http://") && !url.starts_with("https://") {
                problem(
                    &format!("audit.witnesses[{at}].url"),
                    format!("{url:?} is not an address: http:// or https://"),
                );
            }
        }
    }
}
