//! Settings of identity's pages in the browser.

use serde::{Deserialize, Serialize};

/// The sign-in pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PagesSection {
    /// Where browsers reach the pages: scheme, host and port, nothing after them. The pages tell
    /// browsers to stay with TLS when it is `https://`. Passkeys belong to its host. Left out, it is
    /// this machine at the port that `--http` gives.
    pub origin: String,
    /// Whole addresses of applications that a browser may be sent back to after signing in. Any
    /// other is refused.
    pub return_to: Vec<String>,
}

impl Default for PagesSection {
    fn default() -> Self {
        Self {
            origin: "http://localhost:7080".into(),
            return_to: Vec::new(),
        }
    }
}

impl PagesSection {
    /// The pages are behind TLS.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    pub(super) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        let after = self.origin.split_once("://").map_or("", |(_, rest)| rest);
        if !super::is_http_uri(&self.origin) || after.contains(['/', '?', '#', '@']) {
            problem(
                "identity.pages.origin",
                format!("{:?} is not of the form https://HOST[:PORT]", self.origin),
            );
        }
        for uri in &self.return_to {
            if !super::is_http_uri(uri) {
                problem(
                    "identity.pages.return_to",
                    format!("{uri:?} is neither an http:// nor an https:// address"),
                );
            }
        }
    }
}
