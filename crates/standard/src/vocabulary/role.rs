//! The roles of the standard. They belong to posts (充て職), never to people.

use super::words;

words! {
    /// A role; whoever holds the post it sits on holds the role.
    Role, "role" {
        Ciso = "ciso", "最高情報セキュリティ責任者", "Chief information security officer";
        BureauManager = "bureau_manager", "局(区)情報管理者", "Bureau information manager";
        InformationManager = "information_manager", "情報管理者", "Information manager";
        SystemManager = "system_manager", "システム管理者", "System manager";
        NetworkManager = "network_manager", "ネットワーク管理者", "Network manager";
        DeputyInformationManager = "deputy_information_manager", "副情報管理者", "Deputy information manager";
        SystemStaff = "system_staff", "システム担当者", "System staff";
        CsirtChief = "csirt_chief", "CSIRT責任者", "CSIRT chief";
        CsirtManager = "csirt_manager", "CSIRT管理者", "CSIRT manager";
        CsirtStaff = "csirt_staff", "CSIRT担当者", "CSIRT staff";
        Auditor = "auditor", "監査を行う者", "Auditor";
        /// Everyone, non-regular staff too.
        Staff = "staff", "職員", "Staff";
    }
}
