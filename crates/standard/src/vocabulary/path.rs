//! Where a request comes from.

use super::words;

words! {
    /// The path of an access, derived from which enforcement point asks, never from its claim.
    AccessPath, "access path" {
        Office = "office", "庁内", "Office network";
        Telework = "telework", "テレワーク", "Telework";
        PublicLine = "public_line", "公衆回線", "Public line or public Wi-Fi";
    }
}
