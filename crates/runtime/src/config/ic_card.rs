//! Settings of signing in with the certificates of ID cards.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The certificates of ID cards. Without issuers, no card signs in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IcCardSection {
    /// Who issues the certificates on cards (PEM, one or more certificates). Of several issuers, all
    /// serial numbers must differ.
    pub ca_file: Option<PathBuf>,
    /// Names of the workloads that terminate TLS for browsers, and whose word counts on who holds the
    /// key of a certificate.
    pub terminators: Vec<String>,
}
