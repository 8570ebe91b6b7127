//! Network classes (clause 3-3).

use super::words;

words! {
    /// The class of a network a system connects to.
    NetworkClass, "network class" {
        MyNumber = "my_number", "個人番号利用事務系", "My Number network";
        Lgwan = "lgwan", "LGWAN接続系", "LGWAN network";
        /// Virtual leased lines over the Internet do not count (3-3-(3)-2).
        Internet = "internet", "インターネット接続系", "Internet network";
        Independent = "independent", "独立系", "Independent network";
    }
}
