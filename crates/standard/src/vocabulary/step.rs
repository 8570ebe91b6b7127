//! Who decides at a step of a permit's route.

use super::words;

words! {
    /// A step of a route, resolved to a post when the permit is applied for.
    StepRole, "route step" {
        /// Of the applicant's section.
        Im = "im", "情報管理者", "Information manager";
        /// The system's system manager if it has one, else the information manager.
        SmOrIm = "sm_or_im", "システム管理者又は情報管理者", "System manager, else information manager";
        Sm = "sm", "システム管理者", "System manager";
        Bm = "bm", "局(区)情報管理者", "Bureau information manager";
        Nm = "nm", "ネットワーク管理者", "Network manager";
        Ciso = "ciso", "最高情報セキュリティ責任者", "Chief information security officer";
    }
}
